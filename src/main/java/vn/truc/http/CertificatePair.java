package vn.truc.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/// A certificate chain and its private key, PEM, as they were read and judged: only a sound pair is
/// ever served, and it is served from these very bytes, not from files that may have changed since.
sealed interface CertificatePair {
  Buffer chain();

  Buffer key();

  /// Whether this is made of the same bytes.
  default boolean madeOf(Buffer otherChain, Buffer otherKey) {
    return chain().equals(otherChain) && key().equals(otherKey);
  }

  /// A chain whose first certificate belongs to the key, be it good now or not.
  ///
  /// @param begin from when on the first certificate is good
  /// @param end when the first certificate ends
  record Sound(Buffer chain, Buffer key, Instant begin, Instant end) implements CertificatePair {
    /// Why it is not good at an instant, like `ended at …`; empty where it is.
    Optional<String> invalid(Instant now) {
      if (now.isBefore(begin)) {
        return Optional.of("begins at " + begin);
      }
      return now.isAfter(end) ? Optional.of("ended at " + end) : Optional.empty();
    }

    PemKeyCertOptions options() {
      return pem(chain, key);
    }
  }

  /// What cannot be served, and why.
  record Faulty(Buffer chain, Buffer key, String why) implements CertificatePair {}

  /// Judges two files' contents. Costs about as much as one handshake.
  static CertificatePair judge(Vertx vertx, Buffer chain, Buffer key) {
    String text = key.toString(StandardCharsets.US_ASCII);
    if (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
      return new Faulty(
          chain, key, "the key is encrypted; give it without a passphrase (openssl pkey)");
    }
    try {
      X509Certificate first = first(chain);
      if (!belongTogether(first.getPublicKey(), privateKey(vertx, chain, key, first))) {
        return new Faulty(chain, key, "the key is not the certificate's");
      }
      return new Sound(
          chain, key, first.getNotBefore().toInstant(), first.getNotAfter().toInstant());
    } catch (Exception e) {
      return new Faulty(chain, key, "no certificate with its key: " + e.getMessage());
    }
  }

  private static PemKeyCertOptions pem(Buffer chain, Buffer key) {
    return new PemKeyCertOptions().setCertValue(chain).setKeyValue(key);
  }

  private static X509Certificate first(Buffer chain) throws GeneralSecurityException {
    Certificate first =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(chain.getBytes()));
    if (first instanceof X509Certificate certificate) {
      return certificate;
    }
    throw new GeneralSecurityException("there is no certificate");
  }

  /// The key as the server itself would read it, in any of the forms it takes.
  private static PrivateKey privateKey(
      Vertx vertx, Buffer chain, Buffer key, X509Certificate certificate) throws Exception {
    String type = certificate.getPublicKey().getAlgorithm();
    for (KeyManager manager : pem(chain, key).getKeyManagerFactory(vertx).getKeyManagers()) {
      if (manager instanceof X509KeyManager keys) {
        String[] names = keys.getServerAliases(type, null);
        if (names != null && names.length > 0) {
          return keys.getPrivateKey(names[0]);
        }
      }
    }
    throw new GeneralSecurityException("no key for a certificate of type " + type);
  }

  /// Whether what one signs the other confirms.
  private static boolean belongTogether(PublicKey certified, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = new byte[32];
    Arrays.fill(probe, (byte) 7);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(probe);
    return signature.verify(signed);
  }
}
