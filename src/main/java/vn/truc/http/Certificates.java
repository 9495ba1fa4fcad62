package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate a server shows, taken anew from its files whenever they change: they are looked
/// at at an interval, a sound pair that two looks in a row have found is used for every later
/// handshake, connections that are there go on. Files that are missing, half written or do not
/// belong together leave the pair in use where it is, until they are sound again; so does a
/// certificate that is not good now, as long as the one in use is. Belongs to one event loop, which
/// never waits for the files.
public final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final Vertx vertx;
  private final Path chainFile;
  private final Path keyFile;
  private final Counter renewals;
  private CertificatePair.Sound served;

  /// What was judged last, so that nothing is judged twice.
  private CertificatePair judged;

  /// Why the files are not in use; empty when they are.
  private Optional<String> refused = Optional.empty();

  private long timer = -1;

  private Certificates(
      Vertx vertx,
      Path chainFile,
      Path keyFile,
      CertificatePair.Sound served,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.chainFile = chainFile;
    this.keyFile = keyFile;
    this.served = served;
    this.judged = served;
    renewals = registry.counter("truc.tls.renewals");
    Gauge.builder("truc.tls.certificate.end", () -> served().end().getEpochSecond())
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("truc.tls.refused", () -> refused.isPresent() ? 1 : 0).register(registry);
  }

  /// Reads the two files; fails, saying why, where they are no sound pair.
  public static Future<Certificates> open(
      Vertx vertx, Path chainFile, Path keyFile, MeterRegistry registry) {
    return read(vertx, chainFile, keyFile)
        .compose(
            files ->
                switch (CertificatePair.judge(vertx, files.getFirst(), files.getLast())) {
                  case CertificatePair.Sound sound -> {
                    boolean _ = Rehearsal.with(vertx, sound);
                    yield Future.succeededFuture(
                        new Certificates(vertx, chainFile, keyFile, sound, registry));
                  }
                  case CertificatePair.Faulty faulty ->
                      Future.failedFuture(
                          chainFile + " and " + keyFile + " cannot be used: " + faulty.why());
                });
  }

  private static Future<List<Buffer>> read(Vertx vertx, Path chainFile, Path keyFile) {
    return vertx
        .fileSystem()
        .readFile(chainFile.toAbsolutePath().toString())
        .compose(
            chain ->
                vertx
                    .fileSystem()
                    .readFile(keyFile.toAbsolutePath().toString())
                    .map(key -> List.of(chain, key)));
  }

  /// Sets on a server's options that it speaks TLS with the pair in use. What a handshake reckons
  /// (a signature, the first time the classes for it) is done on the workers' threads: who opens
  /// connections chooses how many there are, and the loop is everybody's.
  public HttpServerOptions configure(HttpServerOptions options) {
    return options
        .setSsl(true)
        .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
        .setKeyCertOptions(served.options());
  }

  /// Begins to look at the files.
  ///
  /// @param options those the server was made with
  /// @param checkMillis real time between two looks
  public void watch(HttpServer server, HttpServerOptions options, int checkMillis) {
    timer =
        vertx.setTimer(
            checkMillis,
            _ ->
                look(server, options)
                    .onComplete(
                        _ -> {
                          if (timer >= 0) {
                            watch(server, options, checkMillis);
                          }
                        }));
  }

  /// Ends the looking; the server keeps what it has.
  public void stop() {
    vertx.cancelTimer(timer);
    timer = -1;
  }

  /// Completes when what the files held is in use, left for the next look, or refused; never fails.
  Future<Void> look(HttpServer server, HttpServerOptions options) {
    return read(vertx, chainFile, keyFile)
        .compose(files -> take(files.getFirst(), files.getLast(), server, options))
        .recover(
            e -> {
              refuse(String.valueOf(e.getMessage()));
              return Future.succeededFuture();
            });
  }

  private Future<Void> take(
      Buffer chain, Buffer key, HttpServer server, HttpServerOptions options) {
    boolean again = judged.madeOf(chain, key);
    if (!again) {
      judged = CertificatePair.judge(vertx, chain, key);
    }
    return switch (judged) {
      case CertificatePair.Faulty faulty -> Future.failedFuture(faulty.why());
      case CertificatePair.Sound sound when sound.equals(served) -> {
        accept();
        yield Future.succeededFuture();
      }
      case CertificatePair.Sound sound -> replace(sound, again, server, options);
    };
  }

  /// Takes a pair other than the one in use.
  ///
  /// @param again whether the look before found the same: a file cut behind a certificate is sound,
  /// and may be growing still
  private Future<Void> replace(
      CertificatePair.Sound sound, boolean again, HttpServer server, HttpServerOptions options) {
    Instant now = Instant.now();
    Optional<String> invalid = sound.invalid(now);
    if (invalid.isPresent() && served.invalid(now).isEmpty()) {
      return Future.failedFuture("the certificate " + invalid.get());
    }
    if (!again) {
      return Future.succeededFuture();
    }
    return server
        .updateSSLOptions(options.getSslOptions().copy().setKeyCertOptions(sound.options()))
        .map(
            _ -> {
              served = sound;
              renewals.increment();
              LOG.info("certificate_taken end={}", sound.end());
              accept();
              return null;
            });
  }

  private void accept() {
    if (refused.isPresent()) {
      LOG.info("certificate_files_sound end={}", served.end());
      refused = Optional.empty();
    }
  }

  private void refuse(String why) {
    if (refused.isEmpty()) {
      LOG.warn("certificate_refused in_use_until={} cause={}", served.end(), why);
    }
    refused = Optional.of(why);
  }

  private CertificatePair.Sound served() {
    return served;
  }

  /// What people should know of the certificate; empty when all is well.
  ///
  /// @param now real time
  public List<String> notices(Instant now) {
    List<String> notices = new ArrayList<>();
    refused.ifPresent(
        why ->
            notices.add(
                "the files of certificate and key cannot be used, the pair before is in use: "
                    + why));
    served.invalid(now).ifPresent(why -> notices.add("the certificate in use " + why));
    return notices;
  }
}
