package vn.truc.push;

import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.push.ChannelSource.ChannelClass;

/// Subscribe and unsubscribe: who may, and from where the reader goes on.
///
/// A stream position is recovered when the epoch is ours (or not given) and
/// `floor ≤ offset ≤ folded position`. A client above the folded position is ahead of this node and
/// is held until the fold is there, for a bounded time. A cache channel answers every subscribe
/// with its newest value.
final class Subscribing {
  private static final Logger LOG = LoggerFactory.getLogger(Subscribing.class);

  private final Hub hub;
  private final Waiting held = new Waiting();

  Subscribing(Hub hub) {
    this.hub = hub;
  }

  void subscribe(Session session, ClientCommand.Subscribe command, Bytes out) {
    if (command.channel().isEmpty()) {
      session.close(CloseCode.BAD_REQUEST);
      return;
    }
    Optional<ErrorCode> refusal = refusal(session, command);
    if (refusal.isPresent()) {
      session.refuse(out, command.id(), refusal.get());
      return;
    }
    switch (hub.source().classOf(command.channel())) {
      case UNKNOWN -> session.refuse(out, command.id(), ErrorCode.UNKNOWN_CHANNEL);
      case CACHE -> {
        if (permitted(session, command, out)) {
          cache(session, command, out);
        }
      }
      case STREAM -> {
        if (permitted(session, command, out)) {
          stream(session, command, out, true);
        }
      }
    }
  }

  void unsubscribe(Session session, ClientCommand.Unsubscribe command, Bytes out) {
    if (command.channel().isEmpty()) {
      session.close(CloseCode.BAD_REQUEST);
      return;
    }
    ClientCommand.Subscribe given = held.remove(session, command.channel());
    if (given != null) {
      session.refuse(out, given.id(), ErrorCode.INTERNAL);
    }
    for (HubChannel channel : session.channels()) {
      if (channel.name().equals(command.channel())) {
        session.part(channel);
        break;
      }
    }
    Replies.unsubscribe(out, command.id());
  }

  /// Whether somebody waits for the fold.
  boolean holding() {
    return !held.isEmpty();
  }

  /// Answers those the fold has reached, and those who waited long enough, in turns of the event
  /// loop. What it costs is what is answered, not what waits.
  void release() {
    long began = System.nanoTime();
    long now = hub.beat().millis();
    Waiting.Held due = held.poll(hub.source().position(), now);
    while (due != null) {
      try {
        // a flush may be on its way to it
        hub.flush().catchUp(due.session());
        Bytes out = hub.out().clear();
        answer(due, out);
        due.session().send(out);
        due.session().link().flush();
        due.session().settle();
      } catch (RuntimeException fault) {
        hub.flush().broken(due.session(), fault);
      }
      if (hub.beat().isOver(System.nanoTime() - began)) {
        hub.beat().inLine(this::release);
        return;
      }
      due = held.poll(hub.source().position(), now);
    }
  }

  private void answer(Waiting.Held due, Bytes out) {
    try {
      stream(due.session(), due.command(), out, false);
    } catch (RuntimeException fault) {
      LOG.error("command_failed", fault);
      out.clear();
      due.session().refuse(out, due.command().id(), ErrorCode.INTERNAL);
    }
  }

  /// Answers those that wait for a channel which exists no more, or is not allowed any more.
  void reconsider() {
    for (Waiting.Held one : held.all()) {
      boolean known = hub.source().classOf(one.command().channel()) != ChannelClass.UNKNOWN;
      if (!known || !one.session().mayRead(one.command().channel())) {
        held.remove(one.session(), one.command().channel());
        Bytes out = hub.out().clear();
        ErrorCode code = known ? ErrorCode.PERMISSION_DENIED : ErrorCode.UNKNOWN_CHANNEL;
        one.session().refuse(out, one.command().id(), code);
        one.session().send(out);
        one.session().link().flush();
      }
    }
  }

  /// Forgets what waits for a session that is gone.
  void forget(Session session) {
    held.forget(session);
  }

