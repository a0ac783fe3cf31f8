package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.SlotRange;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Backups that succeed. */
class BackupTakerTest {
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
  void aSingleServerIsBackedUpAndCatalogued() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.fill(1000, 500);
      Manifest manifest = bench.take(Workbench.nodes(redis.port()));
      assertThat(bench.listed()).containsExactly(CatalogEntries.of(manifest));
      assertThat(bench.repository.manifest(BackupId.parse(manifest.backupId()).orElseThrow()))
          .contains(manifest);
      try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
        assertThat(copy.digest()).isEqualTo(redis.digest());
      }
    }
  }

  @Test
  void theManifestTellsTheTruth() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.fill(1000, 500);
      BackupOrder order = Workbench.order(Workbench.nodes(redis.port()));
      Manifest manifest =
          bench.taker(1).take(order, (b, d, t) -> {}, new io.managedredis.capture.Cancellation());
      assertThat(manifest.backupId()).isEqualTo(order.id().toString());
      assertThat(manifest.clusterId()).isEqualTo("c1");
      assertThat(manifest.folderId()).isEqualTo(Workbench.FOLDER);
      assertThat(manifest.startedAt()).isEqualTo(order.startedAt());
      ShardManifest shard = manifest.shards().get(0);
      assertThat(shard.name()).isEqualTo("shard1");
      assertThat(shard.node()).isEqualTo(redis.address());
      assertThat(shard.role()).isEqualTo("master");
      assertThat(shard.serverName()).isEqualTo("redis");
      assertThat(shard.serverVersion()).isEqualTo(redis.info("redis_version"));
      assertThat(shard.replicationId()).isEqualTo(redis.info("master_replid"));
      assertThat(shard.slots()).isEmpty();
      assertThat(
              List.of(
                  manifest.startedAt(),
                  shard.requestedAt(),
                  shard.pointAt(),
                  shard.completedAt(),
                  manifest.createdAt()))
          .isSorted();
      assertThat(shard.proof().checksum().outcome()).isEqualTo(Finding.Outcome.PROVEN);
      byte[] raw;
      try (InputStream in = bench.repository.open(order.id(), shard)) {
        raw = in.readAllBytes();
      }
      assertThat(shard.rawBytes()).isEqualTo(raw.length);
      assertThat(new String(raw, 0, 9, java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo(shard.rdbMagic())
          .isEqualTo("REDIS0009");
      assertThat(shard.rdbVersion()).isEqualTo(9);
      assertThat(shard.rawSha256())
          .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw)));
      assertThat(shard.crc64()).isEqualTo(crcAtTheEnd(raw));
      assertThat(shard.storedBytes())
          .isEqualTo(Files.size(bench.folderOf(manifest.backupId()).resolve(shard.file())));
    }
  }

  @Test
  void withoutChecksumsNothingIsSaidToBeProven() throws Exception {
    try (RedisProcess redis = server().setting("rdbchecksum", "no").start()) {
      redis.fill(10, 10);
      assertThat(
              bench
                  .take(Workbench.nodes(redis.port()))
                  .shards()
                  .get(0)
                  .proof()
                  .checksum()
                  .outcome())
          .isEqualTo(Finding.Outcome.ABSENT);
    }
  }

  @Test
  void aReplicaIsReadInsteadOfItsMaster() throws Exception {
    try (RedisProcess master = server().start();
        RedisProcess replica = server().replicaOf(master).start()) {
      master.fill(500, 100);
      Awaitility.await().until(() -> replica.info("master_link_status").equals("up"));
      Awaitility.await().until(() -> replica.size() == 500);
      Manifest manifest = bench.take(Workbench.nodes(master.port(), replica.port()));
      ShardManifest shard = manifest.shards().get(0);
      assertThat(shard.role()).isEqualTo("replica");
      assertThat(shard.node()).isEqualTo(replica.address());
      assertThat(shard.replicationId()).isEqualTo(master.info("master_replid"));
      try (RedisProcess copy = bench.load(manifest, shard)) {
        assertThat(copy.digest()).isEqualTo(master.digest());
      }
    }
  }

  @Test
  void eachShardOfAClusterHoldsExactlyTheKeysOfItsSlots() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(3, 1, BackupTakerTest::server)) {
      for (int i = 0; i < 3000; i++) {
        int slot = JedisClusterCRC16.getSlot("key:" + i);
        int shard = slot < cluster.firstSlot(1) ? 0 : slot < cluster.firstSlot(2) ? 1 : 2;
        cluster.masters().get(shard).command("SET", "key:" + i, "value " + i);
      }
      for (int i = 0; i < 3; i++) {
        cluster.masters().get(i).command("WAIT", "1", "10000");
      }
      List<String> nodes = new ArrayList<>();
      Manifest manifest = bench.take(Workbench.nodes(cluster.masters().get(1).port()));
      assertThat(manifest.shards())
          .extracting(ShardManifest::name)
          .containsExactly("shard-00000", "shard-05461", "shard-10922");
      assertThat(manifest.shards().stream().flatMap(s -> s.slots().stream()).toList())
          .containsExactly(
              new SlotRange(0, 5460), new SlotRange(5461, 10921), new SlotRange(10922, 16383));
      long keys = 0;
      for (int i = 0; i < 3; i++) {
        ShardManifest shard = manifest.shards().get(i);
        nodes.add(shard.node());
        try (RedisProcess copy = bench.load(manifest, shard)) {
          assertThat(copy.digest()).isEqualTo(cluster.masters().get(i).digest());
          assertThat(copy.size()).isEqualTo(cluster.masters().get(i).size());
          keys += copy.size();
        }
      }
      assertThat(keys).isEqualTo(3000);
      assertThat(nodes)
          .containsExactly(
              cluster.replicasOf(0).get(0).address(),
              cluster.replicasOf(1).get(0).address(),
              cluster.replicasOf(2).get(0).address());
    }
  }

  @Test
  void declaredShardsAreStoredUnderTheirNames() throws Exception {
    try (RedisProcess one = server().start();
        RedisProcess other = server().start()) {
      one.fill(10, 10);
      Manifest manifest =
          bench.take(
              Workbench.shards(
                  Workbench.shard("zeta", one.port()), Workbench.shard("alpha", other.port())));
      assertThat(manifest.shards())
          .extracting(ShardManifest::name, ShardManifest::node)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("alpha", other.address()),
              org.assertj.core.groups.Tuple.tuple("zeta", one.address()));
      assertThat(bench.listed().get(0).shardNames()).containsExactly("alpha", "zeta");
    }
  }

  @Test
  void aFaultOfTheFirstAttemptAloneIsOvercomeByTheSecond() throws Exception {
    try (RedisProcess redis = server().start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      redis.fill(2000, 500);
      // The first attempt makes three connections: topology, preflight, snapshot.
      proxy.limitTo(3);
      proxy.dropAfter(200_000);
      Manifest manifest = bench.take(Workbench.nodes(proxy.port()));
      try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
        assertThat(copy.digest()).isEqualTo(redis.digest());
      }
      assertThat(proxy.connections()).isEqualTo(2 * 3);
      assertThat(bench.listed()).hasSize(1);
    }
  }

  @Test
  void theMinimalRightsAreEnough() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+psync", "+replconf", "+info");
      Manifest manifest =
          bench.take(Workbench.nodes(new Credentials("backup", "pw"), redis.port()));
      assertThat(bench.listed()).extracting(e -> e.id()).containsExactly(manifest.backupId());
    }
  }

  @Test
  void progressRisesToTheWholeAndAllShards() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.fill(2000, 500);
      List<Long> bytes = new ArrayList<>();
      List<Integer> done = new ArrayList<>();
      Manifest manifest =
          bench
              .taker(1)
              .take(
                  Workbench.order(Workbench.nodes(redis.port())),
                  (b, d, t) -> {
                    bytes.add(b);
                    done.add(d);
                    assertThat(t).isEqualTo(1);
                  },
                  new io.managedredis.capture.Cancellation());
      assertThat(bytes).isSorted().last().isEqualTo(manifest.shards().get(0).rawBytes());
      assertThat(done).startsWith(0).endsWith(1).isSorted();
    }
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0");
  }

  private static String crcAtTheEnd(byte[] rdb) {
    StringBuilder hex = new StringBuilder();
    for (int i = rdb.length - 1; i >= rdb.length - 8; i--) {
      hex.append(HexFormat.of().toHexDigits(rdb[i]));
    }
    return hex.toString();
  }
}
