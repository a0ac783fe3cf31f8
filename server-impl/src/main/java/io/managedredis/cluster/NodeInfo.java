package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself in {@code INFO}.
 *
 * @param serverName {@code redis} or {@code valkey}
 * @param serverVersion such as {@code 7.0.15}
 * @param master whether the node is a master; otherwise it is a replica
 * @param healthyReplica a replica whose link to its master is up and that is not synchronising
 * @param loading whether it still reads its data from disk
 * @param replicationOffset how far its data is, in bytes of the replication stream
 * @param replicationId the id of the replication stream, 40 hexadecimal digits
 * @param masterAddress of a replica: where its master listens
 * @param replicas of a master: where its replicas listen, as far as they are online
 * @param usedMemoryBytes memory that the data and its overhead take, in bytes
 * @param clusterMode whether the node runs in cluster mode
 */
public record NodeInfo(
    String serverName,
    String serverVersion,
    boolean master,
    boolean healthyReplica,
    boolean loading,
    long replicationOffset,
    String replicationId,
    @Nullable NodeAddress masterAddress,
    List<NodeAddress> replicas,
    long usedMemoryBytes,
    boolean clusterMode) {

  /**
   * Reads the answer to {@code INFO}, whose lines are {@code field:value}. Fields that a server
   * does not send count as empty or zero.
   */
  public static NodeInfo parse(String answer) {
    Map<String, String> fields = new HashMap<>();
    for (String line : answer.split("\r?\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    boolean valkey = fields.containsKey("valkey_version");
    boolean master = "master".equals(fields.getOrDefault("role", "master"));
    return new NodeInfo(
        valkey ? "valkey" : "redis",
        fields.getOrDefault(valkey ? "valkey_version" : "redis_version", "unknown"),
        master,
        !master
            && "up".equals(fields.get("master_link_status"))
            && !"1".equals(fields.get("master_sync_in_progress")),
        "1".equals(fields.get("loading")),
        number(fields.get(master ? "master_repl_offset" : "slave_repl_offset")),
        fields.getOrDefault("master_replid", ""),
        master ? null : address(fields.get("master_host"), fields.get("master_port")),
        master ? replicas(fields) : List.of(),
        number(fields.get("used_memory")),
        "1".equals(fields.get("cluster_enabled")));
  }

  /** The version as {@code major.minor}. */
  public String majorMinor() {
    String[] parts = serverVersion.split("\\.", 3);
    return parts.length < 2 ? serverVersion : parts[0] + "." + parts[1];
  }

  private static List<NodeAddress> replicas(Map<String, String> fields) {
    List<NodeAddress> found = new ArrayList<>();
    // slave0:ip=127.0.0.1,port=7002,state=online,offset=14,lag=0
    for (int i = 0; ; i++) {
      String line = fields.get("slave" + i);
      if (line == null) {
        return found;
      }
      Map<String, String> replica = new HashMap<>();
      for (String pair : line.split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          replica.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
      NodeAddress address = address(replica.get("ip"), replica.get("port"));
      if (address != null && "online".equals(replica.get("state"))) {
        found.add(address);
      }
    }
  }

  private static @Nullable NodeAddress address(@Nullable String host, @Nullable String port) {
    try {
      return host == null || port == null ? null : new NodeAddress(host, Integer.parseInt(port));
    } catch (IllegalArgumentException e) {
      // A node may announce anything; what is no address can't be asked.
      return null;
    }
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? 0 : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      // Same: a number that is none says nothing.
      return 0;
    }
  }
}
