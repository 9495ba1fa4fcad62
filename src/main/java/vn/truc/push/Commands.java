package vn.truc.push;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commands of one connection: in order, within the flood bound, put off while their replies
/// have no room.
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  private final Session session;
  private final Hub hub;
  private final Link link;
  private final Allowance allowance;

  /// Replies to the frame at hand that were not sent yet.
  private @Nullable Bytes replies;

  Commands(Session session, Hub hub, Link link, long nowMillis) {
    this.session = session;
    this.hub = hub;
    this.link = link;
    this.allowance = new Allowance(hub.settings(), nowMillis);
  }

  /// Takes one whole text message.
  void receive(byte[] message) {
    if (!session.hears() || !allowed()) {
      return;
    }
    hub.flush().catchUp(session);
    List<ClientCommand> commands = CommandReader.read(message);
    Lag behind = session.lagging();
    if (behind != null && !behind.deferred().isEmpty()) {
      behind.deferred().addAll(commands);
      hub.backlog().note(session);
      if (behind.deferred().size() > hub.settings().commandsBurstMax()) {
        session.close(CloseCode.TOO_MANY_REQUESTS);
      }
      return;
    }
    run(commands);
  }

  /// Counts a frame or a command against the flood bound; false when the connection was closed.
  boolean allowed() {
    boolean granted = allowance.take(hub.beat().millis());
    if (!granted) {
      session.close(CloseCode.TOO_MANY_REQUESTS);
    }
    return granted;
  }

  private void run(List<ClientCommand> commands) {
    Bytes out = hub.out().clear();
    replies = out;
    for (int i = 0; i < commands.size(); i++) {
      if (i > 0 && (!session.hears() || !allowed())) {
        break;
      }
      if (out.length() >= hub.settings().frameBytesMax()) {
        session.send(out);
        link.flush();
      }
      if (link.queuedBytes() > hub.settings().queueBytesMax()) {
        putOff(commands.subList(i, commands.size()));
        break;
      }
      handled(commands.get(i), out);
    }
    replies = null;
    if (out.length() > 0 && session.open()) {
      session.send(out);
    }
    if (session.open()) {
      link.flush();
    }
    session.settle();
    hub.backlog().note(session);
    hub.backlog().purge();
  }

  /// Keeps commands until their replies have room: as soon as the client has read what waits, or
  /// the flush finds that it has read the half.
  private void putOff(List<ClientCommand> commands) {
    session.lag().deferred().addAll(commands);
    link.reading(false);
    link.drained(
        () -> {
          Lag behind = session.lagging();
          if (behind != null && session.open()) {
            resume(behind);
          }
        });
  }

  /// Does one command. One that meets a fault of ours is answered as that, and nothing else is.
  private void handled(ClientCommand command, Bytes out) {
    int before = out.length();
    try {
      session.handle(command, out);
    } catch (RuntimeException fault) {
      LOG.error("command_failed", fault);
      out.cut(before);
      if (command instanceof ClientCommand.Subscribe subscribe) {
        session.refuse(out, subscribe.id(), ErrorCode.INTERNAL);
      } else {
        session.close(CloseCode.SERVER_ERROR);
      }
    }
  }

  /// Goes on with the commands that waited for room.
  void resume(Lag behind) {
    if (!behind.deferred().isEmpty()) {
      List<ClientCommand> waiting = List.copyOf(behind.deferred());
      behind.deferred().clear();
      link.reading(true);
      run(waiting);
    }
  }

  /// Sends what is answered already, before the connection ends.
  void answerFirst() {
    Bytes out = replies;
    if (out != null && out.length() > 0) {
      session.send(out);
    }
  }
}
