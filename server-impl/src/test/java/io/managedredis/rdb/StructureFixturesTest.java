package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.rdb.Structure.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that real servers wrote. What they should hold is what the servers said then. */
class StructureFixturesTest {
  static final String[] FIXTURES = Structures.FIXTURES;

  @ParameterizedTest
  @FieldSource("FIXTURES")
  void isWalkedToItsLastByte(String fixture) {
    byte[] file = Structures.fixture(fixture);
    Structure structure = Structures.of(file);
    assertThat(structure.detail()).isEmpty();
    assertThat(structure.outcome()).isEqualTo(Outcome.WALKED);
    assertThat(structure.offset()).isEqualTo(file.length);
  }

  @ParameterizedTest
  @CsvSource({
    "redis-6.2, 29, 2, 0",
    "redis-7.0, 30, 2, 0",
    "redis-7.0-module, 3, 0, 0",
    "redis-8.0, 31, 2, 2",
    "redis-8.0-cluster, 24, 1, 0",
    "valkey-8.1, 29, 2, 0",
    "valkey-8.1-cluster, 24, 1, 0",
    "valkey-9.1, 31, 2, 2",
    "valkey-9.1-cluster, 24, 1, 0"
  })
  void countsWhatTheServerCountedInItsFirstDatabase(
      String fixture, long keys, long expires, long hashFieldExpiries) {
    DatabaseContents first = Structures.of(Structures.fixture(fixture)).databases().get(0);
    assertThat(first.index()).isZero();
    assertThat(first.keys()).isEqualTo(keys);
    assertThat(first.expires()).isEqualTo(expires);
    assertThat(first.hashFieldExpiries()).isEqualTo(hashFieldExpiries);
  }

  @ParameterizedTest
  @FieldSource("FIXTURES")
  void countsWhatTheFileAnnounces(String fixture) {
    assertThat(Structures.of(Structures.fixture(fixture)).databases())
        .isNotEmpty()
        .allSatisfy(
            database -> {
              assertThat(database.keys()).isEqualTo(database.announcedKeys());
              assertThat(database.expires()).isEqualTo(database.announcedExpires());
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis-6.2", "redis-7.0", "redis-8.0", "valkey-8.1", "valkey-9.1"})
  void tellsTheDatabasesApart(String fixture) {
    Structure structure = Structures.of(Structures.fixture(fixture));
    assertThat(structure.databases().subList(1, 3))
        .containsExactly(
            new DatabaseContents(3, 1, 1, 1, 1, Map.of(ValueType.STRING, 1L), 0),
            new DatabaseContents(
                9, 2, 0, 2, 0, Map.of(ValueType.STRING, 1L, ValueType.LIST, 1L), 0));
    assertThat(structure.keys()).isEqualTo(structure.databases().get(0).keys() + 3);
  }

  @Test
  void countsTheTypes() {
    assertThat(Structures.of(Structures.fixture("valkey-9.1")).databases().get(0).keysByType())
        .isEqualTo(
            Map.of(
                ValueType.STRING, 17L,
                ValueType.LIST, 2L,
                ValueType.SET, 3L,
                ValueType.SORTED_SET, 2L,
                ValueType.HASH, 4L,
                ValueType.STREAM, 3L));
  }

  @Test
  void countsTheValuesOfModules() {
    Structure structure = Structures.of(Structures.fixture("redis-7.0-module"));
    assertThat(structure.databases().get(0).keysByType())
        .isEqualTo(Map.of(ValueType.MODULE, 2L, ValueType.STRING, 1L));
  }

  @ParameterizedTest
  @CsvSource({"redis-6.2, 0", "redis-7.0, 2", "redis-8.0, 1", "valkey-8.1, 1", "valkey-9.1, 1"})
  void countsTheFunctionLibraries(String fixture, long libraries) {
    assertThat(Structures.of(Structures.fixture(fixture)).functions()).isEqualTo(libraries);
  }

  /** The slots are those that CLUSTER KEYSLOT of Redis 6.2 told for the keys. */
  @ParameterizedTest
  @ValueSource(strings = {"redis-8.0-cluster", "valkey-8.1-cluster", "valkey-9.1-cluster"})
  void notesTheSlotsOfAllKeys(String fixture) {
    assertThat(Structures.of(Structures.fixture(fixture)).slots().stream())
        .containsExactlyInAnyOrder(
            6657, 10850, 14915, 2724, 6789, 10982, 15047, 2856, 6921, 5536, 1409, 13794, 9667, 5412,
            1285, 13670, 9543, 5288, 1161, 243, 238, 5474, 7127);
  }

  @ParameterizedTest
  @FieldSource("FIXTURES")
  void isTheSameHoweverTheBytesAreCut(String fixture) {
    byte[] file = Structures.fixture(fixture);
    Structure whole = Structures.of(file);
    for (int size = 1; size <= 40; size++) {
      assertThat(Structures.inChunks(file, size)).as("%d at a time", size).isEqualTo(whole);
    }
    for (int first = 0; first <= file.length; first++) {
      assertThat(Structures.inTwo(file, first)).as("cut at %d", first).isEqualTo(whole);
    }
  }
}
