package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.rdb.DatabaseContents;
import io.managedredis.rdb.KeySlots;
import io.managedredis.rdb.Structure;
import io.managedredis.rdb.ValueType;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Finding.Outcome;
import io.managedredis.repository.SlotRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the examinations of a snapshot mean. */
class FindingsTest {
  private static final Instant AT = Instant.parse("2026-11-22T03:15:00Z");
  private static final List<SlotRange> OWNED = List.of(new SlotRange(0, 100));

  private final Findings findings = new Findings(AT);

  @Test
  void aChecksumThatMatchesIsProof() {
    assertThat(findings.checksum(5, 5)).isEqualTo(new Finding(Outcome.PROVEN, AT, ""));
  }

  @Test
  void aChecksumOfZeroIsNone() {
    assertThat(findings.checksum(5, 0).outcome()).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void aChecksumThatDiffersIsDamageThatNamesBoth() {
    Finding finding = findings.checksum(0x1234, 0xabcd);

    assertThat(finding.outcome()).isEqualTo(Outcome.DAMAGED);
    assertThat(finding.detail()).contains("0000000000001234", "000000000000abcd");
  }

  @Test
  void anUnknownPartIsNoDamage() {
    Structure unknown = structure(Structure.Outcome.UNKNOWN, 77, "value type 99", 3, 3);

    assertThat(findings.structure(unknown).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(findings.structure(unknown).detail())
        .isEqualTo("unknown from offset 77: value type 99");
    assertThat(findings.counts(unknown).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(findings.slots(unknown, OWNED).outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void aBrokenStructureIsDamageWithItsPlace() {
    Structure broken = structure(Structure.Outcome.BROKEN, 9, "a length of 2^63", 3, 3);

    assertThat(findings.structure(broken).outcome()).isEqualTo(Outcome.DAMAGED);
    assertThat(findings.structure(broken).detail())
        .isEqualTo("broken at offset 9: a length of 2^63");
  }

  @Test
  void asManyKeysAsAnnouncedIsProof() {
    assertThat(findings.counts(structure(Structure.Outcome.WALKED, 100, "", 3, 3)).outcome())
        .isEqualTo(Outcome.PROVEN);
  }

  @Test
  void anotherNumberOfKeysIsDamageThatNamesBoth() {
    Finding finding = findings.counts(structure(Structure.Outcome.WALKED, 100, "", 3, 4));

    assertThat(finding.outcome()).isEqualTo(Outcome.DAMAGED);
    assertThat(finding.detail()).contains("database 0 has 3 keys", "announced 4");
  }

  @Test
  void whatAServerDoesNotAnnounceIsNotCompared() {
    assertThat(findings.counts(structure(Structure.Outcome.WALKED, 100, "", 3, -1)).outcome())
        .isEqualTo(Outcome.ABSENT);
  }

  @Test
  void withoutClusterModeThereAreNoSlotsToCompare() {
    assertThat(
            findings.slots(structure(Structure.Outcome.WALKED, 100, "", 3, 3), List.of()).outcome())
        .isEqualTo(Outcome.ABSENT);
  }

  private static Structure structure(
      Structure.Outcome outcome, long offset, String detail, long keys, long announced) {
    return new Structure(
        outcome,
        offset,
        detail,
        List.of(
            new DatabaseContents(
                0, keys, 0, announced, announced < 0 ? -1 : 0, Map.of(ValueType.STRING, keys), 0)),
        0,
        KeySlots.none());
  }
}
