package io.managedredis.client.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.client.model.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that can't be trusted, and those that only seem so. */
class CertificatesTest {

  private static final String PASSWORD = "of-a-test";

  @TempDir private static Path folder;

  /** Of a server that signed its certificate itself, without a name. */
  private static SSLContext selfSigned;

  private final ManualTime time = new ManualTime();

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=nobody",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    selfSigned = SSLContext.getInstance("TLS");
    selfSigned.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  @Test
  void aCertificateThatIsNotTrustedIsNotTriedAgain() throws Exception {
    try (Server server = new Server(selfSigned.getServerSocketFactory().createServerSocket())) {
      ManagedRedis client = ManagedRedis.at(server.url()).time(time).build();

      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> client.getBackup("c:s"))
          .isExactlyInstanceOf(ManagedRedisException.class)
          .withCauseInstanceOf(SSLHandshakeException.class)
          .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.FAILED_PRECONDITION));

      assertThat(time.pauses()).isEmpty();
    }
  }

  @Test
  void aCertificateOfAnotherServerIsNotTriedAgain() throws Exception {
    try (Server server = new Server(selfSigned.getServerSocketFactory().createServerSocket())) {
      HttpClient trusting = HttpClient.newBuilder().sslContext(selfSigned).build();
      ManagedRedis client = ManagedRedis.at(server.url()).httpClient(trusting).time(time).build();

      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> client.getBackup("c:s"))
          .isExactlyInstanceOf(ManagedRedisException.class)
          .withMessageContaining("subject alternative names");

      assertThat(time.pauses()).isEmpty();
    }
  }

  @Test
  void aCertificateThatIsNotTrustedEndsAWaitAtOnce() throws Exception {
    try (Server server = new Server(selfSigned.getServerSocketFactory().createServerSocket())) {
      ManagedRedis client = ManagedRedis.at(server.url()).time(time).build();

      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> client.await(new Operation().id("o"), Duration.ofHours(1)))
          .isExactlyInstanceOf(ManagedRedisException.class);

      assertThat(time.pauses()).hasSize(1);
    }
  }

  /** The JDK's exception is the same one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandshakeThatBreaksOffIsTriedAgain(boolean reset) throws Exception {
    try (Server server = new Server(new ServerSocket(), reset)) {
      ManagedRedis client = ManagedRedis.at(server.url()).time(time).attempts(3).build();

      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> client.getBackup("c:s"));

      assertThat(time.pauses()).hasSize(2);
    }
  }

  /** Ends each connection after what the client sends first. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket;
    private final boolean reset;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    Server(ServerSocket unbound) throws IOException {
      this(unbound, false);
    }

    Server(ServerSocket unbound, boolean reset) throws IOException {
      this.socket = unbound;
      this.reset = reset;
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      thread.execute(this::serve);
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          listen(client);
        } catch (IOException e) {
          if (!socket.isClosed()) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }

    /** Reading from a TLS socket shakes hands before. */
    private void listen(Socket client) throws IOException {
      try {
        int unused = client.getInputStream().read(new byte[reset ? 1 : 1 << 14]);
      } catch (SSLException | SocketException e) {
        // The client's refusal, which the test has as its own exception.
        client.close();
      }
    }

    String url() {
      return "https://127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      socket.close();
      thread.shutdownNow();
    }
  }
}
