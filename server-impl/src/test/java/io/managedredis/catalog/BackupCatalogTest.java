package io.managedredis.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupCatalogTest {
  private static final Comparator<BackupEntry> LISTED =
      Comparator.comparing(BackupEntry::createdAt).reversed().thenComparing(BackupEntry::id);

  @TempDir Path folder;
  private Catalog catalog;
  private BackupCatalog backups;

  @BeforeEach
  void open() {
    catalog = Catalog.open(folder.resolve("catalog.db"), Samples.RENDERING);
    backups = catalog.backups();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.000000001Z",
        "1969-12-31T23:59:59.999999999Z",
        "1970-01-01T00:00:00Z",
        "2026-11-22T12:00:00.123456789Z",
        "9999-12-31T23:59:59.999999999Z"
      })
  void anInstantComesBackToTheNanosecond(String text) {
    BackupEntry entry =
        new BackupEntry(
            "c:1",
            "f",
            "c",
            Instant.parse(text),
            Instant.parse(text),
            BackupType.AUTOMATED,
            List.of(),
            Long.MAX_VALUE,
            0);

    backups.add(entry);

    assertThat(backups.find("c:1")).contains(entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000-12-31T23:59:59.999999999Z", "+10000-01-01T00:00:00Z"})
  void anInstantOutsideTheYears1To9999IsRefused(String text) {
    assertThatThrownBy(() -> Samples.backup("b", Instant.parse(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0001-01-01T00:00:00Z");
  }

  @Test
  void namesWithQuotesAndOtherScriptsComeBackUnchanged() {
    BackupEntry entry =
        Samples.backup("c:'; DROP TABLE backup; --é漢🙂", "f\"'%", "c_%", Samples.NOON);

    backups.add(entry);

    assertThat(backups.listByFolder("f\"'%", null, 10)).containsExactly(entry);
  }

  @Test
  void aShardNameThatCouldNotBeToldApartIsRefused() {
    assertThatThrownBy(
            () ->
                new BackupEntry(
                    "b",
                    "f",
                    "c",
                    Samples.NOON,
                    Samples.NOON,
                    BackupType.MANUAL,
                    List.of("a,b"),
                    0,
                    0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a,b");
  }

  @Test
  void addingTwiceKeepsTheFirst() {
    BackupEntry first = Samples.backup("b", Samples.NOON);

    assertThat(backups.add(first)).isTrue();
    assertThat(backups.add(Samples.backup("b", Samples.NOON.plusSeconds(9)))).isFalse();
    assertThat(backups.find("b")).contains(first);
  }

  @Test
  void aRemovedBackupIsGoneAndOnlyTheFirstRemovalSaysSo() {
    backups.add(Samples.backup("b", Samples.NOON));

    assertThat(backups.remove("b")).isTrue();
    assertThat(backups.remove("b")).isFalse();
    assertThat(backups.find("b")).isEmpty();
  }

  @Test
  void aListHasOnlyItsOwnersBackups() {
    backups.add(Samples.backup("a", "f1", "c1", Samples.NOON));
    backups.add(Samples.backup("b", "f1", "c2", Samples.NOON));
    backups.add(Samples.backup("c", "f2", "c2", Samples.NOON));

    assertThat(backups.listByFolder("f1", null, 10)).map(BackupEntry::id).containsExactly("a", "b");
    assertThat(backups.listByCluster("c2", null, 10))
        .map(BackupEntry::id)
        .containsExactly("b", "c");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 1000})
  void pagesOfAnySizeGiveEveryBackupOnceInOrder(int pageSize) {
    List<BackupEntry> all = manyAtFewInstants(120);

    assertThat(pages(pageSize)).isEqualTo(all.stream().sorted(LISTED).toList());
  }

  @Test
  void pagesStayRightWhileBackupsComeAndGo() {
    List<BackupEntry> lasting = manyAtFewInstants(120);
    List<BackupEntry> passing = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      passing.add(Samples.backup("passing%02d".formatted(i), instant(random)));
    }
    passing.forEach(backups::add);

    List<BackupEntry> seen = new ArrayList<>();
    Position after = null;
    List<BackupEntry> page = backups.listByFolder("folder", after, 7);
    for (int i = 0; !page.isEmpty(); i++) {
      seen.addAll(page);
      BackupEntry last = page.get(page.size() - 1);
      after = new Position(last.createdAt(), last.id());
      // What the next page starts after may itself be gone.
      if (last.id().startsWith("passing")) {
        backups.remove(last.id());
      }
      backups.remove("passing%02d".formatted(i * 3 % 60));
      backups.add(Samples.backup("new%02d".formatted(i), instant(random)));
      page = backups.listByFolder("folder", after, 7);
    }

    assertThat(seen).doesNotHaveDuplicates().isSortedAccordingTo(LISTED).containsAll(lasting);
  }

  @Test
  void aPositionOutsideAnyStoredTimeIsFine() {
    backups.add(Samples.backup("b", Samples.NOON));

    assertThat(backups.listByFolder("folder", new Position(Instant.MAX, ""), 10)).hasSize(1);
    assertThat(backups.listByFolder("folder", new Position(Instant.MIN, ""), 10)).isEmpty();
  }

  @Test
  void aPageOfNothingIsRefused() {
    assertThatThrownBy(() -> backups.listByFolder("folder", null, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit 0");
  }

  @Test
  void theLastCreationOfAClusterIsThatOfItsNewestBackup() {
    Instant newest = Samples.NOON.plusNanos(1);
    backups.add(Samples.backup("a", newest));
    backups.add(Samples.backup("b", Samples.NOON));
    backups.add(Samples.backup("c", "folder", "other", Samples.NOON.plusSeconds(5)));

    assertThat(backups.lastCreatedAt("cluster")).contains(newest);
    assertThat(backups.lastCreatedAt("nothing")).isEmpty();
  }

  @Test
  void aDamagedBackupIsNotTheLastOneOfItsCluster() {
    backups.add(Samples.backup("good", Samples.NOON));
    backups.add(Samples.backup("damaged", Samples.NOON.plusSeconds(1)));

    assertThat(backups.markDamaged("damaged", true)).isTrue();

    assertThat(backups.lastCreatedAt("cluster")).contains(Samples.NOON);
  }

  @Test
  void idsComeInByteOrderPageByPage() {
    for (String id : List.of("b", "B", "a", "é", "a-1", "_")) {
      backups.add(Samples.backup(id, Samples.NOON));
    }

    List<String> first = backups.idsAfter(null, 4);
    List<String> second = backups.idsAfter(first.get(3), 4);

    assertThat(first).containsExactly("B", "_", "a", "a-1");
    assertThat(second).containsExactly("b", "é");
  }

  @Test
  void noListSortsOrScans() throws Exception {
    List<String> statements = new ArrayList<>(BackupCatalog.BY_FOLDER.statements());
    statements.addAll(BackupCatalog.BY_CLUSTER.statements());
    statements.addAll(DocumentReader.BY_FOLDER.statements());
    statements.addAll(DocumentReader.BY_CLUSTER.statements());
    statements.add(DocumentReader.FIND);
    statements.addAll(OperationCatalog.BY_CLUSTER.statements());
    statements.addAll(
        List.of(BackupCatalog.LAST_CREATED, BackupCatalog.IDS_AFTER, OperationCatalog.UNFINISHED));

    try (RawDatabase raw = new RawDatabase(folder.resolve("catalog.db"))) {
      for (String sql : statements) {
        assertThat(raw.plan(sql))
            .as(sql)
            .allMatch(step -> step.contains("INDEX ") || step.contains("PRIMARY KEY"))
            .allMatch(step -> step.contains("USING"))
            .noneMatch(step -> step.contains("TEMP B-TREE"));
      }
    }
  }

  @Test
  void aLaterPageStartsAtItsPlaceInTheIndex() throws Exception {
    try (RawDatabase raw = new RawDatabase(folder.resolve("catalog.db"))) {
      assertThat(raw.plan(BackupCatalog.BY_FOLDER.statements().get(1)))
          .containsExactly(
              "SEARCH backup USING PRIMARY KEY"
                  + " (folder_id=? AND created_seconds=? AND created_nanos=? AND id>?)");
      assertThat(raw.plan(BackupCatalog.BY_FOLDER.statements().get(2)))
          .containsExactly(
              "SEARCH backup USING PRIMARY KEY"
                  + " (folder_id=? AND (created_seconds,created_nanos)<(?,?))");
    }
  }

  private List<BackupEntry> pages(int pageSize) {
    List<BackupEntry> seen = new ArrayList<>();
    @Nullable Position after = null;
    List<BackupEntry> page = backups.listByFolder("folder", after, pageSize);
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(pageSize);
      seen.addAll(page);
      BackupEntry last = page.get(page.size() - 1);
      page = backups.listByFolder("folder", new Position(last.createdAt(), last.id()), pageSize);
    }
    return seen;
  }

  private List<BackupEntry> manyAtFewInstants(int count) {
    Random random = new Random(42);
    List<BackupEntry> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BackupEntry entry =
          Samples.backup("b%03d".formatted(random.nextInt(100) * 1000 + i), instant(random));
      backups.add(entry);
      all.add(entry);
    }
    return all;
  }

  /** One of six: two nanoseconds of each of three seconds, one of them before 1970. */
  private static Instant instant(Random random) {
    return Instant.ofEpochSecond(random.nextInt(3) - 1, random.nextInt(2));
  }
}
