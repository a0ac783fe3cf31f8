package io.managedredis.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** An authority, a server and clients that it has signed, made by keytool and written as PEM. */
final class PemFiles {
  private static final String PASSWORD = "changeit";

  /** The files of a client. */
  record Identity(Path certificate, Path key) {}

  private final Path folder;
  private final KeyStore serverKeys;

  private PemFiles(Path folder, KeyStore serverKeys) {
    this.folder = folder;
    this.serverKeys = serverKeys;
  }

  static PemFiles make(Path folder) throws Exception {
    authority(folder, "ca");
    authority(folder, "other");
    KeyStore server = signed(folder, "server", "EC");
    return new PemFiles(folder, server);
  }

  Path ca() {
    return folder.resolve("ca.pem");
  }

  Path otherCa() {
    return folder.resolve("other.pem");
  }

  /** A client that the authority has signed. */
  Identity client(String algorithm) throws Exception {
    String name = "client-" + algorithm;
    KeyStore keys = signed(folder, name, algorithm);
    Path certificate = folder.resolve(name + "-chain.pem");
    StringBuilder chain = new StringBuilder();
    for (var one : keys.getCertificateChain(name)) {
      chain.append(pem("CERTIFICATE", one.getEncoded()));
    }
    Files.writeString(certificate, chain);
    Path key = folder.resolve(name + ".key");
    Files.writeString(
        key, pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    return new Identity(certificate, key);
  }

  /** A listener that shows the server's certificate, and trusts the authority. */
  SSLServerSocket listen(InetAddress address) throws IOException, GeneralSecurityException {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(serverKeys, PASSWORD.toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(load(folder.resolve("ca.p12")));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, address);
  }

  private static void authority(Path folder, String name) throws Exception {
    keytool(folder, name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "bc:c");
    keytool(folder, name, "-exportcert", "-rfc", "-file", folder.resolve(name + ".pem").toString());
  }

  private static KeyStore signed(Path folder, String name, String algorithm) throws Exception {
    String request = folder.resolve(name + ".csr").toString();
    String certificate = folder.resolve(name + ".pem").toString();
    if (!Files.exists(Path.of(certificate))) {
      keytool(folder, name, "-genkeypair", "-keyalg", algorithm, "-dname", "CN=" + name);
      keytool(folder, name, "-certreq", "-file", request);
      keytool(
          folder,
          "ca",
          "-gencert",
          "-rfc",
          "-infile",
          request,
          "-outfile",
          certificate,
          "-ext",
          "san=ip:127.0.0.1");
      // The chain is stored with the key only when its authority is known beside it.
      keytool(
          folder,
          name,
          "-importcert",
          "-noprompt",
          "-file",
          folder.resolve("ca.pem").toString(),
          "-alias",
          "ca");
      keytool(folder, name, "-importcert", "-noprompt", "-file", certificate);
    }
    return load(folder.resolve(name + ".p12"));
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void keytool(Path folder, String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    if (!command.contains("-alias")) {
      command.addAll(List.of("-alias", store));
    }
    command.addAll(
        List.of(
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            folder.resolve(store + ".p12").toString()));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("keytool failed: " + said);
    }
  }

  private static String pem(String type, byte[] bytes) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
