package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.rdb.Structure.Outcome;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeySlotsTest {
  private static final String MAGIC = "REDIS0011";

  /** What CLUSTER KEYSLOT answers; the first is 0x31c3, the check value of CRC-16/XMODEM. */
  @ParameterizedTest
  @CsvSource({
    "123456789, 12739",
    "foo, 12182",
    "{foo}bar, 12182",
    "a{foo}bar{baz}, 12182",
    "somekey, 11058",
    "foo{}{bar}, 8363",
    "foo{{bar}}zap, 4015",
    "a{b, 13340",
    "a}b{c, 13587",
    "}{x}, 16287",
    "{{}, 4092",
    "{}b, 6680",
    "'', 0"
  })
  void hashesTheTagOrAllOfAKey(String key, int slot) {
    byte[] file = RdbBytes.file(MAGIC).key(key).finished();
    for (int size = 1; size <= file.length; size++) {
      assertThat(Structures.inChunks(file, size).slots().stream()).containsExactly(slot);
    }
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "-7, 249", "127, 127", "-128, 128"})
  void anIntegerIsItsDecimalText(String text, int written) {
    byte[] file = RdbBytes.file(MAGIC).raw(0, 0xc0, written).text("value").finished();
    assertThat(Structures.of(file).slots()).isEqualTo(slotsOf(text));
  }

  @Test
  void integersAreLittleEndian() {
    RdbBytes file = RdbBytes.file(MAGIC).raw(0, 0xc1, 0x48, 0xf4).text("value");
    byte[] both = file.raw(0, 0xc2, 0xd2, 0x02, 0x96, 0x49).text("value").finished();
    BitSet expected = new BitSet();
    slotsOf("-3000").stream().forEach(expected::set);
    slotsOf("1234567890").stream().forEach(expected::set);
    for (int size = 1; size <= both.length; size++) {
      assertThat(Structures.inChunks(both, size).slots()).isEqualTo(new KeySlots(expected, 0));
    }
  }

  /** One letter as it is, and nine times the same by a repetition with a distance of one. */
  @Test
  void decompressesKeys() {
    byte[] file =
        RdbBytes.file(MAGIC).raw(0, 0xc3, 5, 10, 0, 'a', 0xe0, 0, 0).text("value").finished();
    for (int size = 1; size <= file.length; size++) {
      Structure structure = Structures.inChunks(file, size);
      assertThat(structure.detail()).isEmpty();
      assertThat(structure.slots()).isEqualTo(slotsOf("aaaaaaaaaa"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "too short, 5, 11, 0",
    "too long, 5, 9, 0",
    "ends inside a repetition, 4, 10, 0",
    "goes back beyond the start, 5, 10, 1"
  })
  void aKeyThatCanNotBeDecompressedIsBroken(String why, int compressed, int length, int distance) {
    RdbBytes file = RdbBytes.file(MAGIC).key("first").raw(0);
    int offset = file.size();
    file.raw(0xc3, compressed, length, 0, 'a', 0xe0, 0, distance).text("value");
    Structure structure = Structures.of(file.finished());
    assertThat(structure.outcome()).as(why).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).as(why).isEqualTo(offset);
  }

  @Test
  void compressedKeysAreJudgedUpTo64KiB() {
    assertThat(Structures.of(compressed(LzfKey.LONGEST)).slots().unjudgedKeys()).isZero();
    assertThat(Structures.of(compressed(LzfKey.LONGEST)).slots().count()).isEqualTo(1);
    assertThat(Structures.of(compressed(LzfKey.LONGEST + 1)).slots().unjudgedKeys()).isEqualTo(1);
    assertThat(Structures.of(compressed(LzfKey.LONGEST + 1)).slots().count()).isZero();
  }

  @Test
  void uncompressedKeysOfAnyLengthAreJudged() {
    RdbBytes file = RdbBytes.file(MAGIC).raw(0, 0x80, 0, 0x10, 0, 0).raw('{', 'a', '}');
    byte[] whole = file.zeros((1 << 20) - 3).text("value").finished();
    assertThat(Structures.inChunks(whole, 1000).slots()).isEqualTo(slotsOf("a"));
  }

  @Test
  void knowsNoSlotsOutsideOfTheirRange() {
    KeySlots slots = slotsOf("foo");
    assertThat(slots.contains(12182)).isTrue();
    assertThat(slots.contains(12183)).isFalse();
    assertThat(slots.contains(-1)).isFalse();
    assertThat(slots.contains(KeySlots.SLOTS)).isFalse();
  }

  @Test
  void doesNotChangeWithWhatItWasMadeOf() {
    BitSet bits = new BitSet();
    KeySlots slots = new KeySlots(bits, 0);
    bits.set(1);
    assertThat(slots).isEqualTo(KeySlots.none());
  }

  @Test
  void refusesSlotsThatAreNone() {
    BitSet bits = new BitSet();
    bits.set(KeySlots.SLOTS);
    assertThatThrownBy(() -> new KeySlots(bits, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** A key of so many letters: one as it is, then repetitions of up to 264. */
  private static byte[] compressed(int length) {
    int repeated = length - 1;
    int full = repeated / 264;
    int rest = repeated % 264;
    RdbBytes file = RdbBytes.file(MAGIC).raw(0, 0xc3).numbers(2 + 3L * (full + 1), length);
    file.raw(0, 'a');
    for (int i = 0; i < full; i++) {
      file.raw(0xe0, 255, 0);
    }
    return file.raw(0xe0, rest - 9, 0).text("value").finished();
  }

  private static KeySlots slotsOf(String key) {
    return Structures.of(RdbBytes.file(MAGIC).key(key).finished()).slots();
  }
}
