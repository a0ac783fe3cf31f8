package io.managedredis.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.catalog.CatalogException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading what is ready to be sent. */
class BackupDocumentsTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Position AT_THE_END = new Position(Instant.MIN, "");

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

  @Test
  void aDocumentIsWhatWasRenderedOfTheEntry() {
    BackupEntry entry = Samples.backup("c:é漢🙂", "f", "c", Samples.NOON);
    assertThat(backups.add(entry)).isTrue();

    BackupDocument document = backups.now().document(entry.id()).orElseThrow();

    assertThat(document.folderId()).isEqualTo("f");
    assertThat(document.json()).isEqualTo(Samples.RENDERING.render(entry));
    assertThat(backups.documents().document(entry.id()).orElseThrow().json())
        .isEqualTo(document.json());
  }

  @Test
  void whatIsNotThereHasNoDocument() {
    assertThat(backups.now().document("nothing")).isEmpty();
    assertThat(backups.documents().document("nothing")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 119, 120, 121, 1000})
  void pagesOfAnySizeAreThoseOfTheEntries(int size) {
    fill(120);
    List<BackupEntry> expected = backups.listByFolder("folder", null, 1000);

    List<DocumentPage> pages = new ArrayList<>();
    @Nullable Position after = null;
    do {
      DocumentPage page = backups.now().byFolder("folder", after, size);
      pages.add(page);
      after = page.next();
    } while (after != null);

    assertThat(text(pages)).isEqualTo(rendered(expected));
    assertThat(pages).hasSize((120 + size - 1) / size);
    assertThat(pages.stream().mapToInt(DocumentPage::count).toArray())
        .isEqualTo(counts(120, size).toArray());
  }

  @Test
  void aClustersPagesAreThoseOfItsEntries() {
    fill(50);
    assertThat(backups.add(Samples.backup("x", "folder", "other", Samples.NOON))).isTrue();

    DocumentPage first = backups.documents().byCluster("cluster", null, 30);
    DocumentPage second = backups.documents().byCluster("cluster", first.next(), 30);

    assertThat(text(List.of(first, second)))
        .isEqualTo(rendered(backups.listByCluster("cluster", null, 1000)));
    assertThat(second.next()).isNull();
  }

  @Test
  void aPageOfNobodyIsEmpty() {
    fill(3);

    for (DocumentPage page :
        List.of(
            backups.documents().byFolder("nobody", null, 10),
            backups.documents().byFolder("folder", AT_THE_END, 10))) {
      assertThat(page.joined()).isEmpty();
      assertThat(page.count()).isZero();
      assertThat(page.next()).isNull();
    }
  }

  @Test
  void aLargePageAfterSmallOnesIsWhole() {
    // 4000 documents of more than 40 bytes are more than the buffer keeps and starts with.
    backups.addAll(
        IntStream.range(0, 20_000)
            .mapToObj(i -> Samples.backup("b%05d".formatted(i), Samples.NOON))
            .iterator());

    DocumentPage small = backups.now().byFolder("folder", null, 3);
    DocumentPage large = backups.now().byFolder("folder", null, Integer.MAX_VALUE);
    DocumentPage again = backups.now().byFolder("folder", null, 3);

    assertThat(large.count()).isEqualTo(20_000);
    assertThat(large.joined().length).isGreaterThan(1 << 19);
    assertThat(new String(large.joined(), UTF_8))
        .isEqualTo(rendered(backups.listByFolder("folder", null, 30_000)));
    assertThat(again.joined()).isEqualTo(small.joined());
  }

  @Test
  void aPageOfNothingIsRefused() {
    assertThatThrownBy(() -> backups.now().byFolder("folder", null, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit 0");
  }

  @Test
  void whatAnotherProcessDeletesIsGoneAtOnce() throws Exception {
    fill(3);
    BackupEntry newest = backups.listByFolder("folder", null, 1).get(0);
    try (RawDatabase raw = new RawDatabase(file())) {
      assertThat(backups.now().document(newest.id())).isPresent();
      assertThat(backups.now().byFolder("folder", null, 10).count()).isEqualTo(3);

      raw.execute("DELETE FROM backup WHERE id = '" + newest.id() + "'");

      assertThat(backups.now().document(newest.id())).isEmpty();
      assertThat(backups.documents().document(newest.id())).isEmpty();
      assertThat(backups.now().byFolder("folder", null, 10).count()).isEqualTo(2);
    }
  }

  @Test
  void aWriterWithTheLockDelaysNoRead() throws Exception {
    fill(3);
    BackupEntry newest = backups.listByFolder("folder", null, 1).get(0);
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute("BEGIN IMMEDIATE", "DELETE FROM backup");

      assertThat(backups.now().document(newest.id())).isPresent();
      assertThat(backups.now().byFolder("folder", null, 10).count()).isEqualTo(3);
      assertThat(backups.now().byCluster("cluster", null, 10).count()).isEqualTo(3);
    }
  }

  @Test
  void whoCannotWaitIsToldAtOnceAndTheOthersAfterTheWait() throws Exception {
    fill(3);
    BackupDocuments busy = new BackupDocuments(file(), Duration.ZERO);
    BackupDocuments patient = new BackupDocuments(file(), SHORT);
    // The last one to close must be able to take the file for itself.
    catalog.close();
    try (busy;
        patient) {
      try (RawDatabase raw = new RawDatabase(file())) {
        raw.execute("PRAGMA locking_mode = EXCLUSIVE", "UPDATE probe SET writes = 0");

        long start = System.nanoTime();
        assertRefused(() -> busy.document("b"), Reason.BUSY);
        assertRefused(() -> busy.byFolder("folder", null, 1), Reason.BUSY);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT);
        start = System.nanoTime();
        assertRefused(() -> patient.document("b"), Reason.LOCKED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
      }
      assertThat(busy.byFolder("folder", null, 10).count()).isEqualTo(3);
      assertThat(patient.byFolder("folder", null, 10).count()).isEqualTo(3);
    }
  }

  @Test
  void aFailedReadIsTypedAndTheNextOneWorks() throws Exception {
    fill(3);
    try (RawDatabase raw = new RawDatabase(file())) {
      for (int i = 0; i < 40; i++) {
        raw.execute("ALTER TABLE backup RENAME TO hidden");
        assertRefused(() -> backups.now().byFolder("folder", null, 1), Reason.OTHER);
        raw.execute("ALTER TABLE hidden RENAME TO backup");
      }
      assertThat(backups.now().byFolder("folder", null, 10).count()).isEqualTo(3);
    }
  }

  @Test
  void aMissingDocumentIsDamage() throws Exception {
    fill(1);
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute("UPDATE backup SET document = NULL");
    }

    assertRefused(() -> backups.now().byFolder("folder", null, 1), Reason.CORRUPT);
  }

  @Test
  void aClosedCatalogueSaysSo() {
    fill(1);
    assertThat(backups.now().byFolder("folder", null, 1).count()).isEqualTo(1);
    catalog.close();

    assertRefused(() -> backups.now().document("b"), Reason.CLOSED);
    assertRefused(() -> backups.documents().document("b"), Reason.CLOSED);
  }

  @Test
  void closingLeavesNoLogBehind() {
    fill(1);
    assertThat(backups.now().byFolder("folder", null, 1).count()).isEqualTo(1);
    assertThat(backups.documents().byFolder("folder", null, 1).count()).isEqualTo(1);

    catalog.close();

    assertThat(Path.of(file() + "-wal")).doesNotExist();
  }

  @Test
  void readsStayWholeWhileOthersWrite() throws Exception {
    fill(200);
    AtomicBoolean done = new AtomicBoolean();
    List<Callable<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(() -> readUntil(done));
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> reads = readers.stream().map(threads::submit).toList();
      for (int i = 0; i < 60; i++) {
        assertThat(backups.add(Samples.backup("passing" + i, Samples.NOON.plusSeconds(i))))
            .isTrue();
        assertThat(backups.remove("passing" + i)).isTrue();
      }
      done.set(true);
      for (Future<Integer> read : reads) {
        assertThat(read.get(30, TimeUnit.SECONDS)).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  /** Every page has 10 whole documents, and every lasting backup is always found. */
  private int readUntil(AtomicBoolean done) {
    int reads = 0;
    do {
      DocumentPage page = backups.documents().byFolder("folder", null, 10);
      assertThat(page.count()).isEqualTo(10);
      assertThat(new String(page.joined(), UTF_8).split("},\\{", -1)).hasSize(10);
      assertThat(backups.documents().document("b000")).isPresent();
      reads++;
    } while (!done.get());
    return reads;
  }

  private void fill(int count) {
    Random random = new Random(42);
    assertThat(
            backups.addAll(
                IntStream.range(0, count)
                    .mapToObj(
                        i ->
                            Samples.backup(
                                "b%03d".formatted(i),
                                Instant.ofEpochSecond(random.nextInt(3) - 1, random.nextInt(2))))
                    .iterator()))
        .isEqualTo(count);
  }

  private static IntStream counts(int total, int size) {
    return IntStream.iterate(total, left -> left > 0, left -> left - size)
        .map(left -> Math.min(left, size));
  }

  private static String text(List<DocumentPage> pages) {
    return pages.stream()
        .map(page -> new String(page.joined(), UTF_8))
        .collect(Collectors.joining(","));
  }

  private static String rendered(List<BackupEntry> entries) {
    return entries.stream()
        .map(entry -> new String(Samples.RENDERING.render(entry), UTF_8))
        .collect(Collectors.joining(","));
  }

  private static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason))
        .hasMessageContaining("catalog.db could not");
  }
}
