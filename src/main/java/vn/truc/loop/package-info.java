/// The event loop that owns all state: how long work is cut into turns, how many steps follow each
/// other, and how late turns come.
@NullMarked
package vn.truc.loop;

import org.jspecify.annotations.NullMarked;
