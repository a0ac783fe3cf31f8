package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged command that makes, lists and revokes tokens. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TokenCommandIT {
  private static final String CONFIG =
      """
      auth: {tokens: tokens.txt}
      clusters:
        - {id: c, folderId: f1, nodes: ['127.0.0.1:1']}
      """;

  private final Path folder;
  private final Path file;

  TokenCommandIT(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("tokens.txt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "destroy",
        "create",
        "create --subject ann --role viewer",
        "create --subject ann --folder f1",
        "create --role viewer --folder f1",
        "create --subject ann --role chef --folder f1",
        "create --subject ann --role viewer --folder f/1",
        "create --subject ann\u0007 --role viewer --folder f1",
        "create --subject ann --role viewer --folder f1 --expires-in 0d",
        "create --subject ann --role viewer --folder f1 --expires-in 9999d",
        "create --subject ann --role viewer --folder f1 --expires-in soon",
        "revoke",
        "list more"
      })
  void wrongUsageIsStatusTwoAndMakesNothing(String arguments) throws Exception {
    try (ServerProcess wrong = token(config(CONFIG), arguments)) {
      assertThat(wrong.awaitExit()).isEqualTo(2);
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.err()).isNotBlank().doesNotContain("Exception", "\tat ");
      assertThat(file).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"create --subject ann --role viewer --folder f1", "list", "revoke 0123456789ab"})
  void aConfigurationWithoutTokensIsStatusTwoWithAdvice(String arguments) throws Exception {
    try (ServerProcess wrong = token(config(""), arguments)) {
      assertThat(wrong.awaitExit()).isEqualTo(2);
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.err()).contains("names no file of tokens", "auth: {tokens: tokens.txt}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "revoke 0123456789ab"})
  void aMissingFileIsStatusOneWithAdvice(String arguments) throws Exception {
    try (ServerProcess failed = token(config(CONFIG), arguments)) {
      assertThat(failed.awaitExit()).isEqualTo(1);
      assertThat(failed.out()).isEmpty();
      assertThat(failed.err()).contains(file + " is not there", "create --config");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void aTokenIsPrintedOnceListedWithoutItsSecretAndRevoked() throws Exception {
    Path config = config(CONFIG);
    String first;
    try (ServerProcess create =
        token(config, "create --subject ann --role viewer --folder f1 --expires-in 90d")) {
      assertThat(create.awaitExit()).as(create.err()).isZero();
      first = create.out();
      assertThat(first).matches("mrb_[0-9a-f]{12}_[0-9a-f]{64}\\R");
      assertThat(create.err()).doesNotContain(secret(first)).hasLineCount(1);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String second;
    try (ServerProcess create =
        token(
            config,
            "create --subject bob --role editor --folder f1 --folder f2 --role admin"
                + " --folder *")) {
      assertThat(create.awaitExit()).as(create.err()).isZero();
      second = create.out();
      assertThat(create.err()).contains("No declared cluster is in folder f2").hasLineCount(2);
    }
    assertThat(Files.readString(file)).doesNotContain(secret(first), secret(second));

    try (ServerProcess list = token(config, "list")) {
      assertThat(list.awaitExit()).isZero();
      assertThat(list.out().lines())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith(id(first))
                      .contains("expires 2")
                      .endsWith("viewer@f1  ann"),
              line ->
                  assertThat(line)
                      .startsWith(id(second))
                      .contains("never expires")
                      .endsWith("editor@f1,editor@f2,admin@*  bob"));
      assertThat(list.err()).isEmpty();
    }
    try (ServerProcess revoke = token(config, "revoke " + id(second))) {
      assertThat(revoke.awaitExit()).isZero();
      assertThat(revoke.out() + revoke.err()).isEmpty();
    }
    try (ServerProcess list = token(config, "list --json")) {
      assertThat(list.awaitExit()).isZero();
      JsonNode tokens = new ObjectMapper().readTree(list.out()).path("tokens");
      assertThat(tokens).hasSize(1);
      assertThat(tokens.get(0).path("id").asText()).isEqualTo(id(first));
      assertThat(tokens.get(0).path("subject").asText()).isEqualTo("ann");
      assertThat(tokens.get(0).path("expired").asBoolean(true)).isFalse();
      assertThat(tokens.get(0).path("grants").toString())
          .isEqualTo("[{\"role\":\"viewer\",\"folderId\":\"f1\"}]");
      assertThat(
              Duration.between(
                  Instant.parse(tokens.get(0).path("createdAt").asText()),
                  Instant.parse(tokens.get(0).path("expiresAt").asText())))
          .isEqualTo(Duration.ofDays(90));
    }
  }

  @Test
  void anUnknownTokenIsStatusOne() throws Exception {
    Files.writeString(file, "managed-redis-tokens 1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (ServerProcess revoke = token(config(CONFIG), "revoke 0123456789ab")) {
      assertThat(revoke.awaitExit()).isEqualTo(1);
      assertThat(revoke.err()).contains("nothing was revoked").doesNotContain("\tat ");
    }
  }

  @Test
  void aDamagedFileIsStatusOneAndLeftAsItIs() throws Exception {
    Files.writeString(file, "precious");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (ServerProcess create =
        token(config(CONFIG), "create --subject ann --role viewer --folder f1")) {
      assertThat(create.awaitExit()).isEqualTo(1);
      assertThat(create.out()).isEmpty();
      assertThat(create.err()).contains("is not a file of tokens").doesNotContain("\tat ");
      assertThat(file).hasContent("precious");
    }
  }

  @Test
  void aServerWithoutItsFileIsStatusTwoWithAdviceAndLeavesTheDataFolderAlone() throws Exception {
    try (ServerProcess server =
        ServerProcess.run(folder, Map.of(), "serve", "--config", config(CONFIG).toString())) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.out()).isEmpty();
      assertThat(server.err())
          .contains("auth.tokens: " + file + " is not there", "token create --config")
          .doesNotContain("\tat ");
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  private Path config(String yaml) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"), yaml);
  }

  private ServerProcess token(Path config, String arguments) throws IOException {
    String[] given = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);
    String[] all = new String[given.length == 0 ? 1 : given.length + 3];
    all[0] = "token";
    if (given.length > 0) {
      all[1] = given[0];
      all[2] = "--config";
      all[3] = config.toString();
      System.arraycopy(given, 1, all, 4, given.length - 1);
    }
    return ServerProcess.run(folder, Map.of(), all);
  }

  private static String id(String token) {
    return token.substring(4, 16);
  }

  private static String secret(String token) {
    return token.strip().substring(17);
  }
}
