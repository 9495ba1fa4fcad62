/// The seam between the log and what is made of it: what a feature's state has to offer so that it
/// is folded, lies in snapshots and comes back from them. Pure.
@NullMarked
package vn.truc.fold;

import org.jspecify.annotations.NullMarked;
