package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The check must be able to fail. */
class RdbCheckerTest {
  @TempDir private Path folder = Path.of("");

  @EveryServer
  void aGoodSnapshotIsCounted(ServerVersion version) throws Exception {
    assertThat(RdbChecker.of(version).keys(saved(version))).isEqualTo(100);
  }

  @EveryServer
  void aChangedByteIsFound(ServerVersion version) throws Exception {
    Path snapshot = saved(version);
    byte[] bytes = Files.readAllBytes(snapshot);
    bytes[bytes.length / 2] ^= 1;
    Files.write(snapshot, bytes);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> RdbChecker.of(version).keys(snapshot))
        .withMessageContaining("does not accept");
  }

  private Path saved(ServerVersion version) throws IOException {
    try (RedisProcess server = version.builder().start()) {
      server.fill(100, 1000);
      server.command("SAVE");
      return Files.copy(server.directory().resolve("dump.rdb"), folder.resolve("dump.rdb"));
    }
  }
}
