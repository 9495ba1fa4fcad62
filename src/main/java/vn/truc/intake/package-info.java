/// The one door every fact passes, whatever its transport.
@NullMarked
package vn.truc.intake;

import org.jspecify.annotations.NullMarked;
