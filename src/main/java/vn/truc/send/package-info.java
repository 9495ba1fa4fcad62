/// Facts on their way to a server: what sends them, and the file of facts that is replayed.
@NullMarked
package vn.truc.send;

import org.jspecify.annotations.NullMarked;
