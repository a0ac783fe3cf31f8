package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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

  /** Far more than a master feeds. */
  private static final int MOST_REPLICAS = 256;

  private static final Set<String> USED =
      Set.of(
          "valkey_version",
          "redis_version",
          "role",
          "master_link_status",
          "master_sync_in_progress",
          "loading",
          "master_repl_offset",
          "slave_repl_offset",
          "master_replid",
          "master_host",
          "master_port",
          "used_memory",
          "cluster_enabled");

  /** The names that are used are shorter. */
  private static final int LONGEST_NAME = 32;

  private static final Pattern REPLICA = Pattern.compile("slave[0-9]{1,9}");
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z.+_~-]{0,63}");
  private static final Pattern REPLICATION_ID = Pattern.compile("[0-9a-f]{40}");

  /**
   * Reads the answer to {@code INFO}, whose lines are {@code field:value}. Fields that a server
   * does not send, or sends as something else, count as unknown, empty or zero.
   */
  public static NodeInfo parse(String answer) {
    Map<String, String> fields = fields(answer);
    boolean valkey = fields.containsKey("valkey_version");
    boolean master = "master".equals(fields.getOrDefault("role", "master"));
    return new NodeInfo(
        valkey ? "valkey" : "redis",
        matching(VERSION, fields.get(valkey ? "valkey_version" : "redis_version"), "unknown"),
        master,
        !master
            && "up".equals(fields.get("master_link_status"))
            && !"1".equals(fields.get("master_sync_in_progress")),
        "1".equals(fields.get("loading")),
        number(fields.get(master ? "master_repl_offset" : "slave_repl_offset")),
        matching(REPLICATION_ID, fields.get("master_replid"), ""),
        master ? null : address(fields.get("master_host"), fields.get("master_port")),
        master ? replicas(fields) : List.of(),
        number(fields.get("used_memory")),
        "1".equals(fields.get("cluster_enabled")));
  }

  /** The same, when the version or the id of the stream is a text that must not be told. */
  NodeInfo without(Predicate<String> secret) {
    return new NodeInfo(
        serverName,
        secret.test(serverVersion) ? "unknown" : serverVersion,
        master,
        healthyReplica,
        loading,
        replicationOffset,
        secret.test(replicationId) ? "" : replicationId,
        masterAddress,
        replicas,
        usedMemoryBytes,
        clusterMode);
  }

  /** Line by line, so that a million of them takes no more room than the few that are used. */
  private static Map<String, String> fields(String answer) {
    Map<String, String> fields = new HashMap<>();
    int replicas = 0;
    for (int from = 0; from < answer.length(); ) {
      int newline = answer.indexOf('\n', from);
      int end = newline < 0 ? answer.length() : newline;
      int colon = answer.indexOf(':', from);
      if (colon > from && colon < end && colon - from <= LONGEST_NAME) {
        String name = answer.substring(from, colon);
        boolean replica =
            replicas < MOST_REPLICAS && name.startsWith("slave") && REPLICA.matcher(name).matches();
        if (replica || USED.contains(name)) {
          boolean carriageReturn = answer.charAt(end - 1) == '\r';
          fields.put(name, answer.substring(colon + 1, carriageReturn ? end - 1 : end));
          replicas += replica ? 1 : 0;
        }
      }
      from = end + 1;
    }
    return fields;
  }

  private static String matching(Pattern pattern, @Nullable String text, String otherwise) {
    return text != null && pattern.matcher(text).matches() ? text : otherwise;
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
