/// Speed of the packaged server, each figure as a ratio to a reference measured in the same run.
@NullMarked
package vn.truc.bench;

import org.jspecify.annotations.NullMarked;
