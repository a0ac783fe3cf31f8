package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisClusterTest {
  @Test
  void aClusterWithReplicasIsUpOnAllNodes() {
    try (RedisCluster cluster = RedisCluster.start(3, 1)) {
      assertThat(cluster.nodes())
          .hasSize(6)
          .allSatisfy(
              node ->
                  assertThat((String) node.command("CLUSTER", "INFO"))
                      .contains("cluster_state:ok", "cluster_size:3"));
    }
  }
}
