package io.managedredis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Answers of real servers, shortened to the sections that matter. */
class NodeInfoTest {
  private static final String REDIS_62_MASTER =
      """
      # Server
      redis_version:6.2.6
      redis_mode:standalone

      # Persistence
      loading:0

      # Memory
      used_memory:1048576
      used_memory_human:1.00M

      # Replication
      role:master
      connected_slaves:3
      slave0:ip=127.0.0.1,port=7002,state=online,offset=14,lag=0
      slave1:ip=127.0.0.1,port=7003,state=wait_bgsave,offset=0,lag=0
      slave2:ip=::1,port=7004,state=online,offset=14,lag=1
      master_failover_state:no-failover
      master_replid:8371445ef8e2d1c6c3a4f7c2c3a4f7c2c3a4f7c2
      master_repl_offset:14

      # Cluster
      cluster_enabled:0
      """;

  private static final String VALKEY_9_REPLICA =
      """
      # Server
      redis_version:7.2.4
      server_name:valkey
      valkey_version:9.1.2
      valkey_release_stage:ga
      server_mode:cluster

      # Persistence
      loading:0

      # Memory
      used_memory:2000000

      # Replication
      role:slave
      master_host:redis-0.example.org
      master_port:6379
      master_link_status:up
      master_last_io_seconds_ago:1
      master_sync_in_progress:0
      slave_read_repl_offset:900
      slave_repl_offset:880
      slave_priority:100
      connected_slaves:0
      master_replid:1111111111111111111111111111111111111111
      master_repl_offset:881

      # Cluster
      cluster_enabled:1
      """;

  @Test
  void aMasterOfRedis6SaysWhichReplicasAreOnline() {
    NodeInfo info = NodeInfo.parse(crlf(REDIS_62_MASTER));
    assertThat(info.master()).isTrue();
    assertThat(info.healthyReplica()).isFalse();
    assertThat(info.serverName()).isEqualTo("redis");
    assertThat(info.serverVersion()).isEqualTo("6.2.6");
    assertThat(info.majorMinor()).isEqualTo("6.2");
    assertThat(info.replicas())
        .containsExactly(new NodeAddress("127.0.0.1", 7002), new NodeAddress("::1", 7004));
    assertThat(info.replicationId()).isEqualTo("8371445ef8e2d1c6c3a4f7c2c3a4f7c2c3a4f7c2");
    assertThat(info.replicationOffset()).isEqualTo(14);
    assertThat(info.usedMemoryBytes()).isEqualTo(1_048_576);
    assertThat(info.masterAddress()).isNull();
    assertThat(info.clusterMode()).isFalse();
    assertThat(info.loading()).isFalse();
  }

  @Test
  void aReplicaOfValkeyIsValkeyByItsOwnVersionAndOffset() {
    NodeInfo info = NodeInfo.parse(crlf(VALKEY_9_REPLICA));
    assertThat(info.master()).isFalse();
    assertThat(info.healthyReplica()).isTrue();
    assertThat(info.serverName()).isEqualTo("valkey");
    assertThat(info.serverVersion()).isEqualTo("9.1.2");
    assertThat(info.replicationOffset()).isEqualTo(880);
    assertThat(info.masterAddress()).isEqualTo(new NodeAddress("redis-0.example.org", 6379));
    assertThat(info.clusterMode()).isTrue();
  }

  @Test
  void aReplicaThatSynchronisesOrHasLostItsMasterIsNotHealthy() {
    assertThat(
            NodeInfo.parse(
                    VALKEY_9_REPLICA.replace(
                        "master_sync_in_progress:0", "master_sync_in_progress:1"))
                .healthyReplica())
        .isFalse();
    assertThat(
            NodeInfo.parse(
                    VALKEY_9_REPLICA.replace("master_link_status:up", "master_link_status:down"))
                .healthyReplica())
        .isFalse();
  }

  @Test
  void aNodeThatLoadsSaysSo() {
    assertThat(NodeInfo.parse(REDIS_62_MASTER.replace("loading:0", "loading:1")).loading())
        .isTrue();
  }

  @Test
  void whatIsNoInfoCountsAsEmpty() {
    NodeInfo info = NodeInfo.parse("used_memory:lots\r\nslave0:nonsense\r\n:\r\n\r\nred");
    assertThat(info.serverVersion()).isEqualTo("unknown");
    assertThat(info.majorMinor()).isEqualTo("unknown");
    assertThat(info.usedMemoryBytes()).isZero();
    assertThat(info.replicas()).isEmpty();
    assertThat(info.replicationId()).isEmpty();
  }

  @Test
  void anAddressThatIsNoneDoesNotCount() {
    NodeInfo info =
        NodeInfo.parse(
            """
            role:master
            slave0:ip=,port=7002,state=online
            slave1:ip=h,port=70000,state=online
            slave2:ip=h,port=x,state=online
            slave3:ip=h,port=1,state=online
            """);
    assertThat(info.replicas()).containsExactly(new NodeAddress("h", 1));
  }

  private static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }
}
