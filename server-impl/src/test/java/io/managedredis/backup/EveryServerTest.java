package io.managedredis.backup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.repository.DatabaseContents;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardContents;
import io.managedredis.repository.ShardManifest;
import io.managedredis.testing.Contents;
import io.managedredis.testing.Dataset;
import io.managedredis.testing.Encodings;
import io.managedredis.testing.EveryServer;
import io.managedredis.testing.RdbChecker;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Backups of every server, given back to a stock server of the same version. */
class EveryServerTest {
  private static final String KEY = "short list";

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

  @EveryServer
  void theDatasetHasEveryEncodingOfTheServer(ServerVersion version) {
    try (RedisProcess server = version.builder().start()) {
      Dataset.fill(server);
      assertThat(Encodings.in(server)).isEqualTo(Encodings.of(version));
    }
  }

  @EveryServer
  void everythingComesBackFromASyncWithoutADisk(ServerVersion version) throws Exception {
    everythingComesBack(version, "yes");
  }

  @EveryServer
  void everythingComesBackFromASyncThroughADisk(ServerVersion version) throws Exception {
    everythingComesBack(version, "no");
  }

  private void everythingComesBack(ServerVersion version, String diskless) throws Exception {
    try (RedisProcess server = filled(version, diskless)) {
      Contents contents = Contents.of(server);
      try (RedisProcess copy = version.builder().dump(snapshot(server)).start()) {
        assertThat(Contents.of(copy)).isEqualTo(contents);
        assertThat(copy.digest()).isEqualTo(server.digest());
      }
    }
  }

  @EveryServer
  void anEmptyServerComesBackFromASyncWithoutADisk(ServerVersion version) throws Exception {
    anEmptyServerComesBack(version, "yes");
  }

  @EveryServer
  void anEmptyServerComesBackFromASyncThroughADisk(ServerVersion version) throws Exception {
    anEmptyServerComesBack(version, "no");
  }

  private void anEmptyServerComesBack(ServerVersion version, String diskless) throws Exception {
    try (RedisProcess server = server(version, diskless).start()) {
      Path snapshot = snapshot(server);
      assertThat(RdbChecker.of(version).keys(snapshot)).isZero();
      try (RedisProcess copy = version.builder().dump(snapshot).start()) {
        assertThat(Contents.of(copy)).isEqualTo(Contents.of(server));
        assertThat(copy.info("db0")).isEmpty();
      }
    }
  }

  @EveryServer
  void aClusterComesBackShardByShard(ServerVersion version) throws Exception {
    try (RedisCluster cluster = RedisCluster.start(2, 0, () -> server(version, "yes"))) {
      for (int i = 0; i < 2; i++) {
        Dataset.fillDatabase0(cluster.masters().get(i), tagOf(cluster, i));
      }
      Manifest manifest = take(cluster.masters().get(0));
      assertThat(manifest.shards()).hasSize(2);
      for (int i = 0; i < 2; i++) {
        assertThat(manifest.shards().get(i).proof().slots().outcome())
            .isEqualTo(Finding.Outcome.PROVEN);
        Path snapshot = bench.snapshot(manifest, manifest.shards().get(i));
        try (RedisProcess copy = version.builder().dump(snapshot).start()) {
          assertThat(Contents.of(copy)).isEqualTo(Contents.of(cluster.masters().get(i)));
        }
      }
    }
  }

  /** A hash tag whose slot the i-th master owns. */
  private static String tagOf(RedisCluster cluster, int master) {
    return IntStream.range(0, RedisCluster.SLOTS)
        .mapToObj(i -> "{" + i + "}")
        .filter(tag -> JedisClusterCRC16.getSlot(tag) >= cluster.firstSlot(master))
        .filter(tag -> JedisClusterCRC16.getSlot(tag) < cluster.firstSlot(master + 1))
        .findFirst()
        .orElseThrow();
  }

  @Tag("servers")
  @ParameterizedTest
  @EnumSource(names = {"REDIS_8_0", "VALKEY_9_1"})
  void aFieldExpiresWhenItWouldHave(ServerVersion version) throws Exception {
    try (RedisProcess server = server(version, "yes").start()) {
      server.command("HSET", "hash", "for now", "1", "for good", "2");
      server.command("HPEXPIREAT", "hash", "4102444800123", "FIELDS", "1", "for now");
      try (RedisProcess copy = version.builder().dump(snapshot(server)).start()) {
        assertThat(copy.command("HPEXPIRETIME", "hash", "FIELDS", "2", "for now", "for good"))
            .isEqualTo(List.of(4_102_444_800_123L, -1L));
      }
    }
  }

