/// Fakes by hand, one a seam, for the tests of all packages.
@NullMarked
package vn.truc.testing;

import org.jspecify.annotations.NullMarked;
