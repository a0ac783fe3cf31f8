package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.access.Role;
import io.managedredis.testing.PemFiles;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged command line says, where, and with which exit status. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CommandLineIT {
  private static final String NO_AUTH = "No auth is configured";

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "--help, serve",
    "serve --help, --config",
    "serve --help, --listen",
    "serve --help, --data-dir",
    "help, serve",
    "help serve, --config",
    "key --help, rotate",
    "key create --help, FILE",
    "key rotate --help, FILE",
    "key list --help, --json",
    "--version, managed-redis-backup 1"
  })
  void helpNamesWhatThereIs(String arguments, String named) throws Exception {
    try (ServerProcess help = run(arguments.split(" ", -1))) {
      assertThat(help.awaitExit()).isZero();
      assertThat(help.out()).contains(named);
      assertThat(help.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "serve",
        "serve --config",
        "serve --config none.yaml",
        "serve --config none.yaml --unknown",
        "serve --config none.yaml --listen nowhere",
        "serve --config none.yaml more",
        "key",
        "key create",
        "key rotate",
        "key list",
        "key destroy x"
      })
  void wrongUsageIsStatusTwoAndGoesToStderr(String arguments) throws Exception {
    try (ServerProcess wrong =
        run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1))) {
      assertThat(wrong.awaitExit()).isEqualTo(2);
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.err()).isNotBlank().doesNotContain("Exception", "\tat ");
    }
  }

  @Test
  void everyProblemOfAConfigurationIsOnStderr() throws Exception {
    Path config =
        write(
            """
            colour: blue
            clusters:
              - {id: a, folderId: f, nodes: [nowhere], passwordFile: missing}
              - {id: a, folderId: f, nodes: [127.0.0.1:1]}
            """);
    try (ServerProcess server = run("serve", "--config", config.toString())) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.out()).isEmpty();
      assertThat(server.err().lines())
          .satisfiesExactlyInAnyOrder(
              line -> assertThat(line).contains("line 1: unknown key colour"),
              line -> assertThat(line).contains("line 3: ", "\"nowhere\" is not HOST:PORT"),
              line -> assertThat(line).contains("line 3: ", "missing does not exist"),
              line -> assertThat(line).contains("line 4: cluster a is declared in line 3"));
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  @Test
  void aPortThatIsTakenIsStatusOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerProcess server =
            run(
                "serve",
                "--config",
                write("").toString(),
                "--listen",
                "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(server.awaitExit()).isEqualTo(1);
      assertThat(server.out()).isEmpty();
      assertThat(server.err())
          .contains("Can't listen on 127.0.0.1:" + taken.getLocalPort(), "--listen")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aDataFolderThatIsAFileIsStatusOne() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    try (ServerProcess server =
        run("serve", "--config", write("").toString(), "--data-dir", file.toString())) {
      assertThat(server.awaitExit()).isEqualTo(1);
      assertThat(server.out()).isEmpty();
      assertThat(server.err()).contains(file.toString()).doesNotContain("\tat ");
    }
  }

  @Test
  void theBoundAddressIsPrintedAndOptionsPrecedeTheFile() throws Exception {
    Path data = folder.resolve("elsewhere");
    Path config = write("listen: 192.0.2.1:1\ndataDir: ./data\n");
    try (ServerProcess server = ServerProcess.serve(folder, config, data)) {
      assertThat(server.out()).matches("Listening on http://127\\.0\\.0\\.1:[1-9][0-9]*\\R");
      assertThat(server.get("/health/ready")).isNotNull();
      assertThat(data.resolve("catalog.db")).exists();
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  /** 192.0.2.1 is nobody's address (RFC 5737), so nothing is ever bound to it. */
  @ParameterizedTest
  @CsvSource({"0.0.0.0:0, ", "192.0.2.1:1, ", "127.0.0.1:0, 0.0.0.0:0", "127.0.0.1:0, 192.0.2.1:1"})
  void withoutAuthOtherHostsAreNotListenedTo(String configured, @Nullable String option)
      throws Exception {
    Path config = write("listen: " + configured + "\n");
    String address = option == null ? configured : option;
    String host = address.substring(0, address.indexOf(':'));
    String[] arguments =
        option == null
            ? new String[] {"serve", "--config", config.toString()}
            : new String[] {"serve", "--config", config.toString(), "--listen", option};
    try (ServerProcess server = run(arguments)) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.out()).isEmpty();
      assertThat(server.err())
          .contains("Will not listen on " + host, "Configure auth, or listen on 127.0.0.1")
          .doesNotContain("\tat ");
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  /** It goes as far as binding, which fails here: tests listen on 127.0.0.1 only. */
  @Test
  void withAuthOtherHostsMayBeListenedTo() throws Exception {
    Path config = write("listen: 192.0.2.1:1\nauth: {tokens: %s}\n".formatted(tokens()));
    try (ServerProcess server = run("serve", "--config", config.toString())) {
      assertThat(server.awaitExit()).isEqualTo(1);
      assertThat(server.err())
          .contains("Can't listen on 192.0.2.1:1: ")
          .doesNotContain("Will not listen", NO_AUTH);
    }
  }

  @Test
  void aServerWithAuthStartsWithoutAWarning() throws Exception {
    Path config = write("auth: {tokens: %s}\n".formatted(tokens()));
    try (ServerProcess server = ServerProcess.serve(folder, config, folder.resolve("data"))) {
      assertThat(server.get("/health/ready")).isNotNull();
      assertThat(server.err()).doesNotContain(NO_AUTH);
    }
  }

  @Test
  void aServerWithoutAuthWarnsInItsLog() throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(folder, write("listen: 192.0.2.1:1\n"), folder.resolve("data"))) {
      assertThat(server.err()).contains("WARN", NO_AUTH);
    }
  }

  /** The name of a file with one token, beside the configuration. */
  private String tokens() {
    Tokens tokens = new Tokens(folder);
    String unused = tokens.bearer("somebody", Role.VIEWER, "f");
    return tokens.file().getFileName().toString();
  }

  @Test
  void aSecondServerOnTheSameDataFolderIsStatusOneAndLeavesTheFirstAlone() throws Exception {
    Path data = folder.resolve("data");
    Path config = write("");
    try (ServerProcess first = ServerProcess.serve(folder, config, data);
        ServerProcess second =
            run(
                "serve",
                "--config",
                config.toString(),
                "--listen",
                "127.0.0.1:0",
                "--data-dir",
                data.toString())) {
      assertThat(second.awaitExit()).isEqualTo(1);
      assertThat(second.out()).isEmpty();
      assertThat(second.err()).contains(data.toString()).doesNotContain("\tat ");
      assertThat(first.get("/health/ready")).isNotNull();
    }
  }

  @Test
  void aKeysetIsMadeRotatedAndListedWithoutShowingAKey() throws Exception {
    String file = folder.resolve("keyset.json").toString();
    String first = ok("key", "create", file).strip();
    String second = ok("key", "rotate", file).strip();

    assertThat(ok("key", "list", file))
        .isEqualTo("%s enabled\n%s enabled primary\n".formatted(first, second));
    assertThat(ok("key", "list", "--json", file).strip())
        .isEqualTo(
            ("{\"keys\":[{\"id\":\"%s\",\"primary\":false,\"status\":\"enabled\"},"
                    + "{\"id\":\"%s\",\"primary\":true,\"status\":\"enabled\"}]}")
                .formatted(first, second));
  }

  @Test
  void aKeysetIsNeverOverwritten() throws Exception {
    Path file = Files.writeString(folder.resolve("keyset.json"), "precious");
    try (ServerProcess create = run("key", "create", file.toString())) {
      assertThat(create.awaitExit()).isEqualTo(1);
      assertThat(create.out()).isEmpty();
      assertThat(create.err()).contains(file + " is already there").doesNotContain("\tat ");
      assertThat(file).hasContent("precious");
    }
  }

  @Test
  void aKeysetThatCannotBeUsedIsStatusTwoAndLeavesTheDataFolderAlone() throws Exception {
    Path file = folder.resolve("keyset.json");
    ok("key", "create", file.toString());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Path config = write("encryption: {keysetFile: keyset.json}\n");
    try (ServerProcess server = run("serve", "--config", config.toString())) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.out()).isEmpty();
      assertThat(server.err())
          .contains("encryption.keysetFile: ", "chmod 600 " + file)
          .doesNotContain("\tat ");
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  @Test
  void aCertificateThatCannotBeUsedIsStatusTwoWithFileAndReason() throws Exception {
    PemFiles pem = PemFiles.make(folder);
    pem.server();
    pem.signed("expired", "ca", "-startdate", "-10d", "-validity", "5");
    pem.signed("early", "ca", "-startdate", "+5d");
    Files.writeString(folder.resolve("garbage.pem"), "garbage");
    Files.writeString(folder.resolve("garbage.key"), "garbage");
    refused("expired", "expired", "expired.pem holds a certificate that has expired at ");
    refused("early", "early", "early.pem holds a certificate that is not valid before ");
    refused("server", "expired", "expired.key holds a key that does not fit the first certificate");
    refused("server", "none", "none.key does not exist");
    refused("none", "server", "none.pem does not exist");
    refused("garbage", "server", "garbage.pem holds no certificate in PEM");
    refused("server", "garbage", "garbage.key holds no unencrypted PKCS#8 key");
  }

  private void refused(String certificate, String key, String told) throws Exception {
    Path config = write("tls: {certFile: %s.pem, keyFile: %s.key}\n".formatted(certificate, key));
    try (ServerProcess server = run("serve", "--config", config.toString())) {
      assertThat(server.awaitExit()).as(told).isEqualTo(2);
      assertThat(server.out()).isEmpty();
      assertThat(server.err()).contains("tls: " + folder.resolve(told)).doesNotContain("\tat ");
    }
  }

  @Test
  void aPasswordInTheConfigurationIsRefusedWithAdviceAndNotRepeated() throws Exception {
    Path config =
        write("clusters: [{id: a, folderId: f, nodes: [127.0.0.1:1], password: topsecret}]\n");
    try (ServerProcess server = run("serve", "--config", config.toString())) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.err())
          .contains("unknown key clusters[0].password", "passwordFile", "passwordEnv")
          .doesNotContain("topsecret");
    }
  }

  @Test
  void aServerWithAKeysetSaysWithWhichKeyItEncrypts() throws Exception {
    String id = ok("key", "create", folder.resolve("keyset.json").toString()).strip();
    Path config = write("encryption: {keysetFile: keyset.json}\n");
    try (ServerProcess server = ServerProcess.serve(folder, config, folder.resolve("data"))) {
      assertThat(server.err()).contains("New backups are encrypted with key " + id);
    }
  }

  /** A JVM that a signal ends has 128 and the signal's number, also when it ends in order. */
  @Test
  void sigtermEndsInOrder() throws Exception {
    try (ServerProcess server = ServerProcess.serve(folder, write(""), folder.resolve("data"))) {
      server.terminate();
      assertThat(server.awaitExit()).isEqualTo(143);
      assertThat(server.err()).contains("Ending", "Ended").doesNotContain("ERROR");
    }
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"), yaml);
  }

  /** What a command that succeeds prints. */
  private String ok(String... arguments) throws Exception {
    try (ServerProcess process = run(arguments)) {
      assertThat(process.awaitExit()).as(process.err()).isZero();
      // From JDK 24 on the JVM itself says that protobuf, which Tink reads keysets with, is old.
      assertThat(process.err().lines().filter(line -> !line.startsWith("WARNING: "))).isEmpty();
      return process.out();
    }
  }

  private ServerProcess run(String... arguments) throws IOException {
    return ServerProcess.run(folder, Map.of(), arguments);
  }
}
