package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.backup.BackupFailedException.Reason;
import io.managedredis.capture.Cancellation;
import io.managedredis.repository.Manifest;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which node the data may come from. */
@Timeout(60)
class ChosenNodeTest {
  @TempDir private Path folder = Path.of("");
  private Workbench bench;

  @BeforeEach
  void open() throws IOException {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() throws IOException {
    bench.close();
  }

  @Test
  void aReplicaThatLagsIsPassedOverSoThatNothingAcknowledgedIsMissing() throws Exception {
    try (RedisProcess master = server().start();
        FaultProxy proxy = FaultProxy.to(master);
        RedisProcess replica = server().setting("replicaof", "127.0.0.1 " + proxy.port()).start()) {
      awaitLink(replica);
      // The link stays up, but nothing more comes through it.
      proxy.stallAfter(0);
      master.fill(100, 100);
      assertThat(replica.info("master_link_status")).isEqualTo("up");
      assertThat(replica.size()).isZero();
      Manifest manifest = bench.take(Workbench.nodes(master.port(), replica.port()));
      assertThat(manifest.shards().get(0).node()).isEqualTo(master.address());
      try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
        assertThat(copy.digest()).isEqualTo(master.digest());
      }
    }
  }

  @Test
  void aDeclaredReplicaOfAnotherMasterIsPassedOver() throws Exception {
    try (RedisProcess master = server().start();
        RedisProcess other = server().start();
        RedisProcess stranger = server().replicaOf(other).start()) {
      master.fill(10, 10);
      other.fill(1000, 100);
      awaitLink(stranger);
      Awaitility.await().until(() -> stranger.size() == 1000);
      Manifest manifest =
          bench
              .taker(1)
              .take(
                  Workbench.order(Workbench.nodes(master.port(), stranger.port())),
                  (bytes, done, total) -> {},
                  new Cancellation());
      assertThat(manifest.shards().get(0).node()).isEqualTo(master.address());
      try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
        assertThat(copy.digest()).isEqualTo(master.digest());
      }
    }
  }

  @Test
  void replicasOfDifferentMastersWithoutTheirsFailByName() throws Exception {
    try (RedisProcess one = server().start();
        RedisProcess other = server().start();
        RedisProcess replicaOfOne = server().replicaOf(one).start();
        RedisProcess replicaOfOther = server().replicaOf(other).start()) {
      for (RedisProcess replica : List.of(replicaOfOne, replicaOfOther)) {
        awaitLink(replica);
      }
      BackupFailedException e =
          catchThrowableOfType(
              BackupFailedException.class,
              () -> bench.take(Workbench.nodes(replicaOfOne.port(), replicaOfOther.port())));
      assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
      assertThat(e)
          .hasMessageContaining(replicaOfOne.address())
          .hasMessageContaining(replicaOfOther.address())
          .hasMessageContaining("different masters");
      assertThat(bench.stored()).isEmpty();
    }
  }

  private static void awaitLink(RedisProcess replica) {
    Awaitility.await().until(() -> replica.info("master_link_status").equals("up"));
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0");
  }
}
