package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose certificate an issuer may show. */
class IssuerTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  @Test
  void theGivenCertificateIsTrusted() throws Exception {
    Path certificate = certificate("issuer", "ip:127.0.0.1");
    assertThat(get(certificate)).isEqualTo("hello");
  }

  @Test
  void othersAreNotTrusted() throws Exception {
    certificate("issuer", "ip:127.0.0.1");
    Path another = certificate("another", "ip:127.0.0.1");
    assertThatExceptionOfType(IssuerException.class).isThrownBy(() -> get(another));
    assertThatExceptionOfType(IssuerException.class).isThrownBy(() -> get(null));
  }

  @Test
  void aCertificateForAnotherHostIsNotTrusted() throws Exception {
    Path certificate = certificate("issuer", "dns:issuer.example.org");
    assertThatExceptionOfType(IssuerException.class).isThrownBy(() -> get(certificate));
  }

  @Test
  void aFileWithoutCertificatesIsToldByItsName() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> new IssuerHttp(empty, IssuerHttp.LONGEST))
        .withMessageContaining("empty.pem");
    Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nonsense");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> new IssuerHttp(nonsense, IssuerHttp.LONGEST))
        .withMessageContaining("nonsense.pem");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> new IssuerHttp(folder.resolve("none.pem"), IssuerHttp.LONGEST))
        .withMessageContaining("none.pem");
  }

  private String get(@Nullable Path trusted) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(keys("issuer")));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Issuer.send(exchange, 200, "hello");
          }
        });
    server.start();
    try {
      return new IssuerHttp(trusted, Duration.ofSeconds(20))
          .get(URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/"));
    } finally {
      server.stop(0);
    }
  }

  private SSLContext keys(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  /** A certificate that signs itself, in PEM; its key is beside it. */
  private Path certificate(String name, String host) throws Exception {
    Path pem = folder.resolve(name + ".pem");
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + host);
    keytool(name, "-exportcert", "-rfc", "-file", pem.toString());
    return pem;
  }

  private void keytool(String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", name, "-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", folder.resolve(name + ".p12").toString()));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
  }
}
