/// The verbs of the command line that talk to a running server or open the log themselves.
@NullMarked
package vn.truc.cli;

import org.jspecify.annotations.NullMarked;
