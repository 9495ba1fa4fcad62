/// Reads YAML with every fault named by file, line and key. A leaf.
@NullMarked
package vn.truc.config;

import org.jspecify.annotations.NullMarked;
