package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a cluster and the state of their nodes at one moment.
 *
 * @param clusterMode whether the nodes run in cluster mode and own slots
 * @param shards by name ascending
 * @param moving the slots that are being imported or migrated, as the nodes spelled them
 * @param unsettled why the map of slots can't be relied on: masters that do not answer or see
 *     another map; empty when all of them agree, and when not in cluster mode
 */
public record Topology(
    boolean clusterMode, List<Shard> shards, List<String> moving, List<String> unsettled) {

  /**
   * One shard.
   *
   * @param name unique in the cluster and stable across failovers
   * @param masterNodeId who owns the slots; null when not in cluster mode
   * @param configEpoch the owner's; 0 when not in cluster mode
   * @param slots ascending; empty when not in cluster mode
   * @param nodes its nodes, those that do not answer included
   */
  public record Shard(
      String name,
      @Nullable String masterNodeId,
      long configEpoch,
      List<SlotRange> slots,
      List<Node> nodes) {

    /** The node that says it is the master; empty when none answers that. */
    public Optional<Node> master() {
      return answering().filter(n -> n.requireInfo().master()).findFirst();
    }

    /**
     * The nodes that a snapshot can be read from, the best first: healthy replicas, the one with
     * the newest data first, then the master. A replica pays for the fork instead of the master,
     * and Sentinel, which reads only masters' INFO, never records our link as a replica. A replica
     * that follows another stream than this shard's master is none of this shard.
     */
    public List<Node> sources() {
      Optional<String> stream = master().map(n -> n.requireInfo().replicationId());
      Stream<Node> replicas =
          answering()
              .filter(n -> n.requireInfo().healthyReplica())
              .filter(n -> stream.isEmpty() || stream.get().equals(n.requireInfo().replicationId()))
              .sorted(
                  Comparator.comparingLong((Node n) -> n.requireInfo().replicationOffset())
                      .reversed());
      Stream<Node> masters = answering().filter(n -> n.requireInfo().master());
      return Stream.concat(replicas, masters).filter(n -> !n.requireInfo().loading()).toList();
    }

    /** Whether no node answers. */
    public boolean dead() {
      return answering().findAny().isEmpty();
    }

    private TopologyException unreadable() {
      List<String> why = new ArrayList<>();
      TopologyException.Reason reason =
          dead() ? TopologyException.Reason.UNREACHABLE : TopologyException.Reason.NOT_READY;
      for (Node node : nodes) {
        if (node.trouble() != null) {
          why.add(node.trouble().getMessage());
          if (node.trouble().reason() != TopologyException.Reason.UNREACHABLE && dead()) {
            reason = node.trouble().reason();
          }
        } else if (node.requireInfo().loading()) {
          why.add(node.address() + " is loading its data");
        } else if (node.requireInfo().healthyReplica()) {
          why.add(node.address() + " is a replica of another master");
        } else {
          why.add(node.address() + " is a replica without a link to its master");
        }
      }
      if (nodes.isEmpty()) {
        why.add("the cluster knows no address of its master " + masterNodeId + " or a replica");
      }
      return new TopologyException(
          reason,
          "Shard "
              + name
              + " has no node to read from: "
              + String.join("; ", why)
              + (reason == TopologyException.Reason.UNREACHABLE
                  ? ". Check that its nodes run and that this host reaches them."
                  : ""));
    }

    private Stream<Node> answering() {
      return nodes.stream().filter(n -> n.info() != null);
    }
  }

  /**
   * A node of a shard.
   *
   * @param address where it listens
   * @param info what it says of itself; null when it does not answer
   * @param trouble why it does not answer; null when it does
   */
  public record Node(
      NodeAddress address, @Nullable NodeInfo info, @Nullable TopologyException trouble) {

    /** What the node says of itself; only for one that answers. */
    public NodeInfo requireInfo() {
      if (info == null) {
        throw new IllegalStateException(address + " did not answer");
      }
      return info;
    }
  }

  /** Whether the keys are spread over shards. */
  public boolean sharded() {
    return clusterMode || shards.size() > 1;
  }

  /** The version that the first answering node runs, as {@code major.minor}. */
  public Optional<String> version() {
    return shards.stream()
        .flatMap(s -> s.nodes().stream())
        .flatMap(n -> Stream.ofNullable(n.info()))
        .map(NodeInfo::majorMinor)
        .findFirst();
  }

  /**
   * Answers nothing when every shard can be read now.
   *
   * @throws TopologyException saying what stands in the way: slots that move or that nobody owns, a
   *     shard without a node to read from, or masters that do not agree
   */
  public void requireReadable() throws TopologyException {
    if (!moving.isEmpty()) {
      throw new TopologyException(
          TopologyException.Reason.MOVING,
          "Slots are on the move: "
              + shown(moving, " ")
              + ". Take the backup when the migration is over.");
    }
    if (clusterMode && !uncovered().isEmpty()) {
      throw new TopologyException(
          TopologyException.Reason.NOT_READY,
          "Slots "
              + shown(uncovered(), " ")
              + " are owned by no node: a backup would miss their keys."
              + " Repair the cluster first, see CLUSTER NODES.");
    }
    for (Shard shard : shards) {
      if (shard.sources().isEmpty()) {
        throw shard.unreadable();
      }
    }
    if (!unsettled.isEmpty()) {
      throw new TopologyException(
          TopologyException.Reason.NOT_READY,
          "Who owns which slots can't be told for sure: "
              + shown(unsettled, "; ")
              + ". Wait until the cluster has settled, see CLUSTER NODES on each master.");
    }
  }

  private List<SlotRange> uncovered() {
    BitSet covered = new BitSet(SlotRange.SLOTS);
    for (Shard shard : shards) {
      shard.slots().forEach(range -> covered.set(range.from(), range.to() + 1));
    }
    List<SlotRange> gaps = new ArrayList<>();
    int from = covered.nextClearBit(0);
    while (from < SlotRange.SLOTS) {
      int next = covered.nextSetBit(from);
      int to = (next < 0 ? SlotRange.SLOTS : next) - 1;
      gaps.add(new SlotRange(from, to));
      from = covered.nextClearBit(to + 1);
    }
    return gaps;
  }

  /** The first few of many things. */
  static String shown(List<?> things, String separator) {
    String all =
        things.stream().limit(10).map(Object::toString).collect(Collectors.joining(separator));
    return things.size() > 10 ? all + " and " + (things.size() - 10) + " more" : all;
  }

  /**
   * Says how the ownership of slots differs from an earlier reading: another owner, other slots, a
   * higher epoch, slots on the move, or masters that do not answer or agree. Empty when a capture
   * between the two readings fits both.
   */
  public Optional<String> changeSince(Topology before) {
    if (!moving.isEmpty()) {
      return Optional.of("slots are on the move: " + shown(moving, " "));
    }
    if (!unsettled.isEmpty()) {
      return Optional.of(shown(unsettled, "; "));
    }
    if (before.shards.size() != shards.size()) {
      return Optional.of(
          "the number of shards went from " + before.shards.size() + " to " + shards.size());
    }
    for (int i = 0; i < shards.size(); i++) {
      Shard was = before.shards.get(i);
      Shard is = shards.get(i);
      if (!was.name().equals(is.name()) || !was.slots().equals(is.slots())) {
        return Optional.of(
            "the slots of shard "
                + was.name()
                + " changed from "
                + was.slots()
                + " to "
                + is.slots());
      }
      if (!Objects.equals(was.masterNodeId(), is.masterNodeId())) {
        return Optional.of("the master of shard " + was.name() + " changed");
      }
      if (was.configEpoch() != is.configEpoch()) {
        return Optional.of(
            "the configuration epoch of shard "
                + was.name()
                + " went from "
                + was.configEpoch()
                + " to "
                + is.configEpoch());
      }
    }
    return Optional.empty();
  }
}
