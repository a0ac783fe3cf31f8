package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** What a test learns of a server that is not here. */
class ServerVersionTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aServerThatNobodyFetchedIsSkippedByName() {
    assertSkipped("", "Valkey 9.1 is not here: it takes .ci/servers and the profile servers");
  }

  @Test
  void aServerThatIsNotInTheFolderIsSkippedByName() {
    assertSkipped(
        folder.toString(), "Valkey 9.1 is not here: .ci/servers did not fetch it into " + folder);
  }

  @Test
  void theReasonThatTheFetchingGaveIsTold() throws IOException {
    Files.writeString(folder.resolve("valkey-9.1.missing"), "the suite has 9.2.0\n");
    assertSkipped(folder.toString(), "Valkey 9.1 is not here: the suite has 9.2.0");
  }

  private static void assertSkipped(String folder, String reason) {
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> ServerVersion.VALKEY_9_1.fetched(folder, "server"))
        .withMessageEndingWith(reason);
  }

  @EveryServer
  void aServerIsOfTheVersionThatItsNameSays(ServerVersion version) {
    try (RedisProcess server = version.builder().start()) {
      assertThat(server.info(version.product() + "_version")).startsWith(version.version() + ".");
    }
  }

  /** Whatever started it has become it, so that it ends with the test. */
  @EveryServer
  void theProcessThatIsStartedIsTheServer(ServerVersion version) {
    try (RedisProcess server = version.builder().start()) {
      assertThat(server.info("process_id")).isEqualTo(String.valueOf(server.pid()));
    }
  }
}