  @EveryServer
  void theManifestNamesTheServerAndItsFormat(ServerVersion version) throws Exception {
    try (RedisProcess server = filled(version, "yes")) {
      ShardManifest shard = take(server).shards().get(0);
      assertThat(shard.serverName()).isEqualTo(version.product());
      assertThat(shard.serverVersion()).startsWith(version.version() + ".");
      assertThat(shard.rdbMagic()).isEqualTo(version.magic());
      assertThat(shard.proof().checksum().outcome()).isEqualTo(Finding.Outcome.PROVEN);
      assertThat(shard.proof().structure().outcome()).isEqualTo(Finding.Outcome.PROVEN);
      assertThat(shard.proof().counts().outcome()).isEqualTo(Finding.Outcome.PROVEN);
    }
  }

  @EveryServer
  void theServersOwnCheckerReadsAsManyKeysAsTheServerHas(ServerVersion version) throws Exception {
    try (RedisProcess server = filled(version, "yes")) {
      assertThat(RdbChecker.of(version).keys(snapshot(server)))
          .isEqualTo(Contents.of(server).keys().size());
    }
  }

  @EveryServer
  void theManifestCountsWhatTheServerCounts(ServerVersion version) throws Exception {
    try (RedisProcess server = filled(version, "yes")) {
      ShardContents contents = take(server).shards().get(0).contents();
      assertThat(contents.keys()).isEqualTo(Contents.of(server).keys().size());
      assertThat(contents.databases()).hasSizeGreaterThan(1);
      for (DatabaseContents database : contents.databases()) {
        // keys=12,expires=3,avg_ttl=0 and more in newer servers
        assertThat(server.info("db" + database.index()) + ",")
            .startsWith("keys=" + database.keys() + ",expires=" + database.expires() + ",");
      }
    }
  }

  @EveryServer
  void howOftenAKeyWasUsedComesBack(ServerVersion version) throws Exception {
    try (RedisProcess server = using(version, "allkeys-lfu").start()) {
      Dataset.fill(server);
      restoreAnew(server, "FREQ", "200");
      Path snapshot = snapshot(server);
      try (RedisProcess copy = using(version, "allkeys-lfu").dump(snapshot).start()) {
        assertThat(copy.command("OBJECT", "FREQ", KEY)).isEqualTo(200L);
        assertThat(Contents.of(copy)).isEqualTo(Contents.of(server));
      }
    }
  }

  @EveryServer
  void howLongAKeyWasNotUsedComesBack(ServerVersion version) throws Exception {
    try (RedisProcess server = using(version, "allkeys-lru").start()) {
      Dataset.fill(server);
      restoreAnew(server, "IDLETIME", "100000");
      Path snapshot = snapshot(server);
      try (RedisProcess copy = using(version, "allkeys-lru").dump(snapshot).start()) {
        assertThat((Long) copy.command("OBJECT", "IDLETIME", KEY)).isBetween(100_000L, 100_100L);
        assertThat(Contents.of(copy)).isEqualTo(Contents.of(server));
      }
    }
  }

  private static void restoreAnew(RedisProcess server, String option, String value) {
    byte[] key = ascii(KEY);
    byte[] dumped = (byte[]) requireNonNull(server.commandBytes(ascii("DUMP"), key));
    server.commandBytes(
        ascii("RESTORE"), key, ascii("0"), dumped, ascii("REPLACE"), ascii(option), ascii(value));
  }

  private static RedisProcess filled(ServerVersion version, String diskless) {
    RedisProcess server = server(version, diskless).start();
    Dataset.fill(server);
    return server;
  }

  /** With a policy under which the server keeps account of uses; a use never counts less later. */
  private static RedisProcess.Builder using(ServerVersion version, String policy) {
    return server(version, "yes")
        .setting("maxmemory-policy", policy)
        .setting("lfu-decay-time", "0");
  }

  private static RedisProcess.Builder server(ServerVersion version, String diskless) {
    return version
        .builder()
        .setting("repl-diskless-sync", diskless)
        .setting("repl-diskless-sync-delay", "0");
  }

  private Manifest take(RedisProcess server) throws Exception {
    return bench.take(Workbench.nodes(server.port()));
  }

  /** A backup, read back from the repository. */
  private Path snapshot(RedisProcess server) throws Exception {
    Manifest manifest = take(server);
    return bench.snapshot(manifest, manifest.shards().get(0));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
