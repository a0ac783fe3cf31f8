package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.SlotRange;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.SequenceWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups of servers that are written to all the time. What each shard holds is what had been
 * written up to one moment between the start and the end of the backup: all of it, and no more.
 */
@Timeout(120)
class UnderLoadTest {
  private static final long WARM = 2000;

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
  void aServerAloneIsCapturedAtOneMoment() throws Exception {
    try (RedisProcess redis = server().start();
        SequenceWriter writer = SequenceWriter.to(redis)) {
      isCapturedAtOneMoment(Workbench.nodes(redis.port()), List.of(writer));
    }
  }

  @Test
  void aShardWithAReplicaIsCapturedAtOneMomentNotBeforeTheStart() throws Exception {
    try (RedisProcess master = server().start();
        RedisProcess replica = server().replicaOf(master).start()) {
      Awaitility.await().until(() -> master.info("slave0").contains("state=online"));
      try (SequenceWriter writer = SequenceWriter.to(master)) {
        // Right after its own synchronisation a replica gets nothing for up to a second.
        Awaitility.await().until(() -> replica.size() > 0);
        // Of the replica, or of the master when the replica lags right then.
        isCapturedAtOneMoment(Workbench.nodes(master.port(), replica.port()), List.of(writer));
      }
    }
  }

  @Test
  void eachShardOfAClusterIsCapturedAtOneMoment() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(3, 1, UnderLoadTest::server)) {
      List<SequenceWriter> writers = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          writers.add(
              SequenceWriter.to(
                  cluster.masters().get(i), cluster.firstSlot(i), cluster.firstSlot(i + 1) - 1));
        }
        Manifest manifest =
            isCapturedAtOneMoment(Workbench.nodes(cluster.masters().get(0).port()), writers);
        assertThat(manifest.shards())
            .flatExtracting(shard -> shard.slots())
            .containsExactly(
                new SlotRange(0, 5460), new SlotRange(5461, 10921), new SlotRange(10922, 16383));
      } finally {
        writers.forEach(SequenceWriter::close);
      }
    }
  }

  /** The writers write to the shards in the order of their names. */
  private Manifest isCapturedAtOneMoment(ClusterDeclaration cluster, List<SequenceWriter> writers)
      throws Exception {
    Awaitility.await().until(() -> writers.stream().allMatch(w -> w.acknowledged() > WARM));
    List<Long> atStart = writers.stream().map(SequenceWriter::acknowledged).toList();
    Manifest manifest = bench.take(cluster);
    List<Long> atEnd = writers.stream().map(SequenceWriter::sent).toList();
    assertThat(manifest.shards()).hasSameSizeAs(writers);
    for (int i = 0; i < writers.size(); i++) {
      try (RedisProcess copy = bench.load(manifest, manifest.shards().get(i))) {
        assertThat(writers.get(i).prefix(copy)).isBetween(atStart.get(i), atEnd.get(i));
      }
      // Otherwise there was no load.
      assertThat(atEnd.get(i)).isGreaterThan(atStart.get(i));
    }
    return manifest;
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "0");
  }
}
