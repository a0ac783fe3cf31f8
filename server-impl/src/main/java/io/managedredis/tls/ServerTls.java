package io.managedredis.tls;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 of this server, from PEM files that are looked at every second. What changed in
 * them holds for the handshakes from then on; connections go on with what they began with, and a
 * session of before is not resumed. Files that can't be used change nothing but the log.
 */
public final class ServerTls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** Forward secrecy and authenticated encryption: of TLS 1.2, only what 1.3 has kept. */
  private static final Pattern SUITES =
      Pattern.compile("TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+");

  private final Path certFile;
  private final Path keyFile;
  private final @Nullable Path clientCaFile;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "tls-files");
            thread.setDaemon(true);
            return thread;
          });

  private volatile ServerIdentity identity;

  /** What the files held when they were used last, well or not. */
  private String used;

  /** What they held a second ago. */
  private String seen;

  /** What was wrong with them when they were used last; null when nothing was. */
  private @Nullable String trouble;

  private ServerTls(
      Path certFile,
      Path keyFile,
      @Nullable Path clientCaFile,
      String content,
      ServerIdentity identity) {
    this.certFile = certFile;
    this.keyFile = keyFile;
    this.clientCaFile = clientCaFile;
    this.identity = identity;
    this.used = content;
    this.seen = content;
  }

  /**
   * Reads the files, and goes on looking at them until it is closed.
   *
   * @param certFile the certificate and its chain
   * @param keyFile its key, PKCS#8
   * @param clientCaFile who signs the certificates that clients then have to show; null when they
   *     need none
   * @throws TlsFileException when a file can't be used, a certificate is not valid now, or the key
   *     is not the certificate's
   */
  public static ServerTls open(Path certFile, Path keyFile, @Nullable Path clientCaFile)
      throws TlsFileException {
    // Digested before they are read: a change in between is seen by the first look.
    ServerTls tls =
        new ServerTls(
            certFile,
            keyFile,
            clientCaFile,
            content(certFile, keyFile, clientCaFile),
            ServerIdentity.read(certFile, keyFile, clientCaFile, Instant.now()));
    tls.tell();
    Future<?> unused =
        tls.clock.scheduleWithFixedDelay(
            tls::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return tls;
  }

  /** The server's side of one new connection. */
  public SSLEngine engine() {
    SSLEngine engine = identity.context().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(
        Arrays.stream(parameters.getCipherSuites())
            .filter(suite -> SUITES.matcher(suite).matches())
            .toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNeedClientAuth(clientCaFile != null);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private void look() {
    String now = content(certFile, keyFile, clientCaFile);
    boolean settled = now.equals(seen);
    seen = now;
    // Two files are not replaced in one step, so what changes is waited for.
    if (settled && (trouble != null || !now.equals(used))) {
      used = now;
      use();
    }
  }

  private void use() {
    try {
      identity = ServerIdentity.read(certFile, keyFile, clientCaFile, Instant.now());
      trouble = null;
      tell();
    } catch (TlsFileException | RuntimeException e) {
      String why = String.valueOf(e.getMessage());
      // Tried again each second, since a certificate becomes valid by itself; told once.
      if (!why.equals(trouble)) {
        log.error("tls: {}. The certificate of before stays in use", why, e);
      }
      trouble = why;
    }
  }

  private void tell() {
    log.info(
        "TLS with the certificate of {}, number {}, valid until {}{}",
        identity.certificate().getSubjectX500Principal().getName(),
        identity.certificate().getSerialNumber().toString(16),
        identity.certificate().getNotAfter().toInstant(),
        clientCaFile == null ? "" : "; clients have to show one");
  }

  /** Tells whether the files change; the key itself is not kept. */
  private static String content(@Nullable Path... files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        if (file != null) {
          digest.update(MessageDigest.getInstance("SHA-256").digest(new PemFile(file).bytes()));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (TlsFileException e) {
      return String.valueOf(e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Looks no more at the files. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
