/// The record, the CloudEvents codec, the sealed family of events, refusals by name. A leaf: it
/// depends on no other package.
@NullMarked
package vn.truc.event;

import org.jspecify.annotations.NullMarked;
