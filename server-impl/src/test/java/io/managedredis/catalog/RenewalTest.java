package io.managedredis.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old catalogues, and documents that another version rendered. */
class RenewalTest {
  private static final BackupRendering OLD = new Samples.Rendering("old");
  private static final BackupRendering NEW = new Samples.Rendering("new");
  private static final int MANY = 2 * Renewal.BATCH + 7;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("catalog.db");
  }

  @Test
  void aCatalogueOfVersion2ComesWithAllItSaid() throws Exception {
    makeVersion2();

    try (Catalog catalog = Catalog.open(file(), NEW)) {
      BackupCatalog backups = catalog.backups();
      BackupEntry a = Samples.backup("a", "f", "c", Samples.NOON);
      BackupEntry b = Samples.backup("b", "f", "c", Samples.NOON.plusNanos(1));
      assertThat(backups.listByFolder("f", null, 10)).containsExactly(b, a);
      assertThat(backups.find("a")).contains(a);
      assertThat(backups.damaged("a")).contains(true);
      assertThat(backups.damaged("b")).contains(false);
      assertThat(backups.countDamaged("c")).isEqualTo(1);
      assertThat(backups.documents().document("a").orElseThrow().json()).isEqualTo(NEW.render(a));
      assertThat(new String(backups.documents().byFolder("f", null, 10).joined(), UTF_8))
          .isEqualTo(new String(NEW.render(b), UTF_8) + "," + new String(NEW.render(a), UTF_8));
      assertThat(backups.add(a)).isFalse();
    }
  }

  @Test
  void anotherRenderingRendersAllAnew() {
    fill(OLD, MANY);

    try (Catalog catalog = Catalog.open(file(), NEW)) {
      assertAll(catalog, NEW);
    }
  }

  @Test
  void theSameRenderingRendersNothing() {
    fill(OLD, 3);
    Counting counting = new Counting("old", Integer.MAX_VALUE);

    Catalog.open(file(), counting).close();

    assertThat(counting.rendered).hasValue(0);
  }

  @Test
  void aCrashInTheMiddleGoesOnWhereItWas() {
    fill(OLD, MANY);
    crash(new Counting("new", Renewal.BATCH + 5));
    Counting second = new Counting("new", Integer.MAX_VALUE);

    try (Catalog catalog = Catalog.open(file(), second)) {
      assertThat(second.rendered).hasValue(MANY - Renewal.BATCH);
      assertAll(catalog, NEW);
    }
  }

  @Test
  void goingBackAfterACrashLeavesNothingOfTheNewOne() {
    fill(OLD, MANY);
    crash(new Counting("new", Renewal.BATCH + 5));

    try (Catalog catalog = Catalog.open(file(), OLD)) {
      assertAll(catalog, OLD);
    }
  }

  @Test
  void whatLiesOnTheDiskInTheMiddleIsACatalogueThatGoesOn() throws Exception {
    fill(OLD, MANY);
    Path copy = folder.resolve("copy.db");
    AtomicInteger rendered = new AtomicInteger();
    BackupRendering copying =
        new BackupRendering() {
          @Override
          public byte[] render(BackupEntry entry) {
            if (rendered.incrementAndGet() == Renewal.BATCH + 5) {
              copy(copy);
            }
            return NEW.render(entry);
          }

          @Override
          public String version() {
            return "new";
          }
        };

    Catalog.open(file(), copying).close();

    try (Catalog catalog = Catalog.open(copy, NEW)) {
      assertAll(catalog, NEW);
    }
  }

  @Test
  void severalAtOnceShareTheWork() throws Exception {
    fill(OLD, MANY);
    Counting counting = new Counting("new", Integer.MAX_VALUE);
    Callable<Void> opening =
        () -> {
          try (Catalog catalog = Catalog.open(file(), counting, Duration.ofSeconds(30))) {
            assertAll(catalog, NEW);
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (Future<Void> done :
          threads.invokeAll(List.of(opening, opening, opening), 60, TimeUnit.SECONDS)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(counting.rendered).hasValue(MANY);
  }

  @Test
  void aVersionThatCouldNotBeToldFromAPlaceIsRefused() {
    assertThatThrownBy(() -> Catalog.open(file(), new Samples.Rendering("a:b")))
        .hasStackTraceContaining("rendering version 'a:b' must be 1 to 64 of [a-zA-Z0-9]");
  }

  private void makeVersion2() throws Exception {
    Flyway.configure(getClass().getClassLoader())
        .dataSource("jdbc:sqlite:" + file(), "", "")
        .locations(DatabaseFile.MIGRATIONS)
        .placeholders(DatabaseFile.PLACEHOLDERS)
        .target("2")
        .load()
        .migrate();
    long seconds = Samples.NOON.getEpochSecond();
    try (RawDatabase raw = new RawDatabase(file())) {
      for (int i = 0; i < 2; i++) {
        raw.execute(
            "INSERT INTO backup VALUES ('%s', 'f', 'c', %d, %d, %d, %d, 'MANUAL', 'shard1,shard2', 1000, 100, %d)"
                .formatted(
                    i == 0 ? "a" : "b",
                    seconds - 1,
                    123_456_000 + i,
                    seconds,
                    123_456_000 + i,
                    1 - i));
      }
    }
  }

  private void fill(BackupRendering rendering, int count) {
    try (Catalog catalog = Catalog.open(file(), rendering)) {
      assertThat(
              catalog
                  .backups()
                  .addAll(
                      IntStream.range(0, count)
                          .mapToObj(i -> Samples.backup("b%06d".formatted(i), Samples.NOON))
                          .iterator()))
          .isEqualTo(count);
    }
  }

  private void crash(BackupRendering rendering) {
    assertThatThrownBy(() -> Catalog.open(file(), rendering)).hasRootCauseMessage("crash");
  }

  private static void assertAll(Catalog catalog, BackupRendering rendering) {
    List<BackupEntry> all = catalog.backups().listByFolder("folder", null, 2 * MANY);
    assertThat(all).hasSize(MANY);
    for (BackupEntry entry : all) {
      assertThat(catalog.backups().documents().document(entry.id()).orElseThrow().json())
          .isEqualTo(rendering.render(entry));
    }
  }

  private void copy(Path copy) {
    try {
      Files.copy(file(), copy);
      Files.copy(Path.of(file() + "-wal"), Path.of(copy + "-wal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts, and fails when it has rendered so many. */
  private static final class Counting implements BackupRendering {
    private final AtomicInteger rendered = new AtomicInteger();
    private final BackupRendering rendering;
    private final int most;

    Counting(String version, int most) {
      this.rendering = new Samples.Rendering(version);
      this.most = most;
    }

    @Override
    public byte[] render(BackupEntry entry) {
      if (rendered.incrementAndGet() > most) {
        throw new IllegalStateException("crash");
      }
      return rendering.render(entry);
    }

    @Override
    public String version() {
      return rendering.version();
    }
  }
}
