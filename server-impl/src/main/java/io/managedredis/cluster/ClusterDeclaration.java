package io.managedredis.cluster;

import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as the operator declared it.
 *
 * @param id 1 to 50 characters, {@code [a-z0-9][-a-z0-9]*}
 * @param folderId the folder that the cluster and its backups belong to, 1 to 50 characters
 * @param name at most 63 characters, {@code [a-zA-Z0-9_-]*}
 * @param nodes any nodes of a cluster in cluster mode, or the nodes of the only shard; empty when
 *     {@code shards} are declared
 * @param shards the declared shards of a cluster that is not in cluster mode; empty when {@code
 *     nodes} are declared
 * @param credentials who to be on every node; null without authentication
 * @param tls how to open every connection; null for plain TCP
 */
public record ClusterDeclaration(
    String id,
    String folderId,
    String name,
    List<NodeAddress> nodes,
    List<ShardDeclaration> shards,
    @Nullable Credentials credentials,
    @Nullable SSLSocketFactory tls) {

  /** The name of the shard of a cluster that has one shard and names none. */
  public static final String ONLY_SHARD = "shard1";

  private static final int LONGEST_SHOWN = 2000;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /** A shorter one could be read from what is missing. */
  private static final int SHORTEST_HIDDEN = 4;

  /** Throws {@link IllegalArgumentException} unless exactly one of nodes and shards is given. */
  public ClusterDeclaration {
    nodes = List.copyOf(nodes);
    shards = List.copyOf(shards);
    if (nodes.isEmpty() == shards.isEmpty()) {
      throw new IllegalArgumentException("a cluster has either nodes or shards");
    }
  }

  /**
   * A message as it may be logged and answered though it quotes what a node said: in one line, of
   * bounded length, and without the password, which every node is told and could repeat.
   */
  public String shown(String message) {
    String safe = withoutPassword(message);
    String cut = safe.length() > LONGEST_SHOWN ? safe.substring(0, LONGEST_SHOWN) + "…" : safe;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  private String withoutPassword(String message) {
    return tells(message) && credentials != null
        ? message.replace(credentials.password(), "(hidden)")
        : message;
  }

  /** Whether a text holds the password of this cluster. */
  boolean tells(String text) {
    return credentials != null
        && credentials.password().length() >= SHORTEST_HIDDEN
        && text.contains(credentials.password());
  }

  /**
   * A declared shard.
   *
   * @param name 1 to 63 characters, {@code [a-zA-Z0-9_-]}
   * @param nodes its master and replicas, in any order
   */
  public record ShardDeclaration(String name, List<NodeAddress> nodes) {
    /** Copies the list. */
    public ShardDeclaration {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * Who to be on a node.
   *
   * @param username an ACL user; null for the default user
   * @param password never printed
   */
  public record Credentials(@Nullable String username, String password) {
    @Override
    public String toString() {
      return "Credentials[username=" + username + ", password=(hidden)]";
    }
  }
}
