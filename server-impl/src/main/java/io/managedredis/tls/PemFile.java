package io.managedredis.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lies in a PEM file (RFC 7468). */
final class PemFile {

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private static final int MOST_BYTES = 1 << 20;

  private final Path file;

  PemFile(Path file) {
    this.file = file;
  }

  /**
   * The certificates, in the order of the file.
   *
   * @return one or more
   * @throws TlsFileException when there is none
   */
  List<X509Certificate> certificates() throws TlsFileException {
    List<X509Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes()))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      throw new TlsFileException(file, "holds no certificate in PEM: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new TlsFileException(file, "holds no certificate in PEM");
    }
    return found;
  }

  /**
   * The key.
   *
   * @throws TlsFileException when there is none that is RSA, EC or Ed25519, in PKCS#8 and in clear
   */
  PrivateKey privateKey() throws TlsFileException {
    Matcher matcher = PKCS8.matcher(new String(bytes(), StandardCharsets.US_ASCII));
    if (!matcher.find()) {
      throw new TlsFileException(
          file,
          "holds no unencrypted PKCS#8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt"
              + " makes one");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
    TlsFileException neither =
        new TlsFileException(file, "holds a key that is neither RSA, EC nor Ed25519");
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // The encoding names the algorithm inside; the next factory may know it.
        neither.addSuppressed(e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK knows " + algorithm, e);
      }
    }
    throw neither;
  }

  /**
   * What is in the file now.
   *
   * @throws TlsFileException when it can't be read, or is larger than 1 MiB
   */
  byte[] bytes() throws TlsFileException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new TlsFileException(file, "is larger than any PEM file has to be");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new TlsFileException(file, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw new TlsFileException(file, "may not be read", e);
    } catch (TlsFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TlsFileException(file, "can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  Path path() {
    return file;
  }
}
