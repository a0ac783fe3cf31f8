package io.managedredis.cluster;

import static io.managedredis.cluster.Declarations.at;
import static io.managedredis.cluster.Declarations.nodes;
import static io.managedredis.cluster.Declarations.shard;
import static io.managedredis.cluster.Declarations.shards;
import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.cluster.ClusterHealth.Finding;
import io.managedredis.cluster.ClusterHealth.Level;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterHealthTest {
  private static final Duration AMPLE = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration NEVER = Duration.ZERO;

  private final TopologyReader reader = new TopologyReader();
  private final List<ClusterHealth> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(ClusterHealth::close);
    reader.close();
  }

  @Test
  void allNodesAnsweringIsAlive() throws Exception {
    try (RedisProcess redis = RedisProcess.start()) {
      Finding finding = health(AMPLE, NEVER).of(nodes(redis));
      assertThat(finding.level()).isEqualTo(Level.ALIVE);
      assertThat(finding.readable()).isTrue();
      assertThat(finding.version()).contains("6.2");
      assertThat(finding.trouble()).isNull();
    }
  }

  @Test
  void aSilentNodeBesideOneThatAnswersIsDegraded() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        RedisProcess gone = RedisProcess.start()) {
      gone.kill();
      Finding finding = health(AMPLE, NEVER).of(nodes(redis, gone));
      assertThat(finding.level()).isEqualTo(Level.DEGRADED);
      assertThat(finding.readable()).isTrue();
    }
  }

  @Test
  void aShardWithoutAnAnswerIsDead() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        RedisProcess gone = RedisProcess.start()) {
      gone.kill();
      Finding finding = health(AMPLE, NEVER).of(shards(shard("a", redis), shard("b", gone)));
      assertThat(finding.level()).isEqualTo(Level.DEAD);
      assertThat(finding.readable()).isFalse();
    }
  }

  @Test
  void noAnswerAtAllIsDeadAndSaysWhy() throws Exception {
    try (RedisProcess gone = RedisProcess.start()) {
      gone.kill();
      Finding finding = health(AMPLE, NEVER).of(nodes(gone));
      assertThat(finding.level()).isEqualTo(Level.DEAD);
      assertThat(finding.topology()).isNull();
      assertThat(finding.trouble()).hasMessageContaining(gone.address());
    }
  }

  @Test
  void aLoneReplicaIsAliveButNotReadable() throws Exception {
    try (RedisProcess replica = RedisProcess.start()) {
      replica.command("REPLICAOF", "127.0.0.1", "1");
      Finding finding = health(AMPLE, NEVER).of(nodes(replica));
      assertThat(finding.level()).isEqualTo(Level.ALIVE);
      assertThat(finding.readable()).isFalse();
    }
  }

  @Test
  void aFindingIsKept() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      ClusterHealth health = health(AMPLE, LONG);
      Finding first = health.of(proxied(proxy));
      redis.kill();
      assertThat(health.of(proxied(proxy))).isSameAs(first);
      assertThat(proxy.connections()).isEqualTo(1);
    }
  }

  @Test
  void aFindingThatIsTooOldIsAskedForAgain() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      ClusterHealth health = health(AMPLE, NEVER);
      assertThat(health.of(proxied(proxy)).level()).isEqualTo(Level.ALIVE);
      redis.kill();
      assertThat(health.of(proxied(proxy)).level()).isEqualTo(Level.DEAD);
    }
  }

  @Test
  void callersAtTheSameTimeShareOneProbe() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      ClusterHealth health = health(AMPLE, LONG);
      proxy.stallAfter(0);
      ExecutorService callers = Executors.newFixedThreadPool(20);
      try {
        CountDownLatch ready = new CountDownLatch(20);
        List<Future<Finding>> findings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          findings.add(
              callers.submit(
                  () -> {
                    ready.countDown();
                    ready.await();
                    return health.of(proxied(proxy));
                  }));
        }
        ready.await();
        Awaitility.await().until(() -> proxy.connections() > 0);
        proxy.none();
        for (Future<Finding> finding : findings) {
          assertThat(finding.get(30, TimeUnit.SECONDS).level()).isEqualTo(Level.ALIVE);
        }
        assertThat(proxy.connections()).isEqualTo(1);
      } finally {
        callers.shutdownNow();
      }
    }
  }

  @Test
  void severalClustersAreAskedAtOnceAndASilentOneHoldsNobodyUp() throws Exception {
    Duration timeout = Duration.ofMillis(700);
    try (RedisProcess redis = RedisProcess.start();
        ScriptedServer silent = ScriptedServer.script().start()) {
      ClusterHealth health = health(timeout, LONG);
      List<ClusterDeclaration> clusters = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        clusters.add(named("silent" + i, silent.port()));
      }
      clusters.add(named("good", redis.port()));
      long start = System.nanoTime();
      Map<String, Finding> findings = health.of(clusters);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(timeout.multipliedBy(5));
      assertThat(findings).hasSize(6);
      assertThat(findings.get("good")).extracting(f -> f.level()).isEqualTo(Level.ALIVE);
      assertThat(findings.get("silent3")).extracting(f -> f.level()).isEqualTo(Level.DEAD);
    }
  }

  private ClusterHealth health(Duration nodeTimeout, Duration keep) {
    ClusterHealth health = new ClusterHealth(reader, nodeTimeout, keep);
    open.add(health);
    return health;
  }

  private static ClusterDeclaration proxied(FaultProxy proxy) {
    return nodes(List.of(at(proxy.port())), null);
  }

  private static ClusterDeclaration named(String id, int port) {
    return new ClusterDeclaration(id, "f1", id, List.of(at(port)), List.of(), null, null);
  }
}
