package vn.truc.push;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One connection's side of the protocol: what it may do next, its clock, its place among the
/// audiences. Holds no channel list of its own; connections with the same channels share one.
final class Session {

  private enum State {
    /// Open, no connect yet.
    FRESH,
    /// Connect was answered with an error; the client is expected to close.
    REFUSED,
    /// Connected.
    LIVE,
    /// Closed by either side.
    CLOSED
  }

  private final Hub hub;
  private final Link link;
  private final Commands commands;
  private State state = State.FRESH;
  private @Nullable Grant grant;
  private @Nullable Audience audience;
  private @Nullable List<HubChannel> draft;
  private @Nullable Lag lag;

  private int seat;
  private int rosterSeat;
  private long deliveredTick = -1;
  private long counted;
  private boolean countedStranger;
  private long unfinishedBytes;
  private long sweptBytes;
  private final Pulse pulse;

  Session(Hub hub, Link link, long nowMillis) {
    this.hub = hub;
    this.link = link;
    this.commands = new Commands(this, hub, link, nowMillis);
    this.pulse = new Pulse(nowMillis + hub.settings().connectMillis());
  }

  // ---- from the socket

  /// What its client says.
  Commands commands() {
    return commands;
  }

  /// What came of messages that have not ended, in bytes.
  long unfinishedBytes() {
    return unfinishedBytes;
  }

  void unfinishedBytes(long now) {
    unfinishedBytes = now;
  }

  /// The socket is gone.
  void gone() {
    if (state != State.CLOSED) {
      leave(CloseCode.GONE);
    }
  }

  /// What its client said had to wait for its turn, and so had the answer to a ping behind it.
  void heardLate() {
    if (state == State.LIVE) {
      pulse.answered();
    }
  }

  /// Ends the connection with a code.
  void close(CloseCode code) {
    if (state != State.CLOSED) {
      commands.answerFirst();
      leave(code);
      link.close(code);
    }
  }

  private void leave(CloseCode code) {
    state = State.CLOSED;
    settle();
    hub.leave(this, code);
    lag = null;
    grant = null;
  }

  // ---- commands

  /// Does one command; replies go to `out`.
  void handle(ClientCommand command, Bytes out) {
    if (state == State.FRESH) {
      if (command instanceof ClientCommand.Connect connect) {
        connect(connect, out);
      } else {
        close(CloseCode.BAD_REQUEST);
      }
      return;
    }
    switch (command) {
      case ClientCommand.Connect _, ClientCommand.Broken _ -> close(CloseCode.BAD_REQUEST);
      case ClientCommand.Refresh refresh -> refresh(refresh, out);
      case ClientCommand.Subscribe subscribe -> hub.subscribing().subscribe(this, subscribe, out);
      case ClientCommand.Unsubscribe unsubscribe ->
          hub.subscribing().unsubscribe(this, unsubscribe, out);
      case ClientCommand.Pong _ -> pulse.answered();
      case ClientCommand.Send _ -> {}
      case ClientCommand.Unavailable other -> refuse(out, other.id(), ErrorCode.NOT_AVAILABLE);
    }
  }

  private void connect(ClientCommand.Connect command, Bytes out) {
    switch (hub.tokens().judge(command.token())) {
      case Tokens.Verdict.Invalid _ -> close(CloseCode.INVALID_TOKEN);
      case Tokens.Verdict.Expired _ -> expired(command.id(), out);
      case Tokens.Verdict.Granted(Grant granted) -> {
        long seconds = hub.beat().epochSeconds();
        if (granted.expired(seconds)) {
          expired(command.id(), out);
          return;
        }
        grant = granted;
        state = State.LIVE;
        long now = hub.beat().millis();
        int interval = hub.settings().pingMillis();
        pulse.begin(now + interval / 2 + hub.random(interval / 2));
        String client = UUID.randomUUID().toString();
        long ttl = granted.renewInSeconds(seconds);
        Replies.connect(out, command.id(), client, Hub.VERSION, ttl, interval / 1000);
      }
    }
  }

