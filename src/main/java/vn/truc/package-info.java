/// Trực: the process. Only this package sees every other one, and wires them.
@NullMarked
package vn.truc;

import org.jspecify.annotations.NullMarked;
