package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.repository.Finding.Outcome;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.ShardProof;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.util.JedisClusterCRC16;

/** What a capture proves of real servers. */
class ProofTest {

  private final Workbench bench;

  ProofTest(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void aServerWithoutChecksumsIsProvenByItsStructure() throws Exception {
    try (RedisProcess redis = server().setting("rdbchecksum", "no").start()) {
      redis.fill(100, 50);

      ShardProof proof = bench.take(Workbench.nodes(redis.port())).shards().get(0).proof();

      assertThat(proof.checksum().outcome()).isEqualTo(Outcome.ABSENT);
      assertThat(proof.structure().outcome()).isEqualTo(Outcome.PROVEN);
      assertThat(proof.counts().outcome()).isEqualTo(Outcome.PROVEN);
    }
  }

  @Test
  void theSkewOfTwoShardsIsInTheManifest() throws Exception {
    try (RedisProcess one = server().start();
        RedisProcess two = server().start()) {
      Manifest manifest =
          bench.take(
              Workbench.shards(
                  Workbench.shard("one", one.port()), Workbench.shard("two", two.port())));

      long between =
          java.time.temporal.ChronoUnit.MICROS.between(
              manifest.shards().get(0).pointAt(), manifest.shards().get(1).pointAt());
      assertThat(manifest.pointSkewMicros()).isEqualTo(Math.abs(between));
    }
  }

  @Test
  void everyKeyOfAClusterLiesInASlotOfItsShard() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(2, 0, ProofTest::server)) {
      cluster.masters().get(0).command("SET", keyOf(cluster, 0), "x");
      cluster.masters().get(1).command("SET", keyOf(cluster, 1), "y");

      Manifest manifest = bench.take(Workbench.nodes(cluster.masters().get(0).port()));

      for (ShardManifest shard : manifest.shards()) {
        assertThat(shard.proof().slots().outcome()).isEqualTo(Outcome.PROVEN);
        assertThat(shard.contents().keys()).isEqualTo(1);
      }
    }
  }

  @Test
  void aKeyThatAMigrationLeftBehindFailsTheBackup() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(2, 0, ProofTest::server)) {
      String key = keyOf(cluster, 0);
      int slot = JedisClusterCRC16.getSlot(key);
      RedisProcess stranger = cluster.masters().get(1);
      String owner = String.valueOf(cluster.masters().get(0).command("CLUSTER", "MYID"));
      stranger.command("CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", owner);
      stranger.command("ASKING");
      stranger.command("SET", key, "left behind");
      stranger.command("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");

      assertThatExceptionOfType(BackupFailedException.class)
          .isThrownBy(() -> bench.take(Workbench.nodes(stranger.port())))
          .returns(BackupFailedException.Reason.TOPOLOGY_CHANGED, BackupFailedException::reason)
          .withMessageContaining("holds keys of slot " + slot)
          .withMessageContaining("redis-cli --cluster check");
      assertThat(bench.listed()).isEmpty();
      assertThat(bench.stored()).isEmpty();
    }
  }

  /** A key whose slot the master owns. */
  private static String keyOf(RedisCluster cluster, int master) {
    for (int i = 0; ; i++) {
      int slot = JedisClusterCRC16.getSlot("key" + i);
      if (slot >= cluster.firstSlot(master) && slot < cluster.firstSlot(master + 1)) {
        return "key" + i;
      }
    }
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "0");
  }
}
