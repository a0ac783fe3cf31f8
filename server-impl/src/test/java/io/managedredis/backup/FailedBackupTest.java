package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.backup.BackupFailedException.Reason;
import io.managedredis.capture.Cancellation;
import io.managedredis.capture.Deadlines;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.SlotRange;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisCluster;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that must fail: with a message that helps, and with nothing left of them. */
@Timeout(150)
class FailedBackupTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(500);

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

  private enum Fault {
    DROPPED,
    STALLED,
    FLIPPED;

    void set(FaultProxy proxy) {
      switch (this) {
        case DROPPED -> proxy.dropAfter(300_000);
        case STALLED -> proxy.stallAfter(300_000);
        case FLIPPED -> proxy.flipByteAt(300_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aSnapshotThatDoesNotArriveWholeFailsAfterAllAttempts(Fault fault) throws Exception {
    try (RedisProcess redis = server().start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      redis.fill(2000, 500);
      fault.set(proxy);
      BackupFailedException e = failure(bench.taker(2, stalling(), bench.repository), proxy);
      assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED_SNAPSHOT);
      assertThat(e)
          .hasMessageContaining("Shard shard1")
          .hasMessageContaining(proxy.address())
          .hasMessageContaining("tried 2 times");
      nothingIsLeft();
      proxy.none();
      Awaitility.await().until(() -> proxy.openSockets() == 0);
    }
  }

  @Test
  void aFirstByteThatNeverComesIsADeadlineAndNotTriedAgain() throws Exception {
    try (RedisProcess redis =
            RedisProcess.builder()
                .setting("repl-diskless-sync", "yes")
                .setting("repl-diskless-sync-delay", "100")
                .start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      Deadlines deadlines = new Deadlines(LONG, LONG, SHORT, LONG, LONG);
      BackupFailedException e = failure(bench.taker(3, deadlines, bench.repository), proxy);
      assertThat(e.reason()).isEqualTo(Reason.DEADLINE);
      assertThat(e).hasMessageContaining("shard1").hasMessageContaining(proxy.address());
      // Topology, preflight, snapshot: once.
      assertThat(proxy.connections()).isEqualTo(3);
      nothingIsLeft();
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithoutShowingIt() throws Exception {
    try (RedisProcess redis = server().password("right").start()) {
      BackupFailedException e =
          failure(Workbench.nodes(new Credentials(null, "wr0ngsecret"), redis.port()));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e)
          .hasMessageContaining("shard1")
          .hasMessageContaining(redis.address())
          .hasMessageContaining("password")
          .hasMessageNotContaining("wr0ngsecret");
      nothingIsLeft();
    }
  }

  @Test
  void aDeniedPsyncSaysWhatToGrant() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.command("ACL", "SETUSER", "backup", "on", ">pw", "+replconf", "+info");
      BackupFailedException e =
          failure(Workbench.nodes(new Credentials("backup", "pw"), redis.port()));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e)
          .hasMessageContaining("Shard shard1")
          .hasMessageContaining(redis.address())
          .hasMessageContaining("+psync");
      nothingIsLeft();
    }
  }

  @Test
  void aServerThatIsDownIsNamedWithWhatToDo() throws Exception {
    try (RedisProcess redis = server().start()) {
      redis.kill();
      BackupFailedException e = failure(Workbench.nodes(redis.port()));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e)
          .hasMessageContaining("Shard shard1")
          .hasMessageContaining(redis.address())
          .hasMessageContaining("Check that the node runs");
      nothingIsLeft();
    }
  }

  @Test
  void oneShardOfThreeThatIsDownIsNamed() throws Exception {
    try (RedisProcess a = server().start();
        RedisProcess b = server().start();
        RedisProcess c = server().start()) {
      b.kill();
      BackupFailedException e =
          failure(
              Workbench.shards(
                  Workbench.shard("left", a.port()),
                  Workbench.shard("middle", b.port()),
                  Workbench.shard("right", c.port())));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining("Shard middle").hasMessageContaining(b.address());
      nothingIsLeft();
    }
  }

  @Test
  void oneShardOfThreeThatFailsEndsTheOthers() throws Exception {
    RedisProcess.Builder slow =
        RedisProcess.builder()
            .setting("repl-diskless-sync", "yes")
            .setting("repl-diskless-sync-delay", "100");
    try (RedisProcess a = slow.start();
        RedisProcess b = server().start();
        RedisProcess c = slow.start();
        FaultProxy proxy = FaultProxy.to(b)) {
      b.fill(2000, 500);
      proxy.dropAfter(300_000);
      BackupFailedException e =
          failure(
              bench.taker(1),
              Workbench.shards(
                  Workbench.shard("left", a.port()),
                  Workbench.shard("middle", proxy.port()),
                  Workbench.shard("right", c.port())));
      assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED_SNAPSHOT);
      assertThat(e).hasMessageContaining("Shard middle").hasMessageContaining(proxy.address());
      nothingIsLeft();
      Awaitility.await().until(() -> a.info("connected_slaves").equals("0"));
      Awaitility.await().until(() -> c.info("connected_slaves").equals("0"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noThreadOutlivesABackup(boolean fails) throws Exception {
    try (RedisProcess redis = server().start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      redis.fill(2000, 500);
      if (fails) {
        proxy.dropAfter(300_000);
      }
      // Threads belong to the group of whoever starts them.
      ThreadGroup group = new ThreadGroup("one backup");
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      Thread thread =
          new Thread(
              group,
              () -> thrown.set(catchThrowable(() -> bench.take(Workbench.nodes(proxy.port())))));
      thread.start();
      thread.join(60_000);
      assertThat(thrown.get() != null).isEqualTo(fails);
      bench.topologies.close();
      Awaitility.await().until(() -> group.activeCount() == 0);
      proxy.none();
      Awaitility.await().until(() -> proxy.openSockets() == 0);
    }
  }

  @Test
  void tooLittleSpaceIsFoundBeforeAnythingIsWritten() throws Exception {
    try (RedisProcess redis = server().start()) {
      RepositoryWrapper small =
          new RepositoryWrapper(bench.repository) {
            @Override
            public long usableBytes() {
              return 65L << 20;
            }

            @Override
            public io.managedredis.repository.PendingBackup begin(
                io.managedredis.repository.BackupId id) {
              throw new AssertionError("written to");
            }
          };
      redis.fill(20, 100_000);
      BackupFailedException e =
          failure(bench.taker(3, Workbench.deadlines(), small), Workbench.nodes(redis.port()));
      assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(e).hasMessageContaining("65 MiB free").hasMessageContaining("Delete backups");
      assertThat(redis.info("sync_full")).isEqualTo("0");
      nothingIsLeft();
    }
  }

  @Test
  void aCatalogueThatFailsAfterTheCommitTakesTheBackupBack() throws Exception {
    try (RedisProcess redis = server().start()) {
      BackupTaker taker = bench.taker(1);
      bench.catalog.close();
      BackupFailedException e = failure(taker, Workbench.nodes(redis.port()));
      assertThat(e.reason()).isEqualTo(Reason.STORAGE);
      assertThat(bench.stored()).isEmpty();
    }
  }

  @Test
  void cancellingEndsACaptureThatWaits() throws Exception {
    try (RedisProcess redis =
        RedisProcess.builder()
            .setting("repl-diskless-sync", "yes")
            .setting("repl-diskless-sync-delay", "100")
            .start()) {
      Cancellation cancellation = new Cancellation();
      CompletableFuture<@Nullable Throwable> ended =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () ->
                          bench
                              .taker(3)
                              .take(
                                  Workbench.order(Workbench.nodes(redis.port())),
                                  (b, d, t) -> {},
                                  cancellation)));
      Awaitility.await().until(() -> redis.info("connected_slaves").equals("1"));
      cancellation.cancel();
      Throwable thrown = ended.get(10, TimeUnit.SECONDS);
      assertThat(thrown)
          .isInstanceOfSatisfying(
              BackupFailedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
      nothingIsLeft();
    }
  }

  @Test
  void cancellingBetweenAttemptsEndsThePause() throws Exception {
    try (RedisProcess redis = server().start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      redis.fill(2000, 500);
      proxy.dropAfter(300_000);
      Cancellation cancellation = new Cancellation();
      BackupTaker patient =
          new BackupTaker(
              bench.topologies,
              new io.managedredis.capture.SnapshotClient(Workbench.deadlines()),
              bench.repository,
              new Listing(bench.repository, bench.catalog.backups()),
              new BackupTaker.Policy(1, 2, LONG, Duration.ofHours(1)));
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<@Nullable Throwable> ended =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () ->
                          patient.take(
                              Workbench.order(Workbench.nodes(proxy.port())),
                              (b, d, t) -> begun.countDown(),
                              cancellation)));
      begun.await();
      Awaitility.await().until(() -> proxy.connections() == 3 && proxy.openSockets() == 0);
      cancellation.cancel();
      assertThat(ended.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              BackupFailedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
      nothingIsLeft();
    }
  }

  @Test
  void slotsThatChangeHandsMeanwhileFailTheOnlyAttempt() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(3, 0, FailedBackupTest::held)) {
      CompletableFuture<@Nullable Throwable> ended = inBackground(cluster, bench.taker(1));
      awaitCaptures(cluster.masters());
      move(16383, cluster);
      assertThat(ended.get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              BackupFailedException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.TOPOLOGY_CHANGED);
                assertThat(e).hasMessageContaining("slots of shard shard-00000");
              });
      nothingIsLeft();
    }
  }

  @Test
  void slotsThatChangeHandsInTheFirstAttemptAreRightInTheSecond() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(3, 0, FailedBackupTest::held)) {
      CompletableFuture<@Nullable Throwable> ended = inBackground(cluster, bench.taker(2));
      awaitCaptures(cluster.masters());
      move(16383, cluster);
      assertThat(ended.get(60, TimeUnit.SECONDS)).isNull();
      Manifest manifest =
          bench
              .repository
              .manifest(
                  io.managedredis.repository.BackupId.parse(bench.listed().get(0).id())
                      .orElseThrow())
              .orElseThrow();
      assertThat(manifest.shards())
          .extracting(ShardManifest::slots)
          .containsExactly(
              List.of(new SlotRange(0, 5460), new SlotRange(16383, 16383)),
              List.of(new SlotRange(5461, 10921)),
              List.of(new SlotRange(10922, 16382)));
    }
  }

  @Test
  void aFailoverMeanwhileEndsInABackupThatFitsTogetherOrInNone() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(3, 1, FailedBackupTest::held)) {
      cluster.masters().get(0).command("SET", keyBelow(cluster.firstSlot(1)), "value");
      RedisProcess replica = cluster.replicasOf(0).get(0);
      Awaitility.await().until(() -> !replica.info("slave_repl_offset").equals("0"));
      CompletableFuture<@Nullable Throwable> ended = inBackground(cluster, bench.taker(4));
      awaitCaptures(List.of(replica));
      replica.command("CLUSTER", "FAILOVER");
      Throwable thrown = ended.get(120, TimeUnit.SECONDS);
      assertThat(replica.info("role")).isEqualTo("master");
      if (thrown == null) {
        Manifest manifest =
            bench
                .repository
                .manifest(
                    io.managedredis.repository.BackupId.parse(bench.listed().get(0).id())
                        .orElseThrow())
                .orElseThrow();
        assertThat(manifest.shards())
            .extracting(ShardManifest::slots)
            .containsExactly(
                List.of(new SlotRange(0, 5460)),
                List.of(new SlotRange(5461, 10921)),
                List.of(new SlotRange(10922, 16383)));
        try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
          assertThat(copy.size()).isEqualTo(1);
        }
      } else {
        assertThat(thrown)
            .isInstanceOfSatisfying(
                BackupFailedException.class,
                e ->
                    assertThat(e.reason())
                        .isIn(Reason.TOPOLOGY_CHANGED, Reason.INTERRUPTED_SNAPSHOT));
        nothingIsLeft();
      }
    }
  }

  private CompletableFuture<@Nullable Throwable> inBackground(
      RedisCluster cluster, BackupTaker taker) {
    ClusterDeclaration declared = Workbench.nodes(cluster.masters().get(1).port());
    return CompletableFuture.supplyAsync(
        () ->
            catchThrowable(
                () -> taker.take(Workbench.order(declared), (b, d, t) -> {}, new Cancellation())));
  }

  private static void awaitCaptures(List<RedisProcess> sources) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> sources.stream().allMatch(s -> s.info("slave0").contains("state=wait_bgsave")));
  }

  /** Gives a slot of the third master to the first, the way redis-cli does it. */
  private static void move(int slot, RedisCluster cluster) {
    RedisProcess to = cluster.masters().get(0);
    RedisProcess from = cluster.masters().get(2);
    String number = String.valueOf(slot);
    to.command("CLUSTER", "SETSLOT", number, "IMPORTING", id(from));
    from.command("CLUSTER", "SETSLOT", number, "MIGRATING", id(to));
    to.command("CLUSTER", "SETSLOT", number, "NODE", id(to));
    from.command("CLUSTER", "SETSLOT", number, "NODE", id(to));
    cluster.masters().get(1).command("CLUSTER", "SETSLOT", number, "NODE", id(to));
  }

  private static String id(RedisProcess node) {
    return String.valueOf(Objects.requireNonNull(node.command("CLUSTER", "MYID")));
  }

  private static String keyBelow(int slot) {
    for (int i = 0; ; i++) {
      if (redis.clients.jedis.util.JedisClusterCRC16.getSlot("key:" + i) < slot) {
        return "key:" + i;
      }
    }
  }

  /** A node that waits for two seconds before it begins a snapshot. */
  private static RedisProcess.Builder held() {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "2");
  }

  private static RedisProcess.Builder server() {
    return RedisProcess.builder().setting("repl-diskless-sync-delay", "0");
  }

  private static Deadlines stalling() {
    return new Deadlines(LONG, LONG, LONG, SHORT, LONG);
  }

  private BackupFailedException failure(ClusterDeclaration cluster) {
    return failure(bench.taker(3), cluster);
  }

  private static BackupFailedException failure(BackupTaker taker, FaultProxy proxy) {
    return failure(taker, Workbench.nodes(proxy.port()));
  }

  private static BackupFailedException failure(BackupTaker taker, ClusterDeclaration cluster) {
    return catchThrowableOfType(
        BackupFailedException.class,
        () -> taker.take(Workbench.order(cluster), (b, d, t) -> {}, new Cancellation()));
  }

  private void nothingIsLeft() throws IOException {
    assertThat(bench.stored()).isEmpty();
    assertThat(bench.listed()).isEmpty();
    LocalRepository repository = bench.repository;
    assertThat(repository.leftovers()).isEmpty();
  }
}
