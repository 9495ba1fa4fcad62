package vn.truc.http;

import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/// One handshake of a server with itself, in memory, before anybody is served. The first handshake
/// of a process takes a quarter of a second of its loop, for the classes and tables it needs; so
/// nobody waits for it.
final class Rehearsal {
  private static final int STEPS_MAX = 200;
  private static final int BYTES = 64 * 1024;

  private final ByteBuffer received = ByteBuffer.allocate(BYTES);
  private final ByteBuffer nothing = ByteBuffer.allocate(0);

  private Rehearsal() {}

  /// Does it with a pair; whether both sides came to an end. That they do not is of no account: a
  /// certificate may be good for others and not for this.
  static boolean with(Vertx vertx, CertificatePair.Sound pair) {
    try {
      SSLContext server = SSLContext.getInstance("TLS");
      server.init(pair.options().getKeyManagerFactory(vertx).getKeyManagers(), null, null);
      SSLContext client = SSLContext.getInstance("TLS");
      client.init(null, trusting(pair).getTrustManagers(), null);
      SSLEngine asks = client.createSSLEngine();
      asks.setUseClientMode(true);
      SSLEngine answers = server.createSSLEngine();
      answers.setUseClientMode(false);
      return new Rehearsal().run(asks, answers);
    } catch (Exception e) {
      return false;
    }
  }

  private static TrustManagerFactory trusting(CertificatePair.Sound pair) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pair.chain().getBytes()))) {
      store.setCertificateEntry("c" + number++, one);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust;
  }

  private boolean run(SSLEngine asks, SSLEngine answers) throws SSLException {
    ByteBuffer there = ByteBuffer.allocate(BYTES);
    ByteBuffer back = ByteBuffer.allocate(BYTES);
    asks.beginHandshake();
    for (int i = 0; i < STEPS_MAX; i++) {
      boolean asked = step(asks, there, back);
      boolean answered = step(answers, back, there);
      if (!asked && !answered) {
        return isOver(asks) && isOver(answers);
      }
    }
    return false;
  }

  private static boolean isOver(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  /// Does what an engine wants next; false when it wants nothing, or what is not there yet.
  private boolean step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    return switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> tasks(engine);
      case NEED_WRAP -> engine.wrap(nothing, out).bytesProduced() > 0;
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap(engine, in);
      // tickets may come behind the handshake
      case NOT_HANDSHAKING, FINISHED -> in.position() > 0 && unwrap(engine, in);
    };
  }

  private static boolean tasks(SSLEngine engine) {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
    return true;
  }

  private boolean unwrap(SSLEngine engine, ByteBuffer in) throws SSLException {
    in.flip();
    received.clear();
    int taken = engine.unwrap(in, received).bytesConsumed();
    in.compact();
    return taken > 0 || engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
  }
}
