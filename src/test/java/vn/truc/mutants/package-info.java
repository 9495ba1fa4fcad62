/// Whether unit tests see a fault of their own package: one operator of one line is changed, then
/// they are run. Run by `./truc test --mutants`.
@org.jspecify.annotations.NullMarked
package vn.truc.mutants;
