/// What a server tells the service manager that started it.
@NullMarked
package vn.truc.systemd;

import org.jspecify.annotations.NullMarked;
