/// Hub, channels, sessions, protocol codec. Depends on no other package: payloads reach it through
/// [ChannelSource], which `App` wires.
@NullMarked
package vn.truc.push;

import org.jspecify.annotations.NullMarked;
