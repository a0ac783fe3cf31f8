package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was proven later is kept beside the manifest, whoever else is at work there. */
final class VerificationTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final Instant AT = Instant.parse("2026-11-23T00:00:00.123456789Z");
  private static final String STRAY = "verification.json." + "0a".repeat(16) + ".tmp";

  @TempDir private Path temp;
  private Path root;
  private LocalRepository repository;
  private Manifest manifest;

  @BeforeEach
  void storeOne() throws Exception {
    root = temp.resolve("repository");
    repository = LocalRepository.open(root, 1, Keyring.none());
    manifest = Samples.store(repository, ID, Samples.TWO_SHARDS);
  }

  @AfterEach
  void closeRepository() throws Exception {
    repository.close();
  }

  @Test
  void aBackupThatWasNeverVerifiedHasNone() throws Exception {
    assertThat(repository.verification(ID)).isEmpty();
  }

  @Test
  void aVerificationComesBackAsItWasRecorded() throws Exception {
    Verification verification = Samples.verification(manifest, AT);

    repository.record(verification);

    assertThat(repository.verification(ID)).contains(verification);
    assertThat(names()).contains("verification.json").noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void aLaterOneTakesItsPlace() throws Exception {
    Verification later = Samples.verification(manifest, AT.plusSeconds(60));
    repository.record(Samples.verification(manifest, AT));

    repository.record(later);

    assertThat(repository.verification(ID)).contains(later);
  }

  @Test
  void aBackupThatIsNotThereIsNotRecorded() throws Exception {
    repository.delete(ID);

    assertThatThrownBy(() -> repository.record(Samples.verification(manifest, AT)))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("There is no backup " + ID);
    assertThat(root.resolve(ID.clusterId())).doesNotExist();
  }

  @Test
  void aBackupBeingWrittenIsNotRecorded() throws Exception {
    BackupId pendingId = new BackupId("cluster1", "pending");
    try (PendingBackup pending = repository.begin(pendingId)) {
      Manifest unfinished = Samples.write(pending, Samples.TWO_SHARDS);

      assertThatThrownBy(() -> repository.record(Samples.verification(unfinished, AT)))
          .isInstanceOf(RepositoryException.class);
    }
  }

  @Test
  void otherShardsThanTheManifestsAreRefused() {
    Verification whole = Samples.verification(manifest, AT);
    Verification part =
        new Verification(
            whole.formatVersion(),
            whole.backupId(),
            whole.startedAt(),
            whole.completedAt(),
            whole.shards().subList(0, 1));

    assertThatThrownBy(() -> repository.record(part))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo("shards"))
        .hasMessageContaining("The verification of backup " + ID);
  }

  @Test
  void whatCannotBeABackupsIdIsRefused() {
    Verification hostile = new Verification(1, "../x:y", AT, AT, List.of());

    assertThatThrownBy(() -> repository.record(hostile))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../x:y'");
  }

  @Test
  void aDamagedOneIsToldApartFromNone() throws Exception {
    repository.record(Samples.verification(manifest, AT));
    Path file = folder().resolve("verification.json");
    Files.writeString(file, Files.readString(file).substring(0, 200));

    assertThatThrownBy(() -> repository.verification(ID)).isInstanceOf(ManifestException.class);
    assertThat(repository.manifest(ID)).isPresent();
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws Exception {
    Path outside = Files.writeString(temp.resolve("outside"), "theirs");
    Files.createSymbolicLink(folder().resolve("verification.json"), outside);

    assertThatThrownBy(() -> repository.verification(ID))
        .hasMessageContaining("not a regular file");
    repository.record(Samples.verification(manifest, AT));
    assertThat(outside).hasContent("theirs");
    assertThat(repository.verification(ID)).isPresent();
  }

  @Test
  void deletingABackupTakesItAndItsDraftsAlong() throws Exception {
    repository.record(Samples.verification(manifest, AT));
    Files.writeString(folder().resolve(STRAY), "{");

    repository.delete(ID);

    assertThat(root.resolve(ID.clusterId())).doesNotExist();
  }

  @Test
  void whatACrashLeftOfOneIsRemovedAndNothingElse() throws Exception {
    repository.record(Samples.verification(manifest, AT));
    Files.writeString(folder().resolve(STRAY), "{");
    Files.writeString(folder().resolve("verification.json.notes.tmp"), "mine");

    assertThat(repository.removeLeftovers()).isZero();

    assertThat(names())
        .containsExactlyInAnyOrder(
            "manifest.json",
            "shard1.rdb.zst",
            "shard2.rdb.zst",
            "verification.json",
            "verification.json.notes.tmp");
  }

  @Test
  void manyAtOnceLeaveOneOfThemWhole() throws Exception {
    List<Verification> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(Samples.verification(manifest, AT.plusSeconds(i)));
    }
    try (StoredBackups beside = LocalRepository.openBeside(root, Keyring.none())) {
      inParallel(
          4,
          thread -> {
            for (int i = thread; i < all.size(); i += 4) {
              (thread % 2 == 0 ? repository : beside).record(all.get(i));
              assertThat(repository.verification(ID)).isPresent();
            }
          });
    }
    assertThat(all).contains(repository.verification(ID).orElseThrow());
    assertThat(names()).noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void tidyingUpNeverDisturbsThem() throws Exception {
    try (StoredBackups beside = LocalRepository.openBeside(root, Keyring.none())) {
      inParallel(
          3,
          thread -> {
            for (int i = 0; i < 40; i++) {
              switch (thread) {
                case 0 -> repository.removeLeftovers();
                case 1 -> repository.record(Samples.verification(manifest, AT.plusSeconds(i)));
                default -> recordUntilItIsThere(beside, AT.minusSeconds(i));
              }
            }
          });
    }
    assertThat(repository.verification(ID)).isPresent();
    assertThat(names()).noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void noneStaysBehindABackupThatIsDeletedMeanwhile() throws Exception {
    try (StoredBackups beside = LocalRepository.openBeside(root, Keyring.none())) {
      for (int round = 0; round < 40; round++) {
        BackupId id = new BackupId("cluster2", "round" + round);
        Manifest stored = Samples.store(repository, id, Map.of("s", new byte[10]));
        inParallel(
            3,
            thread -> {
              if (thread == 0) {
                repository.delete(id);
                return;
              }
              for (int i = 0; i < 5; i++) {
                try {
                  beside.record(Samples.verification(stored, AT));
                } catch (RepositoryException e) {
                  assertThat(e).hasMessageContaining("There is no backup");
                }
              }
            });
        assertThat(root.resolve("cluster2")).as("round %s", round).doesNotExist();
      }
    }
  }

  @Test
  void recordingSurvivesAnErrorACrashAndALossOfPowerAtEveryStep() throws Exception {
    Verification before = Samples.verification(manifest, AT);
    Verification after = Samples.verification(manifest, AT.plusSeconds(1));
    repository.record(before);
    repository.close();
    List<String> tidy = names();
    for (boolean crash : List.of(false, true)) {
      boolean reached = true;
      for (int at = 1; reached; at++) {
        int masks = 1;
        for (int mask = 0; mask < masks; mask++) {
          SimulatedDisk disk =
              new SimulatedDisk(crash ? SimulatedDisk.NEVER : at, crash ? at : SimulatedDisk.NEVER);
          boolean promised = false;
          try (LocalRepository faulty = LocalRepository.open(root, 1, Keyring.none(), disk)) {
            faulty.record(after);
            promised = true;
          } catch (RepositoryException e) {
            assertThat(e).hasMessageContaining("No space left on device");
          }
          reached = crash ? disk.crashed() : disk.steps() > at;
          masks = crash ? 1 << disk.volatileChanges() : 1;
          disk.losePower(mask);
          repository = LocalRepository.open(root, 1, Keyring.none());
          if (!crash) {
            assertThat(names()).as("step %s", at).isEqualTo(tidy);
          }
          repository.removeLeftovers();
          Optional<Verification> found = repository.verification(ID);
          assertThat(found).as("step %s, lost %s", at, mask).isPresent();
          assertThat(found.orElseThrow())
              .as("step %s, lost %s", at, mask)
              .isIn(promised ? List.of(after) : List.of(before, after));
          assertThat(names()).isEqualTo(tidy);
          repository.record(before);
          repository.close();
        }
      }
      assertThat(reached).isFalse();
    }
  }

  /** A server that starts may take the draft for a stray one, a few times in a row. */
  private void recordUntilItIsThere(StoredBackups backups, Instant at) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        backups.record(Samples.verification(manifest, at));
        return;
      } catch (RepositoryException e) {
        assertThat(e).hasMessageContaining("removed by somebody else");
        assertThat(attempt).isLessThan(20);
      }
    }
  }

  /** One of several threads. */
  private interface Work {
    void of(int thread) throws Exception;
  }

  private static void inParallel(int count, Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(count);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        running.add(
            threads.submit(
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  work.of(thread);
                  return null;
                }));
      }
      for (Future<?> future : running) {
        assertThat(future.get(60, TimeUnit.SECONDS)).isNull();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Path folder() {
    return root.resolve(ID.clusterId()).resolve(ID.suffix());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder())) {
      return entries.map(path -> folder().relativize(path).toString()).sorted().toList();
    }
  }
}
