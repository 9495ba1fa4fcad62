/// Cases, counters, buckets over time, deadlines, ratios. Pure: no input or output, no clock, no
/// Vert.x. Depends on `event` and `config`.
@NullMarked
package vn.truc.board;

import org.jspecify.annotations.NullMarked;
