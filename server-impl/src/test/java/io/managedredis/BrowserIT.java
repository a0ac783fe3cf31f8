package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged server beside two real clusters, in a real browser. What is looked at stands in
 * {@code src/test/browser}; the Maven profile {@code browser} runs it, after it installed what the
 * scripts need.
 */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BrowserIT {

  private static final String FOLDER = "b1gbrowser";
  private static final String CLUSTER = "c9qbrowser0000000001";
  private static final String OTHER = "c9qbrowser0000000002";

  private final Path scripts = folder("browser.scripts");
  private final Path screenshots = folder("browser.screenshots");
  private final RedisProcess redis = started();
  private final RedisProcess other = started();
  private final ServerProcess server;
  private final String backup;

  BrowserIT(@TempDir Path folder) throws IOException, InterruptedException {
    redis.fill(500, 200);
    other.fill(5, 20);
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            clusters:
              - {id: %s, folderId: %s, name: browser, nodes: ["%s"]}
              - {id: %s, folderId: %s, name: other, nodes: ["%s"]}
            """
                .formatted(CLUSTER, FOLDER, redis.address(), OTHER, FOLDER, other.address()));
    server = ServerProcess.serve(folder, config, folder.resolve("data"));
    JsonNode done = server.awaitDone(server.backUp(CLUSTER));
    backup = done.path("metadata").path("backupId").asText();
  }

  @AfterAll
  void end() {
    server.close();
    redis.close();
    other.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"landing", "policy", "docs", "tryout", "examples"})
  void allThatAReaderDoesInTheBrowserWorks(String script) throws Exception {
    Path output = Files.createDirectories(screenshots).resolve(script + ".txt");
    ProcessBuilder node =
        new ProcessBuilder("node", "--test", "--test-reporter=tap", script + ".test.js")
            .directory(scripts.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    node.environment()
        .putAll(
            Map.of(
                "SERVER_URL",
                server.url(),
                "SERVER_VERSION",
                Objects.requireNonNull(System.getProperty("server.version")),
                "FOLDER_ID",
                FOLDER,
                "CLUSTER_ID",
                CLUSTER,
                "BACKUP_ID",
                backup,
                "SHARD_NAME",
                "shard1",
                "SCREENSHOTS",
                screenshots.toString(),
                "CHROMIUM",
                Objects.requireNonNull(System.getProperty("browser.chromium"))));
    Process running = node.start();
    try {
      assertThat(running.waitFor(9, TimeUnit.MINUTES)).as("%s ends", script).isTrue();
    } finally {
      running.destroyForcibly();
    }

    String said = Files.readString(output);
    assertThat(running.exitValue()).as(said).isZero();
    // A script in which nothing runs ends well, too.
    assertThat(said)
        .containsPattern("(?m)^# pass [1-9]")
        .containsPattern("(?m)^# skipped 0$")
        .containsPattern("(?m)^# todo 0$");
  }

  private static RedisProcess started() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  }

  private static Path folder(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), "run by -Pbrowser"));
  }
}
