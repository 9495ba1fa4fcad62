/// Working hours, holidays, swapped days. Pure; depends on `config` only.
@NullMarked
package vn.truc.calendar;

import org.jspecify.annotations.NullMarked;
