package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.PemFiles;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.TestTls;
import io.managedredis.testing.ValidatingHttpClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plants secrets wherever an operator or a client has one, lets the packaged server succeed and
 * fail with them, and searches all that it shows and leaves behind.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsIT {

  private static final String PASSWORD = "plantedpasswordq7w3e9";
  private static final String ACL_PASSWORD = "plantedaclsecretz8x4c2";
  private static final String WRONG_PASSWORD = "plantedwrongsecretm5n1b6";
  private static final String BEARER = "planted.bearer-token.k3j9h2";

  /** No secret: what the same search has to find in every place. */
  private static final String MARKER = "c9qmarkersecrets0001";

  private static final String FOLDER = "b1gsecrets";
  private static final String V1 = "/managed-redis/v1/";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By its kind, what nobody may ever see. */
  private final Map<String, String> secrets = new LinkedHashMap<>();

  /** By its name, all that was shown or written there. */
  private final Map<String, byte[]> places = new LinkedHashMap<>();

  private final StringBuilder answers = new StringBuilder();
  private final StringBuilder commandLines = new StringBuilder();
  private final StringBuilder streams = new StringBuilder();

  @BeforeAll
  void runAll(@TempDir Path folder, @TempDir Path keys) throws Exception {
    PemFiles pem = PemFiles.make(keys);
    PemFiles.Identity shown = pem.client("RSA");
    Path keyset = keys.resolve("keyset.json");
    run(keys, "key", "create", keyset.toString());
    secrets.put("password in a file", PASSWORD);
    secrets.put("password in the environment", ACL_PASSWORD);
    secrets.put("wrong password", WRONG_PASSWORD);
    secrets.put("bearer token", BEARER);
    secrets.put("server's key", keyLine(pem.server().key()));
    secrets.put("client's key", keyLine(shown.key()));
    secrets.put("keyset", keyValue(keyset));
    try (RedisProcess redis =
            RedisProcess.builder()
                .setting("repl-diskless-sync-delay", "0")
                .password(PASSWORD)
                .start();
        FaultProxy untrusted =
            FaultProxy.to(redis.port(), TestTls.forName("ip:127.0.0.1").serverSockets())) {
      redis.command("SET", MARKER, "a value");
      redis.command("ACL", "SETUSER", "backup", "on", ">" + ACL_PASSWORD, "~*", "+@all");
      Path config =
          configuration(
              folder, keys, pem, shown, keyset, redis.address(), "127.0.0.1:" + untrusted.port());
      for (String level : List.of("info", "trace")) {
        serve(folder, config, pem, level);
      }
    }
    places.put("standard output and log", bytes(streams));
    places.put("answers", bytes(answers));
    places.put("command lines", bytes(commandLines));
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        places.put("data: " + folder.relativize(file), Files.readAllBytes(file));
      }
    }
    places.put("exported snapshot", Files.readAllBytes(folder.resolve("dump.rdb")));
  }

  @AfterAll
  void forget() {
    places.clear();
  }

  @Test
  void noSecretIsAnywhere() {
    List<String> found = new ArrayList<>();
    secrets.forEach((kind, secret) -> found.addAll(places(secret, kind)));
    assertThat(found).isEmpty();
  }

  /** The search would find them: it finds what is there and no secret. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "standard output and log",
        "answers",
        "command lines",
        "data: data/catalog.db",
        "manifest.json",
        "exported snapshot"
      })
  void theSearchFindsWhatIsNoSecret(String place) {
    assertThat(places(MARKER, "marker")).anyMatch(found -> found.contains(place));
  }

  @Test
  void theFailuresWereReallyProvoked() {
    String all = new String(bytes(answers), StandardCharsets.UTF_8);
    assertThat(all)
        .contains(
            "does not accept the password of the default user",
            "does not accept the password of the user",
            "can't be reached: connection refused",
            "nobody that is trusted has signed its certificate",
            "# HELP");
    assertThat(new String(bytes(streams), StandardCharsets.UTF_8)).contains("[DEBUG]");
  }

  private List<String> places(String text, String kind) {
    List<String> found = new ArrayList<>();
    for (String form : forms(text)) {
      places.forEach(
          (place, content) -> {
            if (new String(content, StandardCharsets.ISO_8859_1).contains(form)) {
              found.add(kind + " as " + form + " in " + place);
            }
          });
    }
    return found;
  }

  /** As it is, and as it would be when somebody encodes it. */
  private static List<String> forms(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(plain);
    return List.of(
        text,
        URLEncoder.encode(text, StandardCharsets.UTF_8),
        // The last letters depend on what follows.
        base64.substring(0, base64.length() - 2),
        HexFormat.of().formatHex(plain),
        new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1));
  }

  private static Path configuration(
      Path folder,
      Path keys,
      PemFiles pem,
      PemFiles.Identity shown,
      Path keyset,
      String address,
      String untrusted)
      throws Exception {
    Path right = Files.writeString(keys.resolve("password"), PASSWORD + "\n");
    Path wrong = Files.writeString(keys.resolve("wrong"), WRONG_PASSWORD);
    return Files.write(
        folder.resolve(MARKER + ".yaml"),
        List.of(
            "encryption: {keysetFile: " + keyset + "}",
            "tls: {certFile: "
                + pem.server().certificate()
                + ", keyFile: "
                + pem.server().key()
                + "}",
            "clusters:",
            cluster(MARKER, address, "passwordFile: " + right),
            cluster("c9qacluser", address, "username: backup, passwordEnv: PLANTED"),
            cluster("c9qwrong", address, "passwordFile: " + wrong),
            cluster("c9qwronguser", address, "username: nobody, passwordEnv: PLANTED"),
            cluster("c9qunreachable", "127.0.0.1:1", "passwordFile: " + right),
            cluster(
                "c9quntrusted",
                untrusted,
                "passwordFile: "
                    + right
                    + ", tls: {caFile: "
                    + pem.ca()
                    + ", certFile: "
                    + shown.certificate()
                    + ", keyFile: "
                    + shown.key()
                    + "}")));
  }

  private static String cluster(String id, String node, String more) {
    return "  - {id: %s, folderId: %s, nodes: [\"%s\"], %s}".formatted(id, FOLDER, node, more);
  }

  private void serve(Path folder, Path config, PemFiles pem, String level) throws Exception {
    Path data = folder.resolve("data");
    try (ServerProcess server =
        ServerProcess.serve(
            folder,
            Map.of("PLANTED", ACL_PASSWORD),
            new ValidatingHttpClient(pem.trusting(null)),
            config,
            data,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level)) {
      commandLines.append(
          Files.readString(Path.of("/proc", Long.toString(server.handle().pid()), "cmdline")));
      for (String cluster :
          List.of(
              MARKER, "c9qacluser", "c9qwrong", "c9qwronguser", "c9qunreachable", "c9quntrusted")) {
        ask(server, "GET", V1 + "clusters/" + cluster);
        JsonNode operation =
            JSON.readTree(ask(server, "POST", V1 + "clusters/" + cluster + ":backup"));
        answers.append(server.awaitDone(operation)).append('\n');
        ask(server, "GET", V1 + "clusters/" + cluster + "/operations");
      }
      String backup =
          server.backups(FOLDER).stream()
              .filter(id -> id.startsWith(MARKER))
              .findFirst()
              .orElseThrow();
      answers.append(server.awaitDone(server.verify(backup)));
      for (String path :
          List.of(
              V1 + "backups?folderId=" + FOLDER,
              V1 + "backups/" + backup,
              V1 + "backups/" + backup + "/manifest",
              V1 + "clusters?folderId=" + FOLDER,
              V1 + "backups",
              V1 + "backups/none:none",
              "/",
              "/docs/",
              "/health/ready",
              "/metrics",
              "/nothing")) {
        ask(server, "GET", path);
      }
      ask(server, "PUT", V1 + "backups");
      if (level.equals("trace")) {
        streams.append(
            run(
                folder,
                "export",
                backup,
                "--config",
                config.toString(),
                "--data-dir",
                data.toString(),
                "--out",
                folder.resolve("dump.rdb").toString()));
      }
      server.terminate();
      server.awaitExit();
      streams.append(server.out()).append(server.err());
    }
  }

  private String ask(ServerProcess server, String method, String path) throws Exception {
    HttpResponse<String> answer = server.answer(method, path, "Authorization", "Bearer " + BEARER);
    answers.append(answer.statusCode()).append(answer.headers().map()).append(answer.body());
    return answer.body();
  }

  /** What a command says, well or not. */
  private String run(Path folder, String... arguments) throws Exception {
    try (ServerProcess command =
        ServerProcess.run(folder, Map.of("PLANTED", ACL_PASSWORD), arguments)) {
      assertThat(command.awaitExit()).as(command.err()).isZero();
      return command.out() + command.err();
    }
  }

  /** A line from the middle of a key, which tells it from every other one. */
  private static String keyLine(Path pem) throws IOException {
    List<String> lines = Files.readAllLines(pem);
    return lines.get(lines.size() / 2);
  }

  private static String keyValue(Path keyset) throws IOException {
    return JSON.readTree(Files.readString(keyset)).at("/key/0/keyData/value").asText();
  }

  private static byte[] bytes(Object text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
