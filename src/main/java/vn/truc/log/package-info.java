/// The seam [EventLog] and its engines. Depends on `event` only.
@NullMarked
package vn.truc.log;

import org.jspecify.annotations.NullMarked;
