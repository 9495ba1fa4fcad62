/// The simulated province: facts for a server that has no real feed yet.
@NullMarked
package vn.truc.demo;

import org.jspecify.annotations.NullMarked;
