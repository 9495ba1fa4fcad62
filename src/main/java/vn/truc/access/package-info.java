/// Source keys, dashboard tokens, roles and the agency subtree; itself a fold of the log.
@NullMarked
package vn.truc.access;

import org.jspecify.annotations.NullMarked;
