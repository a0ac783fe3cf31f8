package io.managedredis.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What this server shows in a handshake and whom it believes, as it stood in the files at one
 * moment.
 *
 * @param certificate the server's own
 */
record ServerIdentity(SSLContext context, X509Certificate certificate) {

  /** A client that comes back within that time need not show its certificate again. */
  private static final Duration SESSION = Duration.ofHours(1);

  /**
   * Reads it.
   *
   * @param clientCaFile null when clients need no certificate
   * @param now when the certificates have to be valid
   * @throws TlsFileException when a file can't be used, a certificate is not valid now, or the key
   *     is not the certificate's
   */
  static ServerIdentity read(Path certFile, Path keyFile, @Nullable Path clientCaFile, Instant now)
      throws TlsFileException {
    PemFile cert = new PemFile(certFile);
    PemFile key = new PemFile(keyFile);
    List<X509Certificate> chain = cert.certificates();
    for (X509Certificate each : chain) {
      requireValid(each, certFile, now);
    }
    requireFit(key.privateKey(), chain.get(0).getPublicKey(), keyFile, certFile);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          KeyStores.identity(cert, key),
          KeyStores.trust(
              clientCaFile == null ? List.of() : new PemFile(clientCaFile).certificates()),
          null);
      context.getServerSessionContext().setSessionTimeout((int) SESSION.toSeconds());
      return new ServerIdentity(context, chain.get(0));
    } catch (GeneralSecurityException e) {
      throw new TlsFileException(certFile, "can't be used for TLS: " + e.getMessage(), e);
    }
  }

  private static void requireValid(X509Certificate certificate, Path file, Instant now)
      throws TlsFileException {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      throw new TlsFileException(
          file, "holds a certificate that has expired at " + until + of(certificate));
    }
    if (now.isBefore(from)) {
      throw new TlsFileException(
          file, "holds a certificate that is not valid before " + from + of(certificate));
    }
  }

  private static String of(X509Certificate certificate) {
    return " (" + certificate.getSubjectX500Principal().getName() + ")";
  }

  /** What the key signs, the certificate has to confirm. */
  private static void requireFit(PrivateKey key, PublicKey certified, Path file, Path certFile)
      throws TlsFileException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    try {
      byte[] text = "one key pair".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      if (signature.verify(signed)) {
        return;
      }
    } catch (InvalidKeyException | SignatureException e) {
      throw foreign(file, certFile, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK knows " + algorithm, e);
    }
    throw foreign(file, certFile, null);
  }

  private static TlsFileException foreign(
      Path file, Path certFile, @Nullable GeneralSecurityException cause) {
    String why = "holds a key that does not fit the first certificate in " + certFile;
    return cause == null ? new TlsFileException(file, why) : new TlsFileException(file, why, cause);
  }
}
