/// The packaged server as its own process: what it promises to the outside, kept through kills,
/// restarts, full disks and load.
@NullMarked
package vn.truc.server;

import org.jspecify.annotations.NullMarked;
