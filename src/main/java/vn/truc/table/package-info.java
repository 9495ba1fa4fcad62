/// The importer: tables (CSV, Excel workbooks) to facts, row by row, by a mapping file
/// (`docs/IMPORT.md`).
@NullMarked
package vn.truc.table;

import org.jspecify.annotations.NullMarked;
