package vn.truc.push;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commands of one connection: in order, within the flood bound, put off while their replies
/// have no room, and until it is its turn ([Desk]). Nothing more is read from it meanwhile.
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  /// So many commands of a frame are answered in one, if that is not long.
  private static final int TOGETHER = 8;

  private static final int TOGETHER_BYTES = 16 * 1024;

  private final Session session;
  private final Hub hub;
  private final Link link;
  private final Allowance allowance;

  /// Frames that wait for their turn, behind [#rest].
  private final Deque<byte[]> frames = new ArrayDeque<>(1);

  private long framesBytes;

  /// What a turn left of a frame.
  private List<ClientCommand> rest = List.of();

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
    Lag behind = session.lagging();
    if (!waiting() && behind != null && !behind.deferred().isEmpty()) {
      behind.deferred().addAll(CommandReader.read(message));
      hub.backlog().note(session);
      if (behind.deferred().size() > hub.settings().commandsBurstMax()) {
        session.close(CloseCode.TOO_MANY_REQUESTS);
      }
    } else if (waiting() || !(hub.desk().free() || isPong(message))) {
      frames.add(message);
      framesBytes += message.length;
      link.reading(false);
      hub.desk().line(this);
      hub.backlog().note(session);
      hub.backlog().purge();
    } else {
      hub.desk().begin();
      run(CommandReader.read(message));
      hub.desk().end(this, waiting());
    }
  }

  /// Whether it is the answer to a ping alone: that is cheap, and must not come too late for
  /// others' asking.
  private static boolean isPong(byte[] message) {
    return message.length == 2 && message[0] == '{' && message[1] == '}';
  }

  /// Whether something the client said waits for its turn; it is not heard meanwhile.
  boolean waiting() {
    return !rest.isEmpty() || !frames.isEmpty();
  }

  /// About the bytes that what waits for its turn takes.
  long waitingBytes() {
    return framesBytes + rest.size() * Backlog.COMMAND_BYTES;
  }

  /// Its turn has come.
  void goOn() {
    hub.desk().begin();
    session.heardLate();
    boolean over = false;
    while (!over && waiting() && session.hears() && !putOff()) {
      if (rest.isEmpty()) {
        byte[] frame = frames.remove();
        framesBytes -= frame.length;
        run(CommandReader.read(frame));
      } else {
        List<ClientCommand> next = rest;
        rest = List.of();
        run(next);
      }
      over = hub.desk().isOver();
    }
    if (!session.hears()) {
      rest = List.of();
      frames.clear();
      framesBytes = 0;
    }
    hub.desk().end(this, waiting() && !putOff());
    hub.backlog().note(session);
    readOn();
  }

  /// A fault of ours met its frames.
  void failed() {
    session.close(CloseCode.SERVER_ERROR);
  }

  private void readOn() {
    if (session.open() && !waiting() && !putOff()) {
      link.reading(true);
    }
  }

  /// Whether commands wait for room, and what came after them for those.
  boolean putOff() {
    Lag behind = session.lagging();
    return behind != null && !behind.deferred().isEmpty();
  }

  /// Counts a frame or a command against the flood bound; false when the connection was closed.
  boolean allowed() {
    boolean granted = allowance.take(hub.beat().millis());
    if (!granted) {
      session.close(CloseCode.TOO_MANY_REQUESTS);
    }
    return granted;
  }

  /// Does commands, the first of which was counted already, until there is no room or no time.
  private void run(List<ClientCommand> commands) {
    hub.flush().catchUp(session);
    Bytes out = hub.out().clear();
    replies = out;
    for (int i = 0; i < commands.size(); i++) {
      if (i > 0 && (!session.hears() || !allowed())) {
        break;
      }
      if ((i >= TOGETHER || out.length() > TOGETHER_BYTES) && hub.desk().isOver()) {
        rest = List.copyOf(commands.subList(i, commands.size()));
        link.reading(false);
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
      session.heardLate();
      hub.desk().begin();
      run(waiting);
      hub.desk().end(this, waiting() && !putOff());
      readOn();
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
