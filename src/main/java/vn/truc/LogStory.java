package vn.truc;

import vn.truc.event.EventTypes;
import vn.truc.fold.Projection;

/// Records that are part of the log's own story: nothing on a node is made of them, and each is
/// known.
final class LogStory implements Projection {
  @Override
  public boolean takes(String type) {
    return switch (type) {
      case EventTypes.LOG_CREATED,
          EventTypes.LOG_RESTORED,
          EventTypes.PERSONAL_READ,
          EventTypes.PERSONAL_ERASED ->
          true;
      default -> false;
    };
  }
}
