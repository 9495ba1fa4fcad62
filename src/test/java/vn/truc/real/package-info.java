/// Real data against the packaged server: every number compared with plain SQL.
@NullMarked
package vn.truc.real;

import org.jspecify.annotations.NullMarked;
