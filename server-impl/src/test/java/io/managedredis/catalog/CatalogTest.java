package io.managedredis.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.catalog.CatalogException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("data").resolve("catalog.db");
  }

  @Test
  void everyCommitIsOnTheDiskWhenItReturns() {
    try (Catalog opened = Catalog.open(file(), Samples.RENDERING);
        Database database = new Database(file(), SHORT)) {
      opened.check();
      assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
      // 2 is FULL, see "PRAGMA synchronous" in the SQLite documentation.
      assertThat(pragma(database, "synchronous")).isEqualTo("2");
    }
  }

  private static String pragma(Database database, String name) {
    return database.write(
        "read a pragma", handle -> handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
  }

  @Test
  void readingConnectionsCannotWrite() {
    try (Catalog opened = Catalog.open(file(), Samples.RENDERING);
        Database database = new Database(file(), SHORT)) {
      opened.check();
      assertThatThrownBy(
              () ->
                  database.read(
                      "write", handle -> handle.execute("UPDATE probe SET writes = 1000")))
          .isInstanceOf(CatalogException.class);
    }
  }

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      catalog.backups().add(Samples.backup("b", Samples.NOON));
    }
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      assertThat(catalog.backups().find("b")).isPresent();
    }
  }

  @Test
  void whatWasCommittedIsThereAfterACrash() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      catalog.backups().add(Samples.backup("b", Samples.NOON));
      // The file and its log as they lie on the disk while the server runs: what a crash leaves.
      Files.copy(file(), copy);
      Files.copy(Path.of(file() + "-wal"), Path.of(copy + "-wal"));
    }
    try (Catalog catalog = Catalog.open(copy, Samples.RENDERING)) {
      assertThat(catalog.backups().find("b")).isPresent();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyItsOwnerMayReadTheFile() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      catalog.check();
      for (String suffix : List.of("", "-wal", "-shm")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(Path.of(file() + suffix))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aSecretStaysTheSame() {
    byte[] first;
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      first = catalog.secret("tokens", 32);
      assertThat(first).hasSize(32);
      assertThat(catalog.secret("other", 32)).isNotEqualTo(first);
    }
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      assertThat(catalog.secret("tokens", 32)).isEqualTo(first);
    }
  }

  @Test
  void everybodyWhoAsksForASecretAtOnceGetsTheSame() throws Exception {
    try (Catalog one = Catalog.open(file(), Samples.RENDERING);
        Catalog two = Catalog.open(file(), Samples.RENDERING)) {
      List<Callable<String>> askers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Catalog mine = i % 2 == 0 ? one : two;
        askers.add(() -> HexFormat.of().formatHex(mine.secret("tokens", 16)));
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<String> secrets = new ArrayList<>();
        for (Future<String> secret : threads.invokeAll(askers, 30, TimeUnit.SECONDS)) {
          secrets.add(secret.get());
        }
        assertThat(secrets).hasSize(8).containsOnly(secrets.get(0));
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void aSecretOfAnotherLengthIsAnError() {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      byte[] unused = catalog.secret("tokens", 32);
      assertThatThrownBy(() -> catalog.secret("tokens", 16))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("32 bytes instead of 16");
      assertThatIllegalArgumentException().isThrownBy(() -> catalog.secret("short", 8));
    }
  }

  @Test
  void aCatalogueIsBoundToOneRepository() {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      assertThat(catalog.repositoryId()).isEmpty();
      catalog.bindRepository("r1");
      catalog.bindRepository("r1");
      assertThat(catalog.repositoryId()).contains("r1");
      assertThatThrownBy(() -> catalog.bindRepository("r2"))
          .isInstanceOfSatisfying(
              CatalogException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_REPOSITORY))
          .hasMessageContaining("r1")
          .hasMessageContaining("r2");
    }
  }

  @Test
  void aClusterKeepsTheInstantOfItsFirstDeclaration() {
    Instant first = Instant.parse("2026-11-22T12:00:00.123456789Z");
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      assertThat(catalog.clusters().declared("c", first)).isEqualTo(first);
      assertThat(catalog.clusters().declared("c", first.plusSeconds(5))).isEqualTo(first);
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
    Path text =
        Files.writeString(folder.resolve("notes.txt"), "shopping: milk, bread\n".repeat(99));

    assertRefused(() -> Catalog.open(text, Samples.RENDERING), Reason.NOT_A_CATALOG, "notes.txt");
    assertThat(text).hasContent("shopping: milk, bread\n".repeat(99));
  }

  @Test
  void aDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws Exception {
    Path other = folder.resolve("other.db");
    try (RawDatabase raw = new RawDatabase(other)) {
      raw.execute("CREATE TABLE song (title TEXT)");
    }
    byte[] before = Files.readAllBytes(other);

    assertRefused(() -> Catalog.open(other, Samples.RENDERING), Reason.NOT_A_CATALOG, "other.db");
    assertThat(other).hasBinaryContent(before);
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    Catalog.open(file(), Samples.RENDERING).close();
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute(
          "INSERT INTO flyway_schema_history SELECT installed_rank + 1000, '9999', 'from the future',"
              + " type, 'V9999__from_the_future.sql', checksum, installed_by, installed_on,"
              + " execution_time, success FROM flyway_schema_history"
              + " WHERE version = '1'");
    }

    assertRefused(
        () -> Catalog.open(file(), Samples.RENDERING), Reason.NEWER_SCHEMA, "newer version");
  }

  @Test
  void aDamagedFileIsNamedAsSuch() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      for (int i = 0; i < 200; i++) {
        catalog.backups().add(Samples.backup("b" + i, Samples.NOON));
      }
    }
    byte[] content = Files.readAllBytes(file());
    // Everything behind the first page, which has the schema.
    for (int i = 4096; i < content.length; i++) {
      content[i] = (byte) 0xa5;
    }
    Files.write(file(), content);

    assertRefused(
        () -> {
          try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
            catalog.backups().idsAfter(null, 10);
          }
        },
        Reason.CORRUPT,
        "rebuilt from the repository");
  }

  @Test
  void aRowThatNoVersionWroteIsNamedAsDamage() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      catalog.backups().add(Samples.backup("b", Samples.NOON));
      try (RawDatabase raw = new RawDatabase(file())) {
        raw.execute("UPDATE backup SET backup_type = 'WRONG'");
      }

      assertRefused(() -> catalog.backups().find("b"), Reason.CORRUPT, "could not read a backup");
    }
  }

  @Test
  void aPathThatIsAFolderIsRefused() {
    assertRefused(
        () -> Catalog.open(folder, Samples.RENDERING), Reason.NOT_WRITABLE, folder.toString());
  }

  @Test
  void aFolderThatCannotBeCreatedIsRefused() throws Exception {
    Path notAFolder = Files.writeString(folder.resolve("file"), "x");

    assertRefused(
        () -> Catalog.open(notAFolder.resolve("catalog.db"), Samples.RENDERING),
        Reason.NOT_WRITABLE,
        "its folder");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderInWhichNobodyMayWriteIsRefused() {
    // Nobody creates files there, not even root, who may write to any folder of a disk.
    assertRefused(
        () -> Catalog.open(Path.of("/proc/self/catalog.db"), Samples.RENDERING),
        Reason.NOT_WRITABLE,
        "may write");
  }

  @Test
  void aLockThatLastsIsReportedAfterABoundedWait() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING, SHORT);
        RawDatabase raw = new RawDatabase(file())) {
      raw.execute("BEGIN IMMEDIATE");

      assertRefused(
          () -> catalog.backups().add(Samples.backup("b", Samples.NOON)), Reason.LOCKED, "locked");
      assertRefused(catalog::check, Reason.LOCKED, "locked");

      raw.execute("ROLLBACK");
      catalog.check();
      assertThat(catalog.backups().add(Samples.backup("b", Samples.NOON))).isTrue();
    }
  }

  @Test
  void readersDoNotWaitForAWriter() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING, SHORT);
        RawDatabase raw = new RawDatabase(file())) {
      catalog.backups().add(Samples.backup("b", Samples.NOON));
      raw.execute("BEGIN IMMEDIATE", "DELETE FROM backup");

      assertThat(catalog.backups().find("b")).isPresent();
    }
  }

  @Test
  void aFullDiskIsNamedAsSuch() throws Exception {
    Catalog.open(file(), Samples.RENDERING).close();
    try (RawDatabase raw = new RawDatabase(file())) {
      raw.execute("PRAGMA max_page_count = 1", "CREATE TABLE big AS SELECT zeroblob(1000000)");
    } catch (SQLException full) {
      assertThat(CatalogException.of("catalogue x could not add a backup", full))
          .hasMessage("catalogue x could not add a backup: the disk is full; free some space there")
          .extracting(CatalogException::reason)
          .isEqualTo(Reason.DISK_FULL);
      return;
    }
    throw new AssertionError("the database took more than its limit");
  }

  @Test
  void theCheckNoticesThatTheFileIsGone() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      catalog.check();
      Files.delete(file());

      assertRefused(catalog::check, Reason.IO, "catalog.db");
    }
  }

  @Test
  void theCheckNoticesThatTheSchemaIsGone() throws Exception {
    try (Catalog catalog = Catalog.open(file(), Samples.RENDERING)) {
      try (RawDatabase raw = new RawDatabase(file())) {
        raw.execute("DELETE FROM probe");
      }

      assertRefused(catalog::check, Reason.CORRUPT, "did not give back");
    }
  }

  @Test
  void aClosedCatalogueSaysSo() {
    Catalog catalog = Catalog.open(file(), Samples.RENDERING);
    catalog.close();

    assertRefused(() -> catalog.backups().find("b"), Reason.CLOSED, "shutting down");
    assertRefused(catalog::check, Reason.CLOSED, "shutting down");
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason))
        .hasMessageContaining(words);
  }
}
