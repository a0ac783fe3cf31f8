package io.managedredis.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.jspecify.annotations.Nullable;

/** An authority, a server and clients that it has signed, made by keytool and written as PEM. */
public final class PemFiles {
  private static final String PASSWORD = "changeit";
  private static final String[] VALID = {"-ext", "san=ip:127.0.0.1"};

  /** The files of a server or client. */
  public record Identity(Path certificate, Path key) {
    /** Writes both over those of another one, as a renewal does. */
    public void replace(Identity other) throws IOException {
      Files.copy(certificate, other.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(key, other.key(), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private final Path folder;
  private final KeyStore serverKeys;

  private PemFiles(Path folder, KeyStore serverKeys) {
    this.folder = folder;
    this.serverKeys = serverKeys;
  }

  /** Makes the authorities and a server in a folder. */
  public static PemFiles make(Path folder) throws Exception {
    authority(folder, "ca");
    authority(folder, "other");
    KeyStore server = signed(folder, "server", "ca", "EC", VALID);
    return new PemFiles(folder, server);
  }

  /** Who has signed. */
  public Path ca() {
    return folder.resolve("ca.pem");
  }

  /** Who has signed nothing, unless asked to. */
  public Path otherCa() {
    return folder.resolve("other.pem");
  }

  /** A client that the authority has signed. */
  public Identity client(String algorithm) throws Exception {
    return written(
        "client-" + algorithm, signed(folder, "client-" + algorithm, "ca", algorithm, VALID));
  }

  /** The server that {@link #listen} is. */
  public Identity server() throws Exception {
    return written("server", serverKeys);
  }

  /**
   * Another one.
   *
   * @param name also the common name
   * @param authority {@code ca} or {@code other}
   * @param options of keytool's gencert, such as {@code -ext san=ip:127.0.0.1}
   */
  public Identity signed(String name, String authority, String... options) throws Exception {
    return written(name, signed(folder, name, authority, "EC", options));
  }

  /** A client's end that trusts the authority, and shows a certificate if there is one. */
  public SSLContext trusting(@Nullable Identity client) throws Exception {
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(load(folder.resolve("ca.p12")));
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    if (client != null) {
      own.init(keys(client), PASSWORD.toCharArray());
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(client == null ? null : own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private KeyStore keys(Identity identity) throws IOException, GeneralSecurityException {
    String name = identity.key().getFileName().toString().replaceFirst("\\.key$", "");
    return load(folder.resolve(name + ".p12"));
  }

  private Identity written(String name, KeyStore keys) throws Exception {
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
  public SSLServerSocket listen(InetAddress address) throws IOException, GeneralSecurityException {
    return listen(address, serverKeys);
  }

  /** The same with another certificate. */
  public SSLServerSocket listen(InetAddress address, Identity shown)
      throws IOException, GeneralSecurityException {
    return listen(address, keys(shown));
  }

  private SSLServerSocket listen(InetAddress address, KeyStore keys)
      throws IOException, GeneralSecurityException {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
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

  private static KeyStore signed(
      Path folder, String name, String authority, String algorithm, String... options)
      throws Exception {
    String request = folder.resolve(name + ".csr").toString();
    String certificate = folder.resolve(name + ".pem").toString();
    if (!Files.exists(Path.of(certificate))) {
      keytool(folder, name, "-genkeypair", "-keyalg", algorithm, "-dname", "CN=" + name);
      keytool(folder, name, "-certreq", "-file", request);
      List<String> sign =
          new ArrayList<>(List.of("-gencert", "-rfc", "-infile", request, "-outfile", certificate));
      sign.addAll(List.of(options));
      keytool(folder, authority, sign.toArray(String[]::new));
      // The chain is stored with the key only when its authority is known beside it.
      keytool(
          folder,
          name,
          "-importcert",
          "-noprompt",
          "-file",
          folder.resolve(authority + ".pem").toString(),
          "-alias",
          authority);
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
