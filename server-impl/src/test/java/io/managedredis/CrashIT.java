package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The packaged server, ended while it works; {@link CrashMatrix} ends it at every step. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class CrashIT {
  private static final String FOLDER = "b1gfolder";
  private static final String SECRET = "Pl4ntedSecretThatNobodyMaySee";

  private final RedisProcess fast =
      RedisProcess.builder()
          .password(SECRET)
          .setting("repl-diskless-sync", "yes")
          .setting("repl-diskless-sync-delay", "0")
          .start();
  private final RedisProcess slow =
      RedisProcess.builder()
          .setting("repl-diskless-sync", "yes")
          .setting("repl-diskless-sync-delay", "30")
          .start();

  @AfterAll
  void stop() {
    fast.close();
    slow.close();
  }

  @Test
  void sigtermCancelsARunningBackupWhichSaysSoAfterwards(@TempDir Path folder) throws Exception {
    Path config = config(folder);
    String operation;
    try (ServerProcess server = serve(folder, config)) {
      operation = startSlowBackup(server);
      server.terminate();
      assertThat(server.awaitExit()).isEqualTo(143);
    }
    Awaitility.await().until(() -> slow.info("connected_slaves").equals("0"));
    assertThat(backupFolders(folder)).isEmpty();
    try (ServerProcess server = serve(folder, config)) {
      JsonNode ended = server.operation(operation);
      assertThat(ended.path("done").asBoolean()).isTrue();
      assertThat(ended.path("error").path("code").asInt()).isEqualTo(1);
      assertThat(ended.path("error").path("message").asText()).contains("cancelled");
      assertThat(server.backups(FOLDER)).isEmpty();
    }
  }

  @Test
  void sigkillFailsARunningBackupAtTheNextStartAndANewOneWorks(@TempDir Path folder)
      throws Exception {
    Path config = config(folder);
    String operation;
    try (ServerProcess server = serve(folder, config)) {
      operation = startSlowBackup(server);
      Awaitility.await().until(() -> !backupFolders(folder).isEmpty());
      server.kill();
    }
    try (ServerProcess server = serve(folder, config)) {
      JsonNode ended = server.operation(operation);
      assertThat(ended.path("done").asBoolean()).isTrue();
      assertThat(ended.path("error").path("code").asInt()).isEqualTo(10);
      assertThat(ended.path("error").path("message").asText()).contains("start it again");
      assertThat(server.backups(FOLDER)).isEmpty();
      assertThat(backupFolders(folder)).isEmpty();
      JsonNode next = server.awaitDone(server.backUp("fast"));
      assertThat(next.path("error").isMissingNode()).as(next.toString()).isTrue();
      assertThat(server.backups(FOLDER)).hasSize(1);
    }
  }

  @Test
  void thePasswordIsNowhere(@TempDir Path folder) throws Exception {
    Path config = config(folder);
    try (ServerProcess server = serve(folder, config)) {
      JsonNode taken = server.awaitDone(server.backUp("fast"));
      assertThat(taken.path("error").isMissingNode()).as(taken.toString()).isTrue();
      JsonNode refused = server.awaitDone(server.backUp("refused"));
      assertThat(refused.path("error").path("message").asText())
          .contains("password")
          .doesNotContain(SECRET);
      assertThat(server.handle().info().commandLine().orElse("")).doesNotContain(SECRET);
      Path cmdline = Path.of("/proc", String.valueOf(server.handle().pid()), "cmdline");
      if (Files.exists(cmdline)) {
        assertThat(Files.readString(cmdline)).contains("serve").doesNotContain(SECRET);
      }
      assertThat(server.out()).doesNotContain(SECRET);
      assertThat(server.err()).contains("refused").doesNotContain(SECRET);
      server.terminate();
      server.awaitExit();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).anyMatch(f -> f.endsWith("catalog.db"));
      assertThat(all).anyMatch(f -> f.endsWith("manifest.json"));
      List<Path> telling = new ArrayList<>();
      for (Path file : all) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(SECRET)) {
          telling.add(file);
        }
      }
      assertThat(telling).containsExactly(folder.resolve("secret"));
    }
  }

  private String startSlowBackup(ServerProcess server) throws Exception {
    String operation = server.backUp("slow").path("id").asText();
    Awaitility.await().until(() -> slow.info("connected_slaves").equals("1"));
    return operation;
  }

  private static ServerProcess serve(Path folder, Path config) throws IOException {
    return ServerProcess.serve(folder, config, folder.resolve("data"));
  }

  private static List<Path> backupFolders(Path folder) throws IOException {
    Path repository = folder.resolve("data").resolve("repository");
    try (Stream<Path> entries = Files.list(repository)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  /** The configuration lies beside the password, out of the data folder. */
  private Path config(Path folder) throws IOException {
    Files.writeString(folder.resolve("secret"), SECRET + "\n");
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        clusters:
          - {id: fast, folderId: %1$s, nodes: ["%2$s"], passwordFile: secret}
          - {id: slow, folderId: %1$s, nodes: ["%3$s"]}
          - {id: refused, folderId: %1$s, nodes: ["%3$s"], passwordFile: secret}
        """
            .formatted(FOLDER, fast.address(), slow.address()));
  }
}