  private void expired(long id, Bytes out) {
    refuse(out, id, ErrorCode.TOKEN_EXPIRED);
    state = State.REFUSED;
  }

  private void refresh(ClientCommand.Refresh command, Bytes out) {
    Grant held = grant;
    if (held == null || held.expiresAtSeconds() == 0) {
      close(CloseCode.BAD_REQUEST);
      return;
    }
    switch (hub.tokens().judge(command.token())) {
      case Tokens.Verdict.Invalid _ -> close(CloseCode.INVALID_TOKEN);
      case Tokens.Verdict.Expired _ -> close(CloseCode.EXPIRED);
      case Tokens.Verdict.Granted(Grant fresh) -> {
        if (!fresh.user().equals(held.user())) {
          close(CloseCode.INVALID_TOKEN);
          return;
        }
        long seconds = hub.beat().epochSeconds();
        if (fresh.expired(seconds)) {
          close(CloseCode.EXPIRED);
          return;
        }
        grant = fresh;
        Replies.refresh(out, command.id(), Hub.VERSION, fresh.renewInSeconds(seconds));
        dropLost(out);
      }
    }
  }

  /// Closes where its token was ended before its time.
  void recheck() {
    Grant held = grant;
    if (state == State.LIVE && held != null && held.ended().getAsBoolean()) {
      close(CloseCode.INVALID_TOKEN);
    }
  }

  /// Ends the subscriptions whose channel is gone or not allowed any more.
  void reconsider() {
    if (state == State.LIVE) {
      hub.flush().catchUp(this);
      Bytes out = hub.out().clear();
      dropLost(out);
      settle();
      if (out.length() > 0) {
        send(out);
        link.flush();
      }
    }
  }

  private void dropLost(Bytes out) {
    for (HubChannel channel : List.copyOf(channels())) {
      if (hub.source().classOf(channel.name()) == ChannelSource.ChannelClass.UNKNOWN) {
        drop(channel, UnsubscribeCode.UNKNOWN_CHANNEL, out);
      } else if (!mayRead(channel.name())) {
        drop(channel, UnsubscribeCode.PERMISSION_DENIED, out);
      }
    }
  }

  private void drop(HubChannel channel, UnsubscribeCode code, Bytes out) {
    part(channel);
    Replies.unsubscribed(out, channel.name(), code);
    hub.metrics().unsubscribed(code);
  }

  /// Writes an error reply.
  void refuse(Bytes out, long id, ErrorCode error) {
    hub.metrics().refused(error);
    Replies.error(out, id, error);
  }

  /// Whether the token covers a channel.
  boolean mayRead(String channel) {
    Grant held = grant;
    return held != null && held.mayRead().test(channel);
  }

  // ---- channels

  /// The channels it has, those of the frame at hand included.
  List<HubChannel> channels() {
    if (draft != null) {
      return draft;
    }
    return audience == null ? List.of() : audience.channels();
  }

  boolean has(String channel) {
    for (HubChannel held : channels()) {
      if (held.name().equals(channel)) {
        return true;
      }
    }
    return false;
  }

  /// Adds a channel; in force with [#settle].
  void join(HubChannel channel) {
    drafted().add(channel);
  }

  /// Removes a channel; in force with [#settle].
  void part(HubChannel channel) {
    drafted().remove(channel);
    if (lag != null) {
      lag.missed().remove(channel);
    }
  }

  /// Puts the channels joined and parted into force.
  void settle() {
    List<HubChannel> wanted = draft;
    if (wanted != null) {
      draft = null;
      List<HubChannel> before = audience == null ? List.of() : audience.channels();
      if (hub.flush().delivering()) {
        deliveredTick = hub.flush().tick();
      }
      hub.audiences().move(this, wanted);
      hub.metrics().subscriptions(hub.audiences().subscriptions());
      before.forEach(hub.audiences()::tidy);
      wanted.forEach(hub.audiences()::tidy);
    }
  }

  private List<HubChannel> drafted() {
    List<HubChannel> wanted = draft;
    if (wanted == null) {
      wanted = new ArrayList<>(channels());
      draft = wanted;
    }
    return wanted;
  }

