/// Server, routes, the one error body, health, metrics, static page.
@NullMarked
package vn.truc.http;

import org.jspecify.annotations.NullMarked;
