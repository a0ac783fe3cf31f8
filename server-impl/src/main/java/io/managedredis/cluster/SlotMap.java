package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which slots, as one node's {@code CLUSTER NODES} tells it.
 *
 * @param nodeId the node that tells it; null when none of its lines is marked as its own
 * @param known the ids of all nodes that it knows, its own included
 * @param owners the masters that own slots, by their lowest slot ascending
 * @param moving the slots that are being imported or migrated, as the node spelled them; a node
 *     only tells its own
 * @see <a href="https://redis.io/docs/latest/commands/cluster-nodes/">CLUSTER NODES</a>
 */
public record SlotMap(
    @Nullable String nodeId, Set<String> known, List<Owner> owners, List<String> moving) {

  /** Four times what a cluster is recommended to have; each of them may be asked. */
  private static final int MOST_NODES = 4000;

  /** Eight, and each slot by itself, with as many that move. */
  private static final int MOST_COLUMNS = 8 + 2 * SlotRange.SLOTS;

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z]{1,64}");
  private static final Pattern MOVING = Pattern.compile("\\[[0-9]{1,5}-[<>]-[0-9A-Za-z]{1,64}\\]?");

  /**
   * A node of the cluster.
   *
   * @param nodeId 40 hexadecimal digits
   * @param address where it listens; null when the cluster has lost its address
   */
  public record Member(String nodeId, @Nullable NodeAddress address) {}

  /**
   * A master with its slots and replicas.
   *
   * @param master who owns the slots
   * @param configEpoch rises with every failover and slot that changes hands
   * @param slots ascending
   * @param replicas those whose address is known
   */
  public record Owner(
      Member master, long configEpoch, List<SlotRange> slots, List<Member> replicas) {

    /** The master, and then the replicas. */
    public List<Member> members() {
      return Stream.concat(Stream.of(master), replicas.stream()).toList();
    }

    /**
     * A name that survives a failover and another order of nodes: it comes from the lowest slot
     * that the shard owns.
     */
    public String shardName() {
      return String.format(Locale.ROOT, "shard-%05d", slots.get(0).from());
    }

    private String claim() {
      return master.nodeId()
          + " with slots "
          + Topology.shown(slots, " ")
          + " at epoch "
          + configEpoch;
    }
  }

  /**
   * Reads {@code CLUSTER NODES}: {@code id ip:port@bus[,host] flags master ping pong epoch link
   * slot...}.
   *
   * @param asked where the answer came from; a node that does not know its own address leaves the
   *     host empty
   * @throws TopologyException when a line has another shape
   */
  public static SlotMap parse(String answer, NodeAddress asked) throws TopologyException {
    return parse(answer, asked, false);
  }

  /**
   * Reads {@code CLUSTER NODES} as {@link #parse(String, NodeAddress)} does.
   *
   * @param byName whether a node that announces a host name is known by it: what a certificate is
   *     issued for
   * @throws TopologyException when a line has another shape
   */
  static SlotMap parse(String answer, NodeAddress asked, boolean byName) throws TopologyException {
    List<String[]> lines = lines(answer, asked);
    Map<String, List<String[]>> followers =
        lines.stream().collect(Collectors.groupingBy(columns -> columns[3]));
    String myself = null;
    List<Owner> owners = new ArrayList<>();
    List<String> moving = new ArrayList<>();
    BitSet owned = new BitSet(SlotRange.SLOTS);
    for (String[] columns : lines) {
      if (hasFlag(columns, "myself")) {
        myself = columns[0];
      }
      List<SlotRange> slots = new ArrayList<>();
      try {
        for (int i = 8; i < columns.length; i++) {
          if (columns[i].startsWith("[")) {
            moving.add(moving(columns[i]));
          } else {
            slots.add(unowned(range(columns[i]), owned));
          }
        }
        if (!slots.isEmpty()) {
          slots.sort(Comparator.comparingInt(SlotRange::from));
          owners.add(
              new Owner(
                  member(columns, asked, byName),
                  Long.parseLong(columns[6]),
                  List.copyOf(slots),
                  replicas(followers.getOrDefault(columns[0], List.of()), asked, byName)));
        }
      } catch (IllegalArgumentException e) {
        throw malformed(asked, String.join(" ", columns), e);
      }
    }
    owners.sort(Comparator.comparingInt(owner -> owner.slots().get(0).from()));
    Set<String> known = lines.stream().map(c -> c[0]).collect(Collectors.toUnmodifiableSet());
    return new SlotMap(myself, known, List.copyOf(owners), List.copyOf(moving));
  }

  /** The columns of each line. */
  private static List<String[]> lines(String answer, NodeAddress asked) throws TopologyException {
    List<String[]> lines = new ArrayList<>();
    // An iterator, so that the lines behind the last one that is taken are never made.
    for (Iterator<String> all = answer.lines().iterator(); all.hasNext(); ) {
      String line = all.next();
      if (!line.isBlank()) {
        String[] columns = line.strip().split(" ", MOST_COLUMNS);
        if (columns.length < 8 || !ID.matcher(columns[0]).matches()) {
          throw malformed(asked, line, null);
        }
        lines.add(columns);
        if (lines.size() > MOST_NODES) {
          throw new TopologyException(
              TopologyException.Reason.PROTOCOL,
              asked
                  + " answered CLUSTER NODES with more than "
                  + MOST_NODES
                  + " nodes, which is more than this program asks");
        }
      }
    }
    return lines;
  }

  /** {@code [slot->-id]} or {@code [slot-<-id]}. */
  private static String moving(String column) {
    if (!MOVING.matcher(column).matches()) {
      throw new IllegalArgumentException("a slot that moves is told in another way");
    }
    return column;
  }

  /**
   * Says how the ownership of slots differs in another node's view; empty when the two agree on
   * every owner and its slots. Epochs may differ: others hear of a new one only with time.
   */
  public Optional<String> differenceTo(SlotMap other) {
    Map<String, Owner> theirs = new LinkedHashMap<>();
    other.owners.forEach(owner -> theirs.put(owner.master().nodeId(), owner));
    for (Owner mine : owners) {
      Owner their = theirs.remove(mine.master().nodeId());
      if (their == null || !their.slots().equals(mine.slots())) {
        return Optional.of(
            mine.claim() + " against " + (their == null ? "no slots" : their.claim()));
      }
    }
    return theirs.values().stream().findFirst().map(owner -> "no slots against " + owner.claim());
  }

  /** The owner with this id. */
  Optional<Owner> owner(String id) {
    return owners.stream().filter(owner -> owner.master().nodeId().equals(id)).findFirst();
  }

  /** Whether the two are views of one cluster, be one of them old. */
  boolean sameCluster(SlotMap other) {
    return owners.stream().anyMatch(owner -> other.known.contains(owner.master().nodeId()))
        && other.owners.stream().anyMatch(owner -> known.contains(owner.master().nodeId()));
  }

  private static boolean hasFlag(String[] columns, String flag) {
    return List.of(columns[2].split(",", -1)).contains(flag);
  }

  private static List<Member> replicas(
      List<String[]> followers, NodeAddress asked, boolean byName) {
    return followers.stream()
        .map(c -> member(c, asked, byName))
        .filter(replica -> replica.address() != null)
        .toList();
  }

  /** A node whose address turned out to be another's is listed with {@code :0@0}. */
  private static Member member(String[] columns, NodeAddress asked, boolean byName) {
    String[] parts = columns[1].split(",", 3);
    String text = parts[0];
    int at = text.indexOf('@');
    String hostAndPort = at < 0 ? text : text.substring(0, at);
    int colon = hostAndPort.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port in " + columns[1]);
    }
    String host = hostAndPort.substring(0, colon);
    int port = Integer.parseInt(hostAndPort.substring(colon + 1));
    boolean lost =
        hasFlag(columns, "noaddr") || port == 0 || (host.isEmpty() && !hasFlag(columns, "myself"));
    String name = byName && parts.length > 1 ? parts[1] : "";
    String reached = !name.isEmpty() ? name : host.isEmpty() ? asked.host() : host;
    return new Member(columns[0], lost ? null : new NodeAddress(reached, port));
  }

  private static SlotRange unowned(SlotRange range, BitSet owned) {
    int taken = owned.nextSetBit(range.from());
    if (taken >= 0 && taken <= range.to()) {
      throw new IllegalArgumentException("slot " + taken + " has two owners");
    }
    owned.set(range.from(), range.to() + 1);
    return range;
  }

  private static SlotRange range(String column) {
    int dash = column.indexOf('-');
    int from = Integer.parseInt(dash < 0 ? column : column.substring(0, dash));
    return new SlotRange(from, dash < 0 ? from : Integer.parseInt(column.substring(dash + 1)));
  }

  private static TopologyException malformed(
      NodeAddress asked, String line, @Nullable Throwable cause) {
    String shown = line.length() > 200 ? line.substring(0, 200) + "…" : line;
    return new TopologyException(
        TopologyException.Reason.PROTOCOL,
        asked + " answered CLUSTER NODES with a line that can't be read: \"" + shown + "\"",
        cause);
  }
}
