package io.managedredis.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.testing.PemFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with a server of our own, whose certificates come from the JDK's keytool. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeTlsTest {
  @TempDir private Path folder = Path.of("");
  private @Nullable PemFiles made;

  @BeforeAll
  void make(@TempDir Path shared) throws Exception {
    made = PemFiles.make(shared);
  }

  private PemFiles pem() {
    if (made == null) {
      throw new IllegalStateException("not made");
    }
    return made;
  }

  @Test
  void aServerOfTheTrustedAuthorityIsTrusted() throws Exception {
    SSLSocketFactory client = NodeTls.socketFactory(pem().ca(), null, null);
    assertThat(handshake(client, false)).isEqualTo("nobody");
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() throws Exception {
    SSLSocketFactory client = NodeTls.socketFactory(pem().otherCa(), null, null);
    assertThatThrownBy(() -> handshake(client, false)).isInstanceOf(SSLException.class);
  }

  @Test
  void withoutAFileTheAuthoritiesOfTheJdkHold() throws Exception {
    SSLSocketFactory client = NodeTls.socketFactory(null, null, null);
    assertThatThrownBy(() -> handshake(client, false)).isInstanceOf(SSLException.class);
  }

  @Test
  void severalAuthoritiesInOneFileAreAllTrusted() throws Exception {
    Path both =
        Files.writeString(
            folder.resolve("both.pem"),
            Files.readString(pem().otherCa()) + Files.readString(pem().ca()));
    assertThat(handshake(NodeTls.socketFactory(both, null, null), false)).isEqualTo("nobody");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void aClientShowsItsCertificate(String algorithm) throws Exception {
    PemFiles.Identity client = pem().client(algorithm);
    SSLSocketFactory factory =
        NodeTls.socketFactory(pem().ca(), client.certificate(), client.key());
    assertThat(handshake(factory, true)).contains("CN=client-" + algorithm);
  }

  @Test
  void aServerThatWantsACertificateRefusesAClientWithoutOne() throws Exception {
    SSLSocketFactory client = NodeTls.socketFactory(pem().ca(), null, null);
    assertThatThrownBy(() -> handshake(client, true)).isInstanceOf(IOException.class);
  }

  @Test
  void aKeyOfAnotherShapeIsToldWithItsFileAndWhatToDo() throws Exception {
    Path key =
        Files.writeString(
            folder.resolve("rsa.key"),
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    assertThatThrownBy(
            () -> NodeTls.socketFactory(pem().ca(), pem().client("EC").certificate(), key))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining(key.toString())
        .hasMessageContaining("pkcs8");
  }

  @Test
  void aKeyThatIsDamagedIsAnErrorWithItsFile() throws Exception {
    Path key =
        Files.writeString(
            folder.resolve("damaged.key"),
            "-----BEGIN PRIVATE KEY-----\nAAAAAAAA\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(
            () -> NodeTls.socketFactory(pem().ca(), pem().client("EC").certificate(), key))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining(key.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no certificate at all\n"})
  void aFileWithoutACertificateIsAnError(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("empty.pem"), content);
    assertThatThrownBy(() -> NodeTls.socketFactory(file, null, null))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aCertificateForAnotherNameIsRefusedAndToldSo() throws Exception {
    refused(
        pem().signed("elsewhere", "ca", "-ext", "san=dns:elsewhere.example,ip:127.0.0.2"),
        "its certificate is for another name: ",
        "127.0.0.1");
  }

  @Test
  void aCertificateWithoutAnyNameIsRefused() throws Exception {
    refused(pem().signed("nameless", "ca"), "its certificate is for another name: ", "");
  }

  @Test
  void anExpiredCertificateIsRefusedAndToldSo() throws Exception {
    refused(
        pem()
            .signed(
                "expired",
                "ca",
                "-ext",
                "san=ip:127.0.0.1",
                "-startdate",
                "-10d",
                "-validity",
                "5"),
        "its certificate has expired: NotAfter: ",
        "");
  }

  @Test
  void aCertificateThatIsNotValidYetIsRefusedAndToldSo() throws Exception {
    refused(
        pem().signed("early", "ca", "-ext", "san=ip:127.0.0.1", "-startdate", "+5d"),
        "its certificate is not valid yet: NotBefore: ",
        "");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsToldAsOne() throws Exception {
    refused(
        pem().signed("foreign", "other", "-ext", "san=ip:127.0.0.1"),
        "nobody that is trusted has signed its certificate",
        "");
  }

  private static SSLSocket bounded(SSLSocketFactory client, Socket plain, int port)
      throws IOException {
    plain.setSoTimeout(30_000);
    return NodeTls.open(client, plain, "127.0.0.1", port);
  }

  private void refused(PemFiles.Identity server, String told, String more) throws Exception {
    SSLSocketFactory client = NodeTls.socketFactory(pem().ca(), null, null);
    assertThatThrownBy(
            () -> handshake(client, false, pem().listen(InetAddress.getLoopbackAddress(), server)))
        .isInstanceOf(SSLException.class)
        .satisfies(e -> assertThat(NodeTls.reason(e)).startsWith(told).contains(more))
        .satisfies(
            e ->
                assertThat(NodeTls.reason(new IllegalStateException("wrapped", e)))
                    .startsWith(told));
  }

  /** One handshake and one byte each way; answers whom the server saw. */
  private String handshake(SSLSocketFactory client, boolean wantsCertificate) throws Exception {
    return handshake(client, wantsCertificate, pem().listen(InetAddress.getLoopbackAddress()));
  }

  private static String handshake(
      SSLSocketFactory client, boolean wantsCertificate, SSLServerSocket shown) throws Exception {
    try (SSLServerSocket listener = shown) {
      listener.setNeedClientAuth(wantsCertificate);
      listener.setSoTimeout(30_000);
      CompletableFuture<String> seen =
          CompletableFuture.supplyAsync(
              () -> {
                try (SSLSocket server = (SSLSocket) listener.accept()) {
                  server.setSoTimeout(30_000);
                  server.startHandshake();
                  server.getOutputStream().write(1);
                  return wantsCertificate
                      ? server.getSession().getPeerPrincipal().getName()
                      : "nobody";
                } catch (IOException e) {
                  return "failed: " + e;
                }
              });
      int port = listener.getLocalPort();
      try (Socket plain = SocketFactory.getDefault().createSocket("127.0.0.1", port);
          SSLSocket socket = bounded(client, plain, port)) {
        assertThat(socket.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
        if (socket.getInputStream().read() != 1) {
          throw new SSLException("the server went away");
        }
      }
      return seen.get(30, TimeUnit.SECONDS);
    }
  }
}
