package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.client.ApiException;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.PemFiles;
import io.managedredis.testing.PemFiles.Identity;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's own TLS, as clients see it. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerTlsTest {

  private static final String CLUSTER = "c9qtls00000000000001";
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final Duration REREAD = Duration.ofSeconds(5);

  /** More than the server has workers. */
  private static final int MANY = 40;

  private final PemFiles pem;
  private final SSLContext client;

  @TempDir private Path folder = Path.of("");

  ServerTlsTest(@TempDir Path shared) throws Exception {
    pem = PemFiles.make(shared);
    client = pem.trusting(null);
  }

  @Test
  void theApiIsCalledAndABackupDownloadedThroughTls() throws Exception {
    try (RedisProcess redis =
            RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
        RunningService service =
            secured(pem.server()).cluster(CLUSTER, "b1gtls", redis.address()).start()) {
      redis.fill(2000, 1000);
      assertThat(service.url()).startsWith("https://");
      String backup = service.takeBackup(CLUSTER);
      byte[] rdb =
          Files.readAllBytes(
              service.backups().downloadBackupShard(backup, "shard1", null, null).toPath());
      assertThat(new String(rdb, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("REDIS");
      assertThat(rdb.length).isGreaterThan(500_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bothVersionsAreSpoken(String version) throws Exception {
    try (RunningService service = secured(pem.server()).start();
        SSLSocket socket = RawHttp.connected(service.port(), client)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      assertThat(live(new RawHttp(socket))).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
      })
  void anOldCipherSuiteIsRefusedByAnAlert(String suite) throws Exception {
    try (RunningService service = secured(pem.server()).start();
        SSLSocket socket = RawHttp.connected(service.port(), client)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {suite});
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("handshake_failure");
    }
  }

  @Test
  void aRenewedCertificateIsShownWithinFiveSecondsAndNoConnectionIsLost() throws Exception {
    Identity files = copy(pem.server());
    Identity renewed = pem.signed("renewed", "ca", "-ext", "san=ip:127.0.0.1");
    try (RunningService service = secured(files).start();
        RawHttp before = new RawHttp(service.port(), client)) {
      assertThat(shown(service)).isEqualTo("CN=server");
      assertThat(live(before)).isEqualTo(200);
      renewed.replace(files);
      Awaitility.await().atMost(REREAD).until(() -> shown(service).equals("CN=renewed"));
      assertThat(live(before)).isEqualTo(200);
    }
  }

  @Test
  void brokenFilesChangeNothingUntilTheyAreGoodAgain() throws Exception {
    Identity files = copy(pem.server());
    Identity renewed = pem.signed("later", "ca", "-ext", "san=ip:127.0.0.1");
    try (RunningService service = secured(files).start()) {
      Files.writeString(files.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA");
      Awaitility.await()
          .during(REREAD)
          .atMost(REREAD.plusSeconds(5))
          .until(() -> shown(service).equals("CN=server"));
      Files.delete(files.key());
      assertThat(shown(service)).isEqualTo("CN=server");
      renewed.replace(files);
      Awaitility.await().atMost(REREAD).until(() -> shown(service).equals("CN=later"));
    }
  }

  @Test
  void whereClientsNeedACertificateOnlyThoseOfTheAuthorityGetIn() throws Exception {
    Identity known = pem.client("EC");
    Identity stranger = pem.signed("stranger", "other");
    Path authority = Files.copy(pem.ca(), folder.resolve("clients.pem"));
    try (RunningService service =
        RunningService.in(folder)
            .setting("tls", settings(pem.server(), ", clientCaFile: " + authority))
            .start()) {
      assertThat(getsIn(service, known)).isTrue();
      assertThat(getsIn(service, null)).isFalse();
      assertThat(getsIn(service, stranger)).isFalse();

      Files.copy(pem.otherCa(), authority, StandardCopyOption.REPLACE_EXISTING);

      Awaitility.await().atMost(REREAD).until(() -> getsIn(service, stranger));
      assertThat(getsIn(service, known)).isFalse();
    }
  }

  @Test
  void whoNeverShakesHandsKeepsNobodyElseWaitingAndIsCutOff() throws Exception {
    try (RunningService service = secured(pem.server()).start()) {
      List<RawHttp> idle = new ArrayList<>();
      try {
        for (int i = 0; i < MANY; i++) {
          RawHttp connection = new RawHttp(service.port());
          idle.add(connection);
          // Nothing at all, or the beginning of a record that never comes to its end.
          connection.send(i % 2 == 0 ? "" : "\u0016\u0003\u0001\u0001\u0000\u0001");
        }
        long began = System.nanoTime();
        try (RawHttp other = new RawHttp(service.port(), client)) {
          assertThat(live(other)).isEqualTo(200);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        for (RawHttp connection : idle) {
          Awaitility.await()
              .atMost(Duration.ofSeconds(12))
              .pollInSameThread()
              .until(() -> connection.untilClosed().length == 0);
        }
      } finally {
        for (RawHttp connection : idle) {
          connection.close();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        LIVE,
        "\u0000\u0000\u0000\u0000\u0000\u0000",
        "\u0080.\u0001\u0000\u0002",
        "\u0016\u0003\u0001\u0000\u0005hello",
        "\u0016\u0002\u0001\u0000\u0005hello",
        "\u0017\u0003\u0003\u0000\u0005hello",
        "\u0015\u0003\u0003\u0000\u0002\u0002("
      })
  void whatIsNoTlsIsCutOffAtOnceWithoutAWordOfHttp(String bytes) throws Exception {
    try (RunningService service = secured(pem.server()).start();
        RawHttp plain = new RawHttp(service.port())) {
      long began = System.nanoTime();
      plain.send(bytes);
      String said = new String(plain.untilClosed(), StandardCharsets.ISO_8859_1);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      assertThat(said).doesNotContain("HTTP");
      try (RawHttp other = new RawHttp(service.port(), client)) {
        assertThat(live(other)).isEqualTo(200);
      }
    }
  }

  @Test
  void aRenegotiationIsRefusedAndHoldsNoThread() throws Exception {
    try (RunningService service = secured(pem.server()).start()) {
      for (int i = 0; i < MANY; i++) {
        SSLSocket socket = RawHttp.connected(service.port(), client);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        try (RawHttp connection = new RawHttp(socket)) {
          assertThat(live(connection)).isEqualTo(200);
          assertThatThrownBy(
                  () -> {
                    socket.startHandshake();
                    live(connection);
                  })
              .isInstanceOf(IOException.class);
        }
      }
      try (RawHttp other = new RawHttp(service.port(), client)) {
        assertThat(live(other)).isEqualTo(200);
      }
    }
  }

  @Test
  void aNewKeyInTheMiddleOfAConnectionLosesNothing() throws Exception {
    try (RunningService service = secured(pem.server()).start();
        SSLSocket socket = RawHttp.connected(service.port(), client)) {
      RawHttp connection = new RawHttp(socket);
      assertThat(live(connection)).isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        // In TLS 1.3 this asks for new keys on both sides.
        socket.startHandshake();
        assertThat(live(connection)).isEqualTo(200);
      }
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
  }

  @Test
  void aClientWithoutTrustInTheServerSaysNothingToIt() throws Exception {
    try (RunningService service = secured(pem.signed("foreign", "other")).start()) {
      assertThatThrownBy(() -> service.backups().listBackups("b1gtls", null, null))
          .isInstanceOf(ApiException.class)
          .hasRootCauseInstanceOf(java.security.cert.CertPathBuilderException.class);
    }
  }

  private RunningService.Builder secured(Identity server) {
    return RunningService.in(folder).setting("tls", settings(server, "")).calledWith(client);
  }

  private static String settings(Identity server, String more) {
    return "{certFile: " + server.certificate() + ", keyFile: " + server.key() + more + "}";
  }

  private Identity copy(Identity original) throws IOException {
    Identity copy =
        new Identity(folder.resolve("server-now.pem"), folder.resolve("server-now.key"));
    original.replace(copy);
    return copy;
  }

  private static int live(RawHttp connection) throws IOException {
    connection.send(LIVE);
    Exchange answer = connection.answer("GET");
    return answer.status();
  }

  private String shown(RunningService service) throws IOException {
    try (SSLSocket socket = RawHttp.connected(service.port(), client)) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  /** A client without a certificate learns of it with the first answer that does not come. */
  private boolean getsIn(RunningService service, @Nullable Identity shows) throws Exception {
    try (RawHttp connection = new RawHttp(service.port(), pem.trusting(shows))) {
      return live(connection) == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
