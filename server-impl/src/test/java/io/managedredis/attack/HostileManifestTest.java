package io.managedredis.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Manifests and verifications that somebody wrote to harm: the server reads every one of them when
 * it starts, and again when it is asked, with little memory. Which values a manifest may have is in
 * {@code ManifestCodecTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class HostileManifestTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String FORGED = "2001-02-03T04:05:06.789Z [ERROR] forged";
  private static final Pattern LINE =
      Pattern.compile("20[2-9]\\d-\\d\\d-\\d\\dT\\S+ \\[(INFO|WARN|ERROR)] .*");

  /** Makes another text of a good one. */
  private interface Change {
    String of(String good);
  }

  private final Map<String, Change> manifests = new LinkedHashMap<>();
  private final PlantedBackup planted;
  private final SmallServer server;

  HostileManifestTest(@TempDir Path temp) throws Exception {
    planted = PlantedBackup.take(temp, 3);
    describe();
    Path repository = temp.resolve("data").resolve("repository");
    SmallServer.start(temp, List.of("dataDir: data", "clusters: []")).close();
    Path sound = planted.plant(repository, "sound");
    for (Map.Entry<String, Change> manifest : manifests.entrySet()) {
      Path file = planted.plant(repository, manifest.getKey()).resolve("manifest.json");
      Files.writeString(file, manifest.getValue().of(Files.readString(file)));
    }
    sparse(planted.plant(repository, "sparse").resolve("manifest.json"), 1L << 30);
    sparse(planted.plant(repository, "sparse-verification").resolve("verification.json"), 1L << 30);
    Files.writeString(
        planted.plant(repository, "forging-verification").resolve("verification.json"),
        "{\"formatVersion\": 1, \"backupId\": \"x\", \"startedAt\": \"\\n" + FORGED + "\"}");
    sparse(planted.plant(repository, "sparse-shard").resolve(PlantedBackup.SHARD_FILE), 1L << 40);
    assertThat(sound).isDirectory();
    Files.delete(temp.resolve("data").resolve("catalog.db"));
    server = SmallServer.start(temp, List.of("dataDir: data", "clusters: []"));
  }

  private void describe() {
    for (String file :
        List.of(
            "../../../../../etc/passwd", "/etc/passwd", "..\\\\x", "shard1.rdb.zst\\u0000", "")) {
      manifests.put("file-" + manifests.size(), good -> good.replace("shard1.rdb.zst", file));
    }
    for (String name : List.of("../shard1", "..", "a/b", "sh\\nard", "")) {
      manifests.put(
          "shard-" + manifests.size(),
          good ->
              good.replace("\"shard1\"", "\"" + name + "\"")
                  .replace("shard1.rdb.zst", name + ".rdb.zst"));
    }
    manifests.put("backup", good -> good.replaceAll("(\"backupId\" ?: ?\")", "$1../"));
    manifests.put("cluster", good -> good.replaceAll("(\"clusterId\" ?: ?\")", "$1../"));
    manifests.put("folder", good -> good.replace(PlantedBackup.FOLDER, "a\\nb"));
    manifests.put("twice", good -> good.replaceFirst("\\{", "{\"backupId\": \"x:y\","));
    manifests.put("deep", good -> "[".repeat(500_000));
    manifests.put("deep-inside", good -> inside(good, "{\"a\":".repeat(100_000)));
    manifests.put("long-name", good -> inside(good, "{\"" + "a".repeat(1_000_000) + "\": 1}"));
    manifests.put("digits", good -> inside(good, "9".repeat(1_000_000)));
    manifests.put("exponent", good -> size(good, "1e999999999"));
    manifests.put("fraction", good -> size(good, "1." + "0".repeat(900)));
    manifests.put("beyond", good -> size(good, "9223372036854775808"));
    manifests.put("negative", good -> size(good, "-1"));
    manifests.put("many-small", good -> inside(good, "[" + "\"ab\",".repeat(9_000_000) + "1]"));
    manifests.put("many-objects", good -> inside(good, "[" + "{},".repeat(9_000_000) + "1]"));
    manifests.put(
        "many-within", good -> inside(good, "[" + "\"ab\",".repeat(500_000) + "1]") + "x");
    manifests.put(
        "forging-key",
        good ->
            good.replaceAll(
                "\"keysByType\" ?: ?\\{", "\"keysByType\": {\"\\\\n" + FORGED + "\": \"x\","));
    manifests.put(
        "forging-value", good -> good.replaceAll("\"role\" ?: ?\"", "\"role\": \"\\\\n" + FORGED));
    manifests.put(
        "forging-instant",
        good -> good.replaceAll("\"startedAt\" ?: ?\"", "\"startedAt\": \"\\\\n" + FORGED));
    manifests.put("not-utf-8", good -> "\u0000\u0001" + good);
    manifests.put("nothing", good -> "");
    manifests.put("null", good -> "null");
  }

  private static String inside(String good, String value) {
    return good.replaceFirst("\\{", "{\"unknown\": " + value + ",");
  }

  private static String size(String good, String number) {
    return good.replaceAll("\"rawBytes\" ?: ?[0-9]+", "\"rawBytes\": " + number);
  }

  private static void sparse(Path file, long length) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.setLength(length);
    }
  }

  @AfterAll
  void end() throws IOException {
    server.close();
  }

  @Test
  void theServerStartsAndListsWhatIsSound() throws Exception {
    String listed = get(V1 + "/backups?folderId=" + PlantedBackup.FOLDER).body();

    assertThat(listed).contains(planted.id("sound"), planted.id("sparse-shard"));
    manifests.keySet().forEach(name -> assertThat(listed).doesNotContain("\"" + planted.id(name)));
    assertThat(get(V1 + "/backups/" + planted.id("sound") + "/manifest").status()).isEqualTo(200);
    assertLogIsOurs();
  }

  @Test
  void whatIsListedAndHarmfulIsRefusedInTime() throws Exception {
    for (String name : List.of("sparse-verification", "forging-verification", "sparse-shard")) {
      long start = System.nanoTime();
      Exchange manifest = get(V1 + "/backups/" + planted.id(name) + "/manifest");
      Exchange download = get(V1 + "/backups/" + planted.id(name) + "/shards/shard1/rdb");

      boolean shard = name.endsWith("shard");
      assertThat(manifest.status()).as(name).isIn(shard ? List.of(200) : List.of(500, 503));
      assertThat(download.status()).as(name).isEqualTo(shard ? 500 : 200);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
    assertLogIsOurs();
  }

  /** Each was told in one line, and none took the memory. */
  @Test
  void everyHarmfulManifestIsToldInOneLine() throws Exception {
    String log = server.log();
    for (String name : manifests.keySet()) {
      assertThat(log)
          .as(name)
          .containsPattern("ERROR.*Backup " + name + ":\\S+ has a manifest that");
    }
    assertThat(log).contains("Backup sparse:").contains("1073741824 bytes");
    assertLogIsOurs();
  }

  private void assertLogIsOurs() throws IOException {
    assertThat(server.runs()).isTrue();
    assertThat(server.log().split("[\\n\\r\\u0085\\u2028\\u2029]", -1))
        .filteredOn(line -> !line.isEmpty())
        .allMatch(line -> LINE.matcher(line).matches())
        .allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length < 2000);
    assertThat(server.log()).doesNotContain("OutOfMemory");
  }

  private Exchange get(String target) throws IOException {
    try (RawHttp connection = new RawHttp(server.port())) {
      connection.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return connection.answer("GET");
    }
  }
}