  private Optional<ErrorCode> refusal(Session session, ClientCommand.Subscribe command) {
    if (command.type() != 0) {
      return Optional.of(ErrorCode.NOT_AVAILABLE);
    }
    if (command.filtered() || malformed(command.channel())) {
      return Optional.of(ErrorCode.BAD_REQUEST);
    }
    if (session.has(command.channel()) || held.has(session, command.channel())) {
      return Optional.of(ErrorCode.ALREADY_SUBSCRIBED);
    }
    if (session.channels().size() + held.of(session) >= hub.settings().channelsMax()) {
      return Optional.of(ErrorCode.LIMIT_EXCEEDED);
    }
    return Optional.empty();
  }

  private boolean malformed(String channel) {
    return ByteBufUtil.utf8Bytes(channel) > hub.settings().channelBytesMax()
        || channel.chars().anyMatch(c -> c <= ' ' || c == 0x7F || Character.isSurrogate((char) c));
  }

  private static boolean permitted(Session session, ClientCommand.Subscribe command, Bytes out) {
    if (session.mayRead(command.channel())) {
      return true;
    }
    session.refuse(out, command.id(), ErrorCode.PERMISSION_DENIED);
    return false;
  }

  private void cache(Session session, ClientCommand.Subscribe command, Bytes out) {
    CacheChannel channel = hub.audiences().cache(command.channel());
    Buffer value = hub.flush().value(channel);
    long position = hub.source().position();
    Replies.subscribe(
        out,
        command.id(),
        hub.source().epoch(),
        position,
        command.recover() ? Replies.Outcome.RECOVERED : Replies.Outcome.FRESH);
    Replies.beginPublications(out);
    Replies.publication(out, value, position);
    Replies.endPublications(out);
    Replies.endSubscribe(out);
    session.join(channel);
  }

  private void stream(
      Session session, ClientCommand.Subscribe command, Bytes out, boolean mayHold) {
    StreamChannel channel = hub.stream(command.channel());
    String epoch = hub.source().epoch();
    long position = hub.source().position();
    boolean ours = command.epoch().isEmpty() || command.epoch().equals(epoch);
    if (command.recover() && ours && Long.compareUnsigned(command.offset(), position) > 0) {
      if (mayHold && held.size() >= hub.settings().heldMax()) {
        session.refuse(out, command.id(), ErrorCode.TOO_MANY_REQUESTS);
      } else if (mayHold) {
        held.add(session, command, hub.beat().millis() + hub.settings().holdMillis());
        hub.changed();
      } else {
        session.refuse(out, command.id(), ErrorCode.INTERNAL);
      }
      return;
    }
    boolean recovered =
        command.recover()
            && ours
            && channel.ring().floor() <= command.offset()
            && small(channel.ring(), command.offset());
    if (command.recover()) {
      hub.metrics().recovered(recovered);
    }
    if (command.recover() && !recovered && command.strict()) {
      session.refuse(out, command.id(), ErrorCode.UNRECOVERABLE_POSITION);
      return;
    }
    if (recovered) {
      Replies.subscribe(out, command.id(), epoch, command.offset(), Replies.Outcome.RECOVERED);
      missed(channel.ring(), command.offset(), out);
    } else {
      Replies.Outcome outcome = command.recover() ? Replies.Outcome.LOST : Replies.Outcome.FRESH;
      Replies.subscribe(out, command.id(), epoch, position, outcome);
    }
    Replies.endSubscribe(out);
    session.join(channel);
    if (channel.waiting()) {
      // The reply covers what waits for the flush: the flush must not send it here again.
      session.lag().sentUpTo(channel, channel.ring().newest());
    }
  }

  private boolean small(Ring ring, long offset) {
    long bytes = 0;
    for (int i = ring.indexAfter(offset); i < ring.size(); i++) {
      bytes += ring.item(i).json().length() + 40L;
    }
    return bytes <= hub.settings().recoveryBytesMax();
  }

  private static void missed(Ring ring, long offset, Bytes out) {
    int from = ring.indexAfter(offset);
    if (from == ring.size()) {
      return;
    }
    Replies.beginPublications(out);
    for (int i = from; i < ring.size(); i++) {
      if (i > from) {
        out.raw(',');
      }
      Replies.publication(out, ring.item(i).json(), ring.offset(i));
    }
    Replies.endPublications(out);
  }
}
