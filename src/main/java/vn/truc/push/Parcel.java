package vn.truc.push;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// A composed frame and the fragments in it. Holds one reference of the frame until released.
///
/// @param publications how many pushes it holds
record Parcel(ByteBuf frame, List<Fragment> fragments, int publications) {

  int bytes() {
    return frame.readableBytes();
  }

  void release() {
    frame.release();
  }

  /// Packs fragments, in order, into as few frames as the size bound allows.
  static List<Parcel> pack(List<Fragment> fragments, int frameBytesMax) {
    List<Parcel> parcels = new ArrayList<>(1);
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < fragments.size(); i++) {
      int more = fragments.get(i).bytes().length + 1;
      if (i > from && bytes + more > frameBytesMax) {
        parcels.add(compose(fragments.subList(from, i), bytes - 1));
        from = i;
        bytes = 0;
      }
      bytes += more;
    }
    if (from < fragments.size()) {
      parcels.add(compose(fragments.subList(from, fragments.size()), bytes - 1));
    }
    return parcels;
  }

  private static Parcel compose(List<Fragment> fragments, int payloadBytes) {
    ByteBuf frame = TextFrame.begin(payloadBytes);
    int publications = 0;
    boolean first = true;
    for (Fragment fragment : fragments) {
      if (!first) {
        frame.writeByte('\n');
      }
      first = false;
      frame.writeBytes(fragment.bytes());
      publications += fragment.publications();
    }
    return new Parcel(frame, List.copyOf(fragments), publications);
  }
}