  // ---- to the socket

  /// Sends replies as a frame and empties them.
  void send(Bytes out) {
    link.write(TextFrame.of(out.array(), out.length()));
    out.clear();
  }

  /// Sends a shared frame when the queue has room for it.
  boolean offer(Parcel parcel) {
    long queued = link.queuedBytes();
    if (queued > 0 && queued + parcel.bytes() > hub.settings().queueBytesMax()) {
      return false;
    }
    link.write(parcel.frame().retainedDuplicate());
    return true;
  }

  /// Drops a channel the client fell behind on, where it has it; it will come back and recover.
  void lose(HubChannel channel) {
    if (!channels().contains(channel)) {
      return;
    }
    Bytes out = hub.out().clear();
    drop(channel, UnsubscribeCode.INSUFFICIENT_STATE, out);
    settle();
    send(out);
  }

  /// Looks at the clock: silence before connect, pings, pongs, expiry.
  void sweep(long nowMillis, long nowSeconds, ByteBuf ping) {
    long queued = link.queuedBytes();
    if (state == State.LIVE && queued < sweptBytes) {
      // it reads, and will come to the ping
      pulse.reads(nowMillis, hub.settings());
    }
    sweptBytes = queued;
    boolean silent = pulse.silent(nowMillis) && !commands.waiting() && !commands.putOff();
    switch (state) {
      case CLOSED -> {}
      case FRESH -> {
        if (silent) {
          close(CloseCode.STALE);
        }
      }
      case REFUSED -> {
        if (silent) {
          close(CloseCode.EXPIRED);
        }
      }
      case LIVE -> {
        if (overdue(nowSeconds)) {
          close(CloseCode.EXPIRED);
        } else if (silent) {
          close(CloseCode.NO_PONG);
        } else if (pulse.due(nowMillis, hub.settings())) {
          link.write(ping.retainedDuplicate());
          link.flush();
        }
      }
    }
  }

  private boolean overdue(long nowSeconds) {
    Grant held = grant;
    return held != null
        && held.expiresAtSeconds() > 0
        && nowSeconds >= held.expiresAtSeconds() + hub.settings().expiryGraceMillis() / 1000;
  }

  // ---- bookkeeping of the hub

  Link link() {
    return link;
  }

  boolean open() {
    return state != State.CLOSED;
  }

  /// Whether what its client says is heard: not behind a refused connect.
  boolean hears() {
    return state != State.CLOSED && state != State.REFUSED;
  }

  /// The bytes that wait for it, as counted last.
  long counted() {
    return counted;
  }

  /// Whether they were counted as those of somebody who has shown no token.
  boolean countedStranger() {
    return countedStranger;
  }

  void counted(long bytes, boolean stranger) {
    counted = bytes;
    countedStranger = stranger;
  }

  boolean live() {
    return state == State.LIVE;
  }

  @Nullable Audience audience() {
    return audience;
  }

  void audience(@Nullable Audience now) {
    audience = now;
  }

  int seat() {
    return seat;
  }

  void seat(int now) {
    seat = now;
  }

  int rosterSeat() {
    return rosterSeat;
  }

  void rosterSeat(int now) {
    rosterSeat = now;
  }

  /// Whether this flush was delivered here.
  boolean delivered(long tick) {
    return deliveredTick == tick;
  }

  /// Marks this flush as delivered here; false when it was already.
  boolean markDelivered(long tick) {
    boolean first = deliveredTick != tick;
    deliveredTick = tick;
    return first;
  }

  /// What it missed; null while it keeps up.
  @Nullable Lag lagging() {
    return lag;
  }

  /// What it missed, from now on looked after by the flush.
  Lag lag() {
    Lag behind = lag;
    if (behind == null) {
      behind = new Lag(link.queuedBytes(), hub.beat().millis());
      lag = behind;
      hub.flush().laggards().follow(this);
    }
    return behind;
  }

  /// It keeps up again.
  void caughtUp() {
    lag = null;
  }
}
