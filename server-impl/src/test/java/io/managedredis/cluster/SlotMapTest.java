package io.managedredis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to CLUSTER NODES as real servers give them. */
class SlotMapTest {
  private static final NodeAddress ASKED = new NodeAddress("10.0.0.9", 7001);
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);

  @Test
  void redis6TellsMastersWithTheirSlotsAndReplicas() throws TopologyException {
    SlotMap map =
        parse(
            B + " 127.0.0.1:7002@17002 master - 0 1607000000000 2 connected 8192-16383",
            A + " 127.0.0.1:7001@17001 myself,master - 0 0 7 connected 0-100 200 300-8191",
            C + " 127.0.0.1:7003@17003 slave " + A + " 0 1607000000000 7 connected");
    assertThat(map.owners())
        .extracting(SlotMap.Owner::shardName)
        .containsExactly("shard-00000", "shard-08192");
    SlotMap.Owner first = map.owners().get(0);
    assertThat(first.master()).isEqualTo(new SlotMap.Member(A, new NodeAddress("127.0.0.1", 7001)));
    assertThat(first.configEpoch()).isEqualTo(7);
    assertThat(first.slots())
        .containsExactly(new SlotRange(0, 100), new SlotRange(200, 200), new SlotRange(300, 8191));
    assertThat(first.replicas())
        .containsExactly(new SlotMap.Member(C, new NodeAddress("127.0.0.1", 7003)));
    assertThat(map.moving()).isEmpty();
    assertThat(map.nodeId()).isEqualTo(A);
    assertThat(map.known()).containsExactlyInAnyOrder(A, B, C);
  }

  @Test
  @ResourceLock(Resources.LOCALE)
  void namesOfShardsHaveTheSameDigitsInEveryLocale() throws TopologyException {
    Locale usual = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      SlotMap map = parse(A + " 127.0.0.1:7001@17001 myself,master - 0 0 7 connected 12-16383");
      assertThat(map.owners().get(0).shardName()).isEqualTo("shard-00012");
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void redis7AndValkeyAddHostNamesAndMore() throws TopologyException {
    SlotMap map =
        parse(
            A + " 10.0.0.1:7001@17001,redis-0.example.org myself,master - 0 0 1 connected 0-8191",
            B
                + " 10.0.0.2:7001@17001,,tls-port=7101,shard-id="
                + C
                + " master - 0 5 2 connected 8192-16383");
    assertThat(map.owners())
        .extracting(owner -> owner.master().address())
        .containsExactly(new NodeAddress("10.0.0.1", 7001), new NodeAddress("10.0.0.2", 7001));
  }

  @Test
  void aNodeIsKnownByTheNameThatItAnnouncesWhereNamesCount() throws TopologyException {
    SlotMap map =
        SlotMap.parse(
            A
                + " 10.0.0.1:7001@17001,redis-0.example.org myself,master - 0 0 1 connected 0-8191\n"
                + B
                + " 10.0.0.2:7001@17001,,shard-id="
                + C
                + " master - 0 5 2 connected 8192-16383",
            new NodeAddress("redis.example.org", 7001),
            true);
    assertThat(map.owners())
        .extracting(owner -> owner.master().address())
        .containsExactly(
            new NodeAddress("redis-0.example.org", 7001), new NodeAddress("10.0.0.2", 7001));
  }

  @Test
  void anOldServerLeavesOutTheBusPort() throws TopologyException {
    assertThat(onlyMaster(parse(A + " 10.0.0.1:7001 master - 0 0 1 connected 5")))
        .isEqualTo(new NodeAddress("10.0.0.1", 7001));
  }

  @Test
  void anIpv6AddressHasNoBrackets() throws TopologyException {
    assertThat(onlyMaster(parse(A + " 2001:db8::7:7001@17001 master - 0 0 1 connected 5")))
        .isEqualTo(new NodeAddress("2001:db8::7", 7001));
  }

  @Test
  void aNodeThatDoesNotKnowItsAddressIsWhereWeAskedIt() throws TopologyException {
    assertThat(onlyMaster(parse(A + " :7001@17001 myself,master - 0 0 1 connected 0-16383")))
        .isEqualTo(new NodeAddress("10.0.0.9", 7001));
  }

  @Test
  void aFailedMasterStillOwnsItsSlots() throws TopologyException {
    SlotMap map =
        parse(
            A + " 127.0.0.1:7001@17001 master,fail - 0 5 1 disconnected 0-8191",
            B + " 127.0.0.1:7002@17002 myself,master - 0 0 2 connected 8192-16383",
            C + " 127.0.0.1:7003@17003 slave,fail? " + A + " 5 5 1 disconnected");
    assertThat(map.owners()).hasSize(2);
    assertThat(map.owners().get(0).replicas()).hasSize(1);
  }

  @Test
  void aMasterWithoutSlotsAndANodeWithoutAddressAreNoShards() throws TopologyException {
    SlotMap map =
        parse(
            A + " 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-16383",
            B + " :0@0 master,noaddr - 5 5 2 disconnected",
            C + " :0@0 slave,fail,noaddr " + A + " 5 5 1 disconnected",
            "d".repeat(40) + " 127.0.0.1:7004@17004 handshake - 0 0 0 connected");
    assertThat(map.owners()).singleElement().satisfies(o -> assertThat(o.replicas()).isEmpty());
  }

  @Test
  void aMasterWhoseAddressIsLostStillOwnsItsSlots() throws TopologyException {
    SlotMap map =
        parse(
            A + " :0@0 master,fail,noaddr - 5 5 1 disconnected 0-8191",
            B + " 127.0.0.1:7002@17002 myself,master - 0 0 2 connected 8192-16383",
            C + " 127.0.0.1:7003@17003 slave " + A + " 5 5 1 connected");
    assertThat(map.owners())
        .extracting(SlotMap.Owner::shardName)
        .containsExactly("shard-00000", "shard-08192");
    assertThat(map.owners().get(0).master()).isEqualTo(new SlotMap.Member(A, null));
    assertThat(map.owners().get(0).replicas()).hasSize(1);
  }

  @Test
  void viewsThatDifferOnlyInStateEpochAndOrderAgree() throws TopologyException {
    SlotMap one =
        parse(
            A + " 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-8191",
            B + " 127.0.0.1:7002@17002 master - 0 0 2 connected 8192-16383");
    SlotMap other =
        parse(
            B + " 127.0.0.1:7002@17002 myself,master - 0 7 4 connected 8192-16383",
            A + " 127.0.0.1:7001@17001 master,fail? - 3 9 1 disconnected 0-8191",
            C + " 127.0.0.1:7003@17003 slave " + A + " 5 5 1 connected");
    assertThat(one.differenceTo(other)).isEmpty();
    assertThat(other.differenceTo(one)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A master - 0 0 1 connected 0-8190;B master - 0 0 2 connected 8191-16383",
        "C master - 0 0 1 connected 0-8191;B master - 0 0 2 connected 8192-16383",
        "A master - 0 0 1 connected 0-8191",
        "A master - 0 0 1 connected 0-8191;B master - 0 0 2 connected 8192-16382;"
            + "C master - 0 0 3 connected 16383"
      })
  void anotherOwnerOrSlotIsADifferenceFromBothSides(String view) throws TopologyException {
    SlotMap usual =
        parse(
            A + " 127.0.0.1:7001@17001 master - 0 0 1 connected 0-8191",
            B + " 127.0.0.1:7002@17002 master - 0 0 2 connected 8192-16383");
    String address = " 127.0.0.1:7001@17001 ";
    SlotMap other =
        parse(
            view.replace("A ", A + address)
                .replace("B ", B + address)
                .replace("C ", C + address)
                .split(";"));
    assertThat(usual.differenceTo(other)).isPresent();
    assertThat(other.differenceTo(usual)).isPresent();
  }

  @Test
  void anOldViewIsOfTheSameClusterAndAForeignOneIsNot() throws TopologyException {
    SlotMap now =
        parse(
            A + " 127.0.0.1:7001@17001 slave " + B + " 0 0 2 connected",
            B + " 127.0.0.1:7002@17002 myself,master - 0 0 2 connected 0-16383");
    SlotMap old =
        parse(
            A + " 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-16383",
            B + " 127.0.0.1:7002@17002 slave " + A + " 0 0 1 connected");
    SlotMap foreign =
        parse(
            A + " 127.0.0.1:7001@17001 myself,slave " + C + " 0 0 9 connected",
            C + " 127.0.0.1:7003@17003 master - 0 0 9 connected 0-16383");
    assertThat(old.sameCluster(now)).isTrue();
    assertThat(now.sameCluster(old)).isTrue();
    assertThat(foreign.sameCluster(now)).isFalse();
    assertThat(now.sameCluster(foreign)).isFalse();
  }

  @Test
  void aSlotWithTwoOwnersIsAnError() {
    TopologyException e =
        catchThrowableOfType(
            TopologyException.class,
            () ->
                parse(
                    A + " 127.0.0.1:7001@17001 master - 0 0 1 connected 0-8192",
                    B + " 127.0.0.1:7002@17002 master - 0 0 2 connected 8192-16383"));
    assertThat(e.reason()).isEqualTo(TopologyException.Reason.PROTOCOL);
    assertThat(e).hasRootCauseMessage("slot 8192 has two owners");
  }

  @Test
  void slotsOnTheMoveAreToldAsTheNodeSpellsThem() throws TopologyException {
    SlotMap map =
        parse(
            A
                + " 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-16383 [77->-"
                + B
                + "] [93-<-"
                + C
                + "]");
    assertThat(map.moving()).containsExactly("[77->-" + B + "]", "[93-<-" + C + "]");
    assertThat(map.owners().get(0).slots()).containsExactly(new SlotRange(0, 16383));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "a b c d e f g",
        "id nowhere master - 0 0 1 connected 1",
        "id 127.0.0.1:x@1 master - 0 0 1 connected 1",
        "id 127.0.0.1:70000@1 master - 0 0 1 connected 1",
        "id 127.0.0.1:7001@1 master - 0 0 epoch connected 1",
        "id 127.0.0.1:7001@1 master - 0 0 1 connected 16384",
        "id 127.0.0.1:7001@1 master - 0 0 1 connected 5-4",
        "id 127.0.0.1:7001@1 master - 0 0 1 connected -5",
        "id 127.0.0.1:7001@1 master - 0 0 1 connected 1-2-3"
      })
  void anyOtherLineIsAnErrorThatShowsIt(String line) {
    TopologyException e = catchThrowableOfType(TopologyException.class, () -> parse(line));
    assertThat(e.reason()).isEqualTo(TopologyException.Reason.PROTOCOL);
    assertThat(e).hasMessageContaining("10.0.0.9:7001").hasMessageContaining(line);
  }

  @Test
  void aLineOfAMegabyteIsShownShort() {
    TopologyException e =
        catchThrowableOfType(TopologyException.class, () -> parse("x".repeat(1 << 20)));
    assertThat(e.getMessage()).hasSizeLessThan(500);
  }

  private static @Nullable NodeAddress onlyMaster(SlotMap map) {
    assertThat(map.owners()).hasSize(1);
    return map.owners().get(0).master().address();
  }

  private static SlotMap parse(String... lines) throws TopologyException {
    return SlotMap.parse(String.join("\n", lines) + "\n", ASKED);
  }
}
