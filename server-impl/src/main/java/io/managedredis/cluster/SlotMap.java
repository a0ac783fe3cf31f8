package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which slots, as one node's {@code CLUSTER NODES} tells it.
 *
 * @param owners the masters that own slots, by their lowest slot ascending
 * @param moving the slots that are being imported or migrated, as the node spelled them; a node
 *     only tells its own
 * @see <a href="https://redis.io/docs/latest/commands/cluster-nodes/">CLUSTER NODES</a>
 */
public record SlotMap(List<Owner> owners, List<String> moving) {

  /**
   * A master with its slots and replicas.
   *
   * @param nodeId 40 hexadecimal digits
   * @param address where it listens
   * @param configEpoch rises with every failover and slot that changes hands
   * @param slots ascending
   * @param replicas where its replicas listen
   */
  public record Owner(
      String nodeId,
      NodeAddress address,
      long configEpoch,
      List<SlotRange> slots,
      List<NodeAddress> replicas) {

    /**
     * A name that survives a failover and another order of nodes: it comes from the lowest slot
     * that the shard owns.
     */
    public String shardName() {
      return String.format(Locale.ROOT, "shard-%05d", slots.get(0).from());
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
    List<String[]> lines = new ArrayList<>();
    for (String line : answer.split("\r?\n", -1)) {
      if (!line.isBlank()) {
        String[] columns = line.strip().split(" ", -1);
        if (columns.length < 8) {
          throw malformed(asked, line, null);
        }
        lines.add(columns);
      }
    }
    List<Owner> owners = new ArrayList<>();
    List<String> moving = new ArrayList<>();
    for (String[] columns : lines) {
      List<SlotRange> slots = new ArrayList<>();
      try {
        for (int i = 8; i < columns.length; i++) {
          if (columns[i].startsWith("[")) {
            moving.add(columns[i]);
          } else {
            slots.add(range(columns[i]));
          }
        }
        if (!slots.isEmpty()) {
          slots.sort(Comparator.comparingInt(SlotRange::from));
          owners.add(
              new Owner(
                  columns[0],
                  address(columns[1], asked),
                  Long.parseLong(columns[6]),
                  List.copyOf(slots),
                  replicas(lines, columns[0], asked)));
        }
      } catch (IllegalArgumentException e) {
        throw malformed(asked, String.join(" ", columns), e);
      }
    }
    owners.sort(Comparator.comparingInt(owner -> owner.slots().get(0).from()));
    return new SlotMap(List.copyOf(owners), List.copyOf(moving));
  }

  private static List<NodeAddress> replicas(
      List<String[]> lines, String masterId, NodeAddress asked) {
    return lines.stream()
        .filter(c -> c[3].equals(masterId) && !c[2].contains("noaddr"))
        .map(c -> address(c[1], asked))
        .toList();
  }

  private static NodeAddress address(String column, NodeAddress asked) {
    String text = column.split(",", 2)[0];
    int at = text.indexOf('@');
    String hostAndPort = at < 0 ? text : text.substring(0, at);
    int colon = hostAndPort.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port in " + column);
    }
    String host = hostAndPort.substring(0, colon);
    return new NodeAddress(
        host.isEmpty() ? asked.host() : host, Integer.parseInt(hostAndPort.substring(colon + 1)));
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
