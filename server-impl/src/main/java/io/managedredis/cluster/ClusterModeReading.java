package io.managedredis.cluster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The topology of a cluster in cluster mode: what one node told, held against what the nodes say
 * that it named. Gossip takes seconds to reach everybody, so one view alone may be old; and only a
 * master itself tells that its slots are on the move.
 */
final class ClusterModeReading {

  /** Asks nodes, all at once; has an answer for each. */
  @FunctionalInterface
  interface Question {
    Map<NodeAddress, NodeProbe.Answer> ask(Set<NodeAddress> addresses) throws InterruptedException;
  }

  private final SlotMap map;
  private final Question question;
  private final Set<String> moving = new LinkedHashSet<>();
  private final List<String> unsettled = new ArrayList<>();

  ClusterModeReading(SlotMap map, Question question) {
    this.map = map;
    this.question = question;
  }

  Topology topology() throws InterruptedException {
    Set<NodeAddress> addresses = new LinkedHashSet<>();
    for (SlotMap.Owner owner : map.owners()) {
      for (SlotMap.Member member : owner.members()) {
        if (member.address() != null) {
          addresses.add(member.address());
        }
      }
    }
    Map<NodeAddress, NodeProbe.Answer> answers = question.ask(addresses);
    moving.addAll(map.moving());
    List<Topology.Shard> shards = new ArrayList<>();
    for (SlotMap.Owner owner : map.owners()) {
      shards.add(shard(owner, answers));
    }
    return new Topology(true, List.copyOf(shards), List.copyOf(moving), List.copyOf(unsettled));
  }

  private Topology.Shard shard(SlotMap.Owner owner, Map<NodeAddress, NodeProbe.Answer> answers) {
    long configEpoch = owner.configEpoch();
    List<Topology.Node> nodes = new ArrayList<>();
    for (SlotMap.Member member : owner.members()) {
      NodeProbe.Answer answer =
          member.address() == null ? null : checked(member, answers.get(member.address()));
      if (answer != null) {
        nodes.add(answer.node());
        if (answer.slotMap() != null) {
          moving.addAll(answer.slotMap().moving());
        }
      }
      if (member.equals(owner.master())) {
        checkMaster(owner, answer);
        configEpoch = answer == null ? configEpoch : ownEpoch(owner, answer);
      } else if (answer != null && answer.node().info() != null && answer.node().info().master()) {
        unsettled.add(member.address() + " was a replica and is a master now");
      }
    }
    return new Topology.Shard(
        owner.shardName(), owner.master().nodeId(), configEpoch, owner.slots(), List.copyOf(nodes));
  }

  /** Where a node was, another may be by now, with the data of another shard. */
  private static NodeProbe.Answer checked(
      SlotMap.Member member, NodeProbe.@Nullable Answer answer) {
    if (answer == null) {
      throw new IllegalStateException(member.address() + " was not asked");
    }
    if (answer.node().info() == null
        || (answer.slotMap() != null && member.nodeId().equals(answer.slotMap().nodeId()))) {
      return answer;
    }
    TopologyException trouble =
        new TopologyException(
            TopologyException.Reason.NOT_READY,
            answer.node().address()
                + " is not node "
                + member.nodeId()
                + " of the cluster any more");
    return new NodeProbe.Answer(new Topology.Node(answer.node().address(), null, trouble), null);
  }

  private void checkMaster(SlotMap.Owner owner, NodeProbe.@Nullable Answer answer) {
    if (answer == null) {
      unsettled.add(
          "the address of node "
              + owner.master().nodeId()
              + ", master of "
              + owner.shardName()
              + ", is unknown");
    } else if (answer.slotMap() == null) {
      unsettled.add(
          "the master of "
              + owner.shardName()
              + " does not say whether its slots move: "
              + why(answer));
    } else {
      answer
          .slotMap()
          .differenceTo(map)
          .ifPresent(difference -> unsettled.add(answer.node().address() + " sees " + difference));
    }
  }

  /** Slots that moved away and back left the map as it was, but not the owner's epoch. */
  private static long ownEpoch(SlotMap.Owner owner, NodeProbe.Answer answer) {
    SlotMap own = answer.slotMap();
    return own == null
        ? owner.configEpoch()
        : own.owner(owner.master().nodeId()).orElse(owner).configEpoch();
  }

  private static String why(NodeProbe.Answer answer) {
    TopologyException trouble = answer.node().trouble();
    return trouble == null
        ? answer.node().address() + " is not in cluster mode"
        : String.valueOf(trouble.getMessage());
  }
}
