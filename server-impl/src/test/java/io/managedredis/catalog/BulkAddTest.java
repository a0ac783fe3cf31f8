package io.managedredis.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.catalog.CatalogException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many backups at once. */
class BulkAddTest {
  private static final int BATCH = BackupCatalog.BATCH;
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path folder;
  private Catalog catalog;
  private BackupCatalog backups;

  @BeforeEach
  void open() {
    catalog = Catalog.open(file(), Samples.RENDERING, SHORT);
    backups = catalog.backups();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Path file() {
    return folder.resolve("catalog.db");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 7})
  void anyNumberIsAddedAndCounted(int number) {
    assertThat(backups.addAll(samples(0, number).iterator())).isEqualTo(number);

    assertThat(backups.count()).isEqualTo(number);
  }

  @Test
  void theyAreWhatAddingThemOneByOneGives() {
    List<BackupEntry> all = samples(0, 150).toList();
    try (Catalog other = Catalog.open(folder.resolve("other.db"), Samples.RENDERING)) {
      all.forEach(other.backups()::add);

      assertThat(backups.addAll(all.iterator())).isEqualTo(150);

      assertThat(backups.listByFolder("folder", null, 1000))
          .isEqualTo(other.backups().listByFolder("folder", null, 1000));
    }
  }

  @Test
  void whatIsKnownIsNotCountedAndStaysAsItIs() {
    BackupEntry known = Samples.backup(id(3), Samples.NOON.minusSeconds(99));
    assertThat(backups.add(known)).isTrue();

    assertThat(backups.addAll(samples(0, 10).iterator())).isEqualTo(9);

    assertThat(backups.find(known.id())).contains(known);
  }

  @Test
  void whatComesTwiceIsAddedOnce() {
    Stream<BackupEntry> twice = Stream.concat(samples(0, BATCH + 5), samples(0, BATCH + 5));

    assertThat(backups.addAll(twice.iterator())).isEqualTo(BATCH + 5);
  }

  @Test
  void aSourceThatFailsInTheMiddleLeavesTheLotsBefore() {
    Iterator<BackupEntry> source =
        samples(0, 2 * BATCH + 5)
            .peek(
                next -> {
                  if (next.id().equals(id(2 * BATCH + 4))) {
                    throw new IllegalStateException("the source is broken");
                  }
                })
            .iterator();

    assertThatThrownBy(() -> backups.addAll(source))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the source is broken");

    assertThat(backups.count()).isEqualTo(2 * BATCH);
    assertThat(backups.addAll(samples(0, 2 * BATCH + 5).iterator())).isEqualTo(5);
  }

  @Test
  void aDatabaseThatFailsInTheMiddleOfALotKeepsNothingOfIt() throws Exception {
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute(
          "CREATE TRIGGER refuse BEFORE INSERT ON backup WHEN new.id = '"
              + id(BATCH + 3)
              + "' BEGIN SELECT RAISE(FAIL, 'refused'); END");

      assertThatThrownBy(() -> backups.addAll(samples(0, 2 * BATCH).iterator()))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("catalog.db could not add backups");
      assertThat(backups.count()).isEqualTo(BATCH);

      raw.execute("DROP TRIGGER refuse");
      assertThat(backups.addAll(samples(0, 2 * BATCH).iterator())).isEqualTo(BATCH);
    }
  }

  @Test
  void nothingIsLockedWhileTheSourceIsAsked() {
    try (Catalog other = Catalog.open(file(), Samples.RENDERING, SHORT)) {
      Iterator<BackupEntry> source =
          samples(0, BATCH + 5)
              .peek(
                  next -> {
                    if (next.id().equals(id(BATCH + 2))) {
                      assertThat(other.backups().add(Samples.backup("x", Samples.NOON))).isTrue();
                      assertThat(backups.add(Samples.backup("y", Samples.NOON))).isTrue();
                    }
                  })
              .iterator();

      assertThat(backups.addAll(source)).isEqualTo(BATCH + 5);
    }
    assertThat(backups.count()).isEqualTo(BATCH + 7);
  }

  @Test
  void onlyOneLotIsHeldAtATime() {
    // At the first row of a lot, all lots before are in the database: they needn't be in memory.
    Iterator<BackupEntry> source =
        IntStream.range(0, 3 * BATCH + 1)
            .mapToObj(
                i -> {
                  if (i % BATCH == 0) {
                    assertThat(backups.count()).isEqualTo(i);
                  }
                  return Samples.backup(id(i), Samples.NOON);
                })
            .iterator();

    assertThat(backups.addAll(source)).isEqualTo(3 * BATCH + 1);
  }

  @Test
  void nothingToAddWritesNothing() throws Exception {
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute("BEGIN IMMEDIATE");

      assertThat(backups.addAll(Collections.emptyIterator())).isZero();
    }
  }

  @Test
  void aClosedCatalogueSaysSo() {
    catalog.close();

    assertThatThrownBy(() -> backups.addAll(samples(0, 1).iterator()))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
  }

  private static Stream<BackupEntry> samples(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Samples.backup(id(i), Samples.NOON.plusSeconds(i % 7)));
  }

  private static String id(int i) {
    return "b%06d".formatted(i);
  }
}
