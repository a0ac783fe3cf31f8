package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.managedredis.rdb.Structure.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made by hand: what no server at hand writes, and what none would. */
class StructureReaderTest {
  private static final String REDIS = "REDIS0014";
  private static final String VALKEY = "VALKEY080";

  @Test
  void walksAFileWithoutAnyKey() {
    Structure structure = Structures.of(RdbBytes.file("REDIS0009").finished());
    assertThat(structure)
        .isEqualTo(new Structure(Outcome.WALKED, 18, "", List.of(), 0, KeySlots.none()));
  }

  @Test
  void keysBeforeAnyDatabaseBelongToTheFirst() {
    Structure structure = Structures.of(RdbBytes.file(REDIS).key("a").finished());
    assertThat(structure.databases())
        .containsExactly(new DatabaseContents(0, 1, 0, -1, -1, Map.of(ValueType.STRING, 1L), 0));
  }

  @Test
  void addsUpADatabaseThatIsSelectedTwice() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0xfe, 5).key("a").raw(0xfe, 2).key("b");
    Structure structure = Structures.of(file.raw(0xfe, 5).key("c").finished());
    assertThat(structure.databases())
        .extracting(DatabaseContents::index, DatabaseContents::keys)
        .containsExactly(tuple(2L, 1L), tuple(5L, 2L));
  }

  @Test
  void anExpiryBelongsToTheNextKeyAlone() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0xfd).zeros(4).raw(0xf8, 1).raw(0xf9, 255).key("a");
    Structure structure = Structures.of(file.key("b").raw(0xfc).zeros(8).key("c").finished());
    assertThat(structure.databases().get(0).expires()).isEqualTo(2);
    assertThat(structure.databases().get(0).keys()).isEqualTo(3);
  }

  @Test
  void walksTheOldestEncodings() {
    RdbBytes file = RdbBytes.file("REDIS0006");
    file.raw(1).text("list").raw(2).text("a").text("b");
    file.raw(3).text("zset").raw(4);
    file.text("a").text("3.14").text("b").raw(253).text("c").raw(254).text("d").raw(255);
    file.raw(9).text("zipmap").text("...").raw(10).text("ziplist").text("...");
    Structure structure = Structures.of(file.finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.WALKED);
    assertThat(structure.databases().get(0).keysByType())
        .isEqualTo(Map.of(ValueType.LIST, 2L, ValueType.SORTED_SET, 1L, ValueType.HASH, 1L));
  }

  @Test
  void walksHashesOfReleaseCandidates() {
    RdbBytes file = RdbBytes.file("REDIS0012");
    file.raw(22).text("table").raw(1).numbers(1).text("field").text("value");
    Structure structure = Structures.of(file.raw(23).text("packed").text("...").finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.WALKED);
    assertThat(structure.databases().get(0).hashFieldExpiries()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {26, 27})
  void walksStreamsWithProducers(int type) {
    RdbBytes file = RdbBytes.file(REDIS).raw(type).text("stream");
    file.raw(1).text("0123456789abcdef").text("listpack").numbers(1, 2, 3, 4, 5, 6, 7, -1);
    file.raw(1).text("group").numbers(8, 9, -1).raw(1).zeros(24).numbers(1);
    file.raw(1).text("consumer").zeros(16).raw(1).zeros(16);
    if (type == 27) {
      file.raw(2).zeros(32);
    }
    file.numbers(100, 1000).raw(1).text("producer").raw(2);
    file.text("first").numbers(1, 1).text("second").numbers(2, 1).numbers(5, 6);
    Structure structure = Structures.of(file.key("behind").finished());
    assertThat(structure.detail()).isEmpty();
    assertThat(structure.databases().get(0).keysByType())
        .isEqualTo(Map.of(ValueType.STREAM, 1L, ValueType.STRING, 1L));
  }

  @Test
  void branchesOnTheFamily() {
    RdbBytes redis = RdbBytes.file(REDIS).raw(243, 2);
    redis.zeros(4).raw(2, 7, 0).zeros(4).raw(5).text("metadata").raw(0).key("key");
    RdbBytes valkey = RdbBytes.file(VALKEY).raw(243).text("job").raw(2).numbers(0, 99, 200, 300);
    valkey.raw(22).text("hash").raw(1).text("field").text("value").zeros(8);
    assertThat(Structures.of(redis.finished()).detail()).isEmpty();
    assertThat(Structures.of(valkey.finished()).detail()).isEmpty();
  }

  /** The way in which a length is written says nothing about how great it is. */
  @Test
  void readsLengthsInAllWaysOfWritingThem() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0).text("a").raw(0x40, 1, 'x').raw(0).text("b");
    file.raw(0x80, 0, 0, 0, 1, 'x').raw(0).text("c").numbers(1).raw('x');
    file.raw(0).text("d").raw(0x7f, 0xff).zeros(16383).raw(0).text("e");
    file.raw(0x80, 0, 1, 0x86, 0xa0).zeros(100_000);
    Structure structure = Structures.of(file.finished());
    assertThat(structure.detail()).isEmpty();
    assertThat(structure.keys()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({
    "REDIS0014, 28",
    "REDIS0014, 6",
    "REDIS0014, 8",
    "REDIS0014, 246",
    "REDIS0014, 200",
    "VALKEY081, 23",
    "VALKEY081, 242"
  })
  void tellsWhatItDoesNotKnowAndWhere(String magic, int code) {
    RdbBytes file = RdbBytes.file(magic).raw(0xfe, 0).key("known");
    int offset = file.size();
    Structure structure = Structures.of(file.raw(code).text("key").text("value").finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(structure.offset()).isEqualTo(offset);
    assertThat(structure.detail()).contains(String.valueOf(code), magic);
    assertThat(structure.keys()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RDB000009", "redis0009", "-ERR no!!", "REDIS0004", "VALKEY00x"})
  void doesNotKnowOtherMagics(String magic) {
    Structure structure = Structures.of(RdbBytes.file(magic).finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(structure.offset()).isZero();
  }

  @Test
  void doesNotKnowOtherModuleOpcodes() {
    RdbBytes file = RdbBytes.file(REDIS).raw(7).text("key").numbers(1).raw(2, 1);
    int offset = file.size();
    Structure structure = Structures.of(file.raw(6, 0).finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(structure.offset()).isEqualTo(offset);
  }

  @Test
  void doesNotKnowOtherStringEncodings() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0).text("key");
    int offset = file.size();
    Structure structure = Structures.of(file.raw(0xc4).finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(structure.offset()).isEqualTo(offset);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1})
  void noServerWritesLengthsOrCountsFrom2To63On(long length) {
    for (int type : new int[] {0, 1, 2, 4, 5, 14, 15, 18}) {
      RdbBytes file = RdbBytes.file(REDIS).raw(type).text("key");
      int offset = file.size();
      Structure structure = Structures.of(file.numbers(length).zeros(100).finished());
      assertThat(structure.outcome()).as("type %d", type).isEqualTo(Outcome.BROKEN);
      assertThat(structure.offset()).as("type %d", type).isEqualTo(offset);
    }
  }

  @Test
  void aLengthBeyondTheFileEndsEarly() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0).text("key").numbers(Long.MAX_VALUE).zeros(100);
    Structure structure = Structures.of(file.unfinished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).isEqualTo(file.size());
    assertThat(structure.detail()).contains("ends at " + file.size(), "value type 0");
  }

  @Test
  void aCountBeyondTheFileEndsEarly() {
    RdbBytes file = RdbBytes.file(REDIS).raw(1).text("key").numbers(Long.MAX_VALUE).zeros(100_000);
    Structure structure = Structures.of(file.unfinished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(structure.detail()).contains("ends at");
  }

  @ParameterizedTest
  @CsvSource({
    "nothing compressed, 0, 10",
    "nothing in it, 10, 0",
    "grows by compression, 10, 10",
    "shrinks more than LZF can, 10, 1000",
    "negative, -1, 10",
    "negative once decompressed, 10, -1"
  })
  void noServerWritesTheseLengthsOfCompressedStrings(String why, long compressed, long length) {
    RdbBytes file = RdbBytes.file(REDIS).raw(0).text("key");
    int offset = file.size();
    Structure structure =
        Structures.of(file.raw(0xc3).numbers(compressed, length).zeros(20).finished());
    assertThat(structure.outcome()).as(why).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).as(why).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({
    "a length of no known form, 0x82",
    "a length of no known form, 0xbf",
    "a string encoding in place of a count, 0xc0"
  })
  void noServerWritesTheseNumbers(String why, String first) {
    RdbBytes file = RdbBytes.file(REDIS).raw(1).text("key");
    int offset = file.size();
    Structure structure = Structures.of(file.raw(Integer.decode(first)).zeros(20).finished());
    assertThat(structure.outcome()).as(why).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).as(why).isEqualTo(offset);
  }

  @Test
  void noServerWritesOtherNodesOfLists() {
    RdbBytes file = RdbBytes.file(REDIS).raw(18).text("key").raw(1);
    int offset = file.size();
    Structure structure = Structures.of(file.raw(3).text("node").finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).isEqualTo(offset);
  }

  @Test
  void noServerWritesAttributesWithoutAKey() {
    RdbBytes file = RdbBytes.file(REDIS).raw(0xfc).zeros(8);
    int offset = file.size();
    Structure structure = Structures.of(file.finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).isEqualTo(offset);
  }

  @Test
  void nothingMayFollowTheEnd() {
    RdbBytes file = RdbBytes.file(REDIS).key("a").raw(0xff).zeros(8);
    int offset = file.size();
    Structure structure = Structures.of(file.raw('\n').unfinished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
    assertThat(structure.offset()).isEqualTo(offset);
  }

  @Test
  void noServerHasDatabasesFrom2To31On() {
    Structure structure =
        Structures.of(RdbBytes.file(REDIS).raw(0xfe).numbers(1L << 31).finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void doesNotTellEndlessDatabasesApart() {
    RdbBytes file = RdbBytes.file(REDIS);
    int offset = 0;
    for (int index = 0; index < 20_000; index++) {
      if (index == DatabaseTallies.MOST_DATABASES) {
        offset = file.size() + 1;
      }
      file.raw(0xfe).numbers(index);
    }
    Structure structure = Structures.of(file.finished());
    assertThat(structure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(structure.offset()).isEqualTo(offset);
    assertThat(structure.databases()).hasSize(DatabaseTallies.MOST_DATABASES);
  }

  @Test
  void stopsWalkingAtTheFirstTrouble() {
    StructureReader reader = new StructureReader();
    byte[] good = RdbBytes.file(REDIS).key("a").unfinished();
    reader.update(good, 0, good.length);
    assertThat(reader.walking()).isTrue();
    reader.update(new byte[] {(byte) 200}, 0, 1);
    assertThat(reader.walking()).isFalse();
    Structure before = reader.finish();
    reader.update(good, 0, good.length);
    assertThat(reader.finish()).isEqualTo(before);
  }

  @Test
  void tellsNothingOfKeysAndValues() {
    RdbBytes file = RdbBytes.file(REDIS).raw(1).text("secret-key").raw(2).text("secret-value");
    assertThat(Structures.of(file.unfinished()).toString()).doesNotContain("secret");
    assertThat(Structures.of(file.raw(0xc9).unfinished()).toString()).doesNotContain("secret");
  }

  @Test
  void doesNotNoteSlotsUnasked() {
    byte[] file = RdbBytes.file(REDIS).key("a").finished();
    StructureReader reader = new StructureReader();
    reader.update(file, 0, file.length);
    assertThat(reader.finish().slots()).isEqualTo(KeySlots.none());
  }

  @Test
  void refusesARangeOutsideTheArray() {
    StructureReader reader = new StructureReader();
    assertThatThrownBy(() -> reader.update(new byte[10], 5, 6))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
