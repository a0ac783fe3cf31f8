package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged commands that work on the data: verify, export, catalog rebuild. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class DataCommandsIT {
  private static final String FOLDER = "b1gcommands";
  private static final String CLUSTER = "c9qcommands000000001";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final Path folder;
  private final Path config;
  private final Path data;
  private final List<String> backups = new ArrayList<>();

  DataCommandsIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.data = folder.resolve("data");
    this.config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            clusters:
              - {id: %s, folderId: %s, nodes: ['%s']}
            """
                .formatted(CLUSTER, FOLDER, redis.address()));
  }

  @BeforeAll
  void takeBackups() throws Exception {
    redis.fill(500, 300);
    try (ServerProcess server = ServerProcess.serve(folder, config, data)) {
      for (int i = 0; i < 4; i++) {
        JsonNode done = server.awaitDone(server.backUp(CLUSTER));
        backups.add(done.path("metadata").path("backupId").asText());
      }
      server.terminate();
      assertThat(server.awaitExit()).isEqualTo(143);
    }
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  @Test
  void verifyProvesEveryBackupBesideARunningServer() throws Exception {
    try (ServerProcess server = ServerProcess.serve(folder, config, data);
        ServerProcess verify = run("verify", "--all")) {
      assertThat(verify.awaitExit()).as(verify.err()).isZero();
      assertThat(verify.out().lines())
          .hasSize(backups.size())
          .allMatch(line -> line.endsWith("  intact"));
      assertThat(verify.err()).contains("4 of 4 backups are intact").doesNotContain("\r");
      JsonNode manifest = server.get("/managed-redis/v1/backups/" + backups.get(0) + "/manifest");
      assertThat(manifest.path("proof").path("verifiedAt").asText()).isNotEmpty();
    }
  }

  @Test
  void verifyPrintsJsonForScripts() throws Exception {
    try (ServerProcess verify = run("verify", "--json", backups.get(1))) {
      assertThat(verify.awaitExit()).as(verify.err()).isZero();
      JsonNode result = JSON.readTree(verify.out());
      assertThat(result.path("backupId").asText()).isEqualTo(backups.get(1));
      assertThat(result.path("result").asText()).isEqualTo("INTACT");
      assertThat(result.path("shards").path(0).path("stored").path("outcome").asText())
          .isEqualTo("PROVEN");
    }
  }

  @Test
  void theSharesOfAllBackupsAreAllBackupsOnce() throws Exception {
    List<String> verified = new ArrayList<>();
    for (int part = 1; part <= 3; part++) {
      try (ServerProcess verify = run("verify", "--share", part + "/3")) {
        assertThat(verify.awaitExit()).as(verify.err()).isZero();
        verify.out().lines().map(line -> line.split(" ", 2)[0]).forEach(verified::add);
      }
    }
    assertThat(verified).containsExactlyInAnyOrderElementsOf(backups);
  }

  @Test
  void verifyNamesADamagedBackupAndFails(@TempDir Path copy) throws Exception {
    Path other = copyOfData(copy);
    Path file = shard(other, backups.get(2));
    byte[] stored = Files.readAllBytes(file);
    stored[stored.length / 2] ^= 1;
    Files.write(file, stored);

    try (ServerProcess verify = run("verify", "--all", "--data-dir", other.toString())) {
      assertThat(verify.awaitExit()).isEqualTo(1);
      assertThat(verify.out().lines().filter(line -> line.contains("  damaged  ")))
          .singleElement()
          .asString()
          .startsWith(backups.get(2))
          .contains("shard shard1");
      assertThat(verify.err()).contains("3 of 4 backups are intact");
    }
  }

  @Test
  void exportWritesAFileThatRedisLoads(@TempDir Path dumps) throws Exception {
    Path dump = dumps.resolve("dump.rdb");
    try (ServerProcess export = run("export", backups.get(0), "--out", dump.toString())) {
      assertThat(export.awaitExit()).as(export.err()).isZero();
      assertThat(export.out()).contains(dump.toString(), "redis 6.2", "SHA-256 ");
    }
    try (RedisProcess restored = RedisProcess.builder().dump(dump).start()) {
      assertThat(restored.digest()).isEqualTo(redis.digest());
    }
    assertThat(dumps).isDirectoryNotContaining("glob:**.part");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dump)))
        .as("what may be encrypted in the repository is here in clear")
        .isEqualTo("rw-------");
  }

  @Test
  void exportReplacesNothingUnlessForced(@TempDir Path dumps) throws Exception {
    Path dump = Files.writeString(dumps.resolve("dump.rdb"), "precious");
    try (ServerProcess export = run("export", backups.get(0), "--out", dump.toString())) {
      assertThat(export.awaitExit()).isEqualTo(1);
      assertThat(export.err()).contains("--force");
    }
    assertThat(dump).hasContent("precious");
    try (ServerProcess export =
        run("export", backups.get(0), "--shard", "shard1", "--force", "--out", dump.toString())) {
      assertThat(export.awaitExit()).as(export.err()).isZero();
    }
    assertThat(dump).content(java.nio.charset.StandardCharsets.ISO_8859_1).startsWith("REDIS");
  }

  @Test
  void exportOfADamagedSnapshotLeavesNoFile(@TempDir Path copy) throws Exception {
    Path other = copyOfData(copy);
    Path file = shard(other, backups.get(3));
    byte[] stored = Files.readAllBytes(file);
    stored[stored.length - 60] ^= 1;
    Files.write(file, stored);
    Path dump = copy.resolve("dump.rdb");

    try (ServerProcess export =
        run("export", backups.get(3), "--out", dump.toString(), "--data-dir", other.toString())) {
      assertThat(export.awaitExit()).isEqualTo(1);
      assertThat(export.err()).contains("damaged").doesNotContain("\tat ");
    }
    assertThat(copy).isDirectoryNotContaining("glob:**dump.rdb*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export nonsense --out x",
        "verify",
        "verify nonsense",
        "verify --share 0/7",
        "verify --share 8/7",
        "verify --share all",
        "verify --all --share 1/7",
        "catalog",
        "key"
      })
  void wrongUsageIsStatusTwo(String arguments) throws Exception {
    try (ServerProcess wrong = run(arguments.split(" ", -1))) {
      assertThat(wrong.awaitExit()).as(wrong.err()).isEqualTo(2);
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.err()).isNotBlank().doesNotContain("Exception", "\tat ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export " + CLUSTER + ":none --out x",
        "verify " + CLUSTER + ":none",
      })
  void whatIsNotThereIsStatusOne(String arguments) throws Exception {
    try (ServerProcess wrong = run(arguments.split(" ", -1))) {
      assertThat(wrong.awaitExit()).as(wrong.err()).isEqualTo(1);
      assertThat(wrong.out() + wrong.err()).contains(CLUSTER + ":none").doesNotContain("\tat ");
    }
  }

  @Test
  void aRebuiltCatalogueIsEqualToWhatItWas(@TempDir Path copy) throws Exception {
    Path other = copyOfData(copy);
    List<JsonNode> before = listed(other);
    Files.write(other.resolve("catalog.db"), new byte[100_000]);

    try (ServerProcess rebuild = run("catalog", "rebuild", "--data-dir", other.toString())) {
      assertThat(rebuild.awaitExit()).as(rebuild.err()).isZero();
      assertThat(rebuild.out()).contains("4 backups");
    }

    assertThat(listed(other)).isEqualTo(before);
    assertThat(new TreeSet<>(names(other)))
        .contains("catalog.db", "catalog.db.old")
        .noneMatch(name -> name.startsWith("catalog.db.new"));
  }

  @Test
  void aCatalogueInUseIsNotRebuilt() throws Exception {
    try (ServerProcess server = ServerProcess.serve(folder, config, data);
        ServerProcess rebuild = run("catalog", "rebuild")) {
      assertThat(rebuild.awaitExit()).isEqualTo(1);
      assertThat(rebuild.err()).isNotBlank().doesNotContain("\tat ");
      assertThat(server.backups(FOLDER)).hasSize(4);
    }
  }

  private List<JsonNode> listed(Path other) throws Exception {
    try (ServerProcess server = ServerProcess.serve(folder, config, other)) {
      List<JsonNode> found = new ArrayList<>();
      server
          .get("/managed-redis/v1/backups?folderId=" + FOLDER)
          .path("backups")
          .forEach(found::add);
      server.terminate();
      server.awaitExit();
      return found;
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private Path copyOfData(Path target) throws IOException {
    Path other = target.resolve("data");
    try (var files = Files.walk(data)) {
      for (Path file : files.toList()) {
        Files.copy(file, other.resolve(data.relativize(file).toString()));
      }
    }
    return other;
  }

  private static Path shard(Path data, String backup) {
    return data.resolve("repository")
        .resolve(CLUSTER)
        .resolve(backup.substring(CLUSTER.length() + 1))
        .resolve("shard1.rdb.zst");
  }

  /** A command with our configuration, unless it brings another data folder. */
  private ServerProcess run(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", config.toString()));
    if (!all.contains("--data-dir")) {
      all.addAll(List.of("--data-dir", data.toString()));
    }
    return ServerProcess.run(folder, Map.of(), all.toArray(String[]::new));
  }
}
