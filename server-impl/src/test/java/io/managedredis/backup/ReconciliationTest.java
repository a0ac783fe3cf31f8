package io.managedredis.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.Cancellation;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.DamageListener;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a start makes of what crashes, losses and interrupted deletions have left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class ReconciliationTest {
  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() throws IOException {
    bench.close();
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  @Test
  void aLostCatalogueIsRebuiltFromTheManifestsAlone() throws Exception {
    for (int i = 0; i < 3; i++) {
      redis.fill(10 * (i + 1), 100);
      backUp();
    }
    List<BackupEntry> before = bench.listed();
    bench.loseCatalog();
    assertThat(bench.listed()).isEmpty();
    reconcile();
    assertThat(bench.listed()).hasSize(3).isEqualTo(before);
  }

  @Test
  void aRowWithoutItsBackupIsRemovedAndTheOthersStay() throws Exception {
    Manifest gone = backUp();
    Manifest kept = backUp();
    bench.repository.delete(id(gone));
    reconcile();
    assertThat(ids()).containsExactly(kept.backupId());
  }

  @Test
  void aDamagedManifestIsKeptAndSoIsItsRow() throws Exception {
    Manifest damaged = backUp();
    Path file = bench.folderOf(damaged.backupId()).resolve("manifest.json");
    Files.writeString(file, "{");
    reconcile();
    assertThat(ids()).containsExactly(damaged.backupId());
    assertThat(file).hasContent("{");
    assertThat(bench.folderOf(damaged.backupId()).resolve("shard1.rdb.zst")).exists();
  }

  @Test
  void aDamagedManifestCountsAsDamagedUntilItIsPutBack() throws Exception {
    String id = backUp().backupId();
    Path file = bench.folderOf(id).resolve("manifest.json");
    byte[] manifest = Files.readAllBytes(file);
    Files.writeString(file, "{");
    reconcile();
    assertThat(bench.catalog.backups().damaged(id)).contains(true);
    Files.write(file, manifest);
    reconcile();
    assertThat(bench.catalog.backups().damaged(id)).contains(false);
  }

  @Test
  void aDamagedManifestDoesNotKeepTheOthersFromBeingCatalogued() throws Exception {
    Manifest damaged = backUp();
    Manifest good = backUp();
    Files.writeString(bench.folderOf(damaged.backupId()).resolve("manifest.json"), "{}");
    bench.loseCatalog();
    reconcile();
    assertThat(ids()).containsExactly(good.backupId());
  }

  @Test
  void leftoversAreRemoved() throws Exception {
    Manifest good = backUp();
    Path leftover = bench.folder.resolve("repository/c1/20260101T000000-aaaaaaaa");
    Files.createDirectories(leftover);
    Files.writeString(leftover.resolve("shard1.rdb.zst"), "half");
    reconcile();
    assertThat(leftover).doesNotExist();
    assertThat(ids()).containsExactly(good.backupId());
  }

  @Test
  void noManifestIsReadTwice() throws Exception {
    backUp();
    backUp();
    bench.loseCatalog();
    AtomicInteger read = new AtomicInteger();
    Repository counting =
        new RepositoryWrapper(bench.repository) {
          @Override
          public Optional<Manifest> manifest(BackupId id) throws RepositoryException {
            read.incrementAndGet();
            return super.manifest(id);
          }

          @Override
          public void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
              throws RepositoryException {
            super.forEachCommitted(
                manifest -> {
                  read.incrementAndGet();
                  visitor.accept(manifest);
                },
                damage);
          }
        };
    new Reconciliation(counting, bench.catalog.backups()).run();
    assertThat(bench.listed()).hasSize(2);
    assertThat(read).hasValue(2);
  }

  @Test
  void aBackupThatWasFoundDamagedIsCataloguedSo() throws Exception {
    Manifest damaged = backUp();
    Manifest good = backUp();
    Path file = bench.folderOf(damaged.backupId()).resolve("shard1.rdb.zst");
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    assertThat(
            new BackupVerifier(bench.repository)
                .verify(id(damaged), (bytes, done, total) -> {}, new Cancellation())
                .damaged())
        .isTrue();
    bench.loseCatalog();
    reconcile();
    assertThat(bench.catalog.backups().damaged(damaged.backupId())).contains(true);
    assertThat(bench.catalog.backups().damaged(good.backupId())).contains(false);
  }

  @Test
  void reconcilingTwiceChangesNothingMore() throws Exception {
    backUp();
    bench.loseCatalog();
    reconcile();
    List<BackupEntry> once = bench.listed();
    reconcile();
    assertThat(bench.listed()).isEqualTo(once).hasSize(1);
  }

  @Test
  void aDeletedBackupIsGoneEverywhere() throws Exception {
    Manifest manifest = backUp();
    remover(bench.repository).delete(id(manifest));
    assertThat(bench.listed()).isEmpty();
    assertThat(bench.stored()).isEmpty();
  }

  @Test
  void deletingWhatIsGoneAlreadyIsFine() throws Exception {
    Manifest manifest = backUp();
    remover(bench.repository).delete(id(manifest));
    remover(bench.repository).delete(id(manifest));
    assertThat(bench.listed()).isEmpty();
  }

  @Test
  void aDeletionThatFailsBeforeTheManifestKeepsTheWholeBackupListed() throws Exception {
    Manifest manifest = backUp();
    List<BackupEntry> before = bench.listed();
    BackupRemover remover =
        remover(
            new RepositoryWrapper(bench.repository) {
              @Override
              public void delete(BackupId id) throws RepositoryException {
                throw new RepositoryException("the disk is read-only");
              }
            });
    BackupFailedException e =
        catchThrowableOfType(BackupFailedException.class, () -> remover.delete(id(manifest)));
    assertThat(e.reason()).isEqualTo(BackupFailedException.Reason.STORAGE);
    assertThat(e)
        .hasMessageContaining(manifest.backupId())
        .hasMessageContaining("the disk is read-only");
    assertThat(bench.listed()).isEqualTo(before);
    try (RedisProcess copy = bench.load(manifest, manifest.shards().get(0))) {
      assertThat(copy.size()).isEqualTo(redis.size());
    }
  }

  @Test
  void aDamagedBackupWhoseDeletionFailsStaysDamaged() throws Exception {
    Manifest manifest = backUp();
    boolean unused = bench.catalog.backups().markDamaged(manifest.backupId(), true);
    BackupRemover remover =
        remover(
            new RepositoryWrapper(bench.repository) {
              @Override
              public void delete(BackupId id) throws RepositoryException {
                throw new RepositoryException("the disk is read-only");
              }
            });
    assertThatThrownBy(() -> remover.delete(id(manifest)))
        .isInstanceOf(BackupFailedException.class);
    assertThat(bench.catalog.backups().damaged(manifest.backupId())).contains(true);
  }

  @Test
  void aDeletionThatFailsAfterTheManifestIsDoneAndItsLeftoverGoesAtTheNextStart() throws Exception {
    Manifest manifest = backUp();
    BackupRemover remover =
        remover(
            new RepositoryWrapper(bench.repository) {
              @Override
              public void delete(BackupId id) throws RepositoryException {
                try {
                  Files.delete(bench.folderOf(id.toString()).resolve("manifest.json"));
                } catch (IOException e) {
                  throw new RepositoryException("not even that", e);
                }
                throw new RepositoryException("the disk went away");
              }
            });
    remover.delete(id(manifest));
    assertThat(bench.listed()).isEmpty();
    assertThat(bench.folderOf(manifest.backupId())).exists();
    bench.loseCatalog();
    reconcile();
    assertThat(bench.listed()).isEmpty();
    assertThat(bench.stored()).isEmpty();
  }

  @Test
  void aDeletionThatIsCutOffAfterTheRowEndsInABackupThatIsListedAgain() throws Exception {
    Manifest manifest = backUp();
    List<BackupEntry> before = bench.listed();
    assertThat(bench.catalog.backups().remove(manifest.backupId())).isTrue();
    reconcile();
    assertThat(bench.listed()).isEqualTo(before);
  }

  private Manifest backUp() throws Exception {
    return bench.take(Workbench.nodes(redis.port()));
  }

  private BackupRemover remover(Repository repository) {
    return new BackupRemover(
        repository, bench.catalog.backups(), new Listing(repository, bench.catalog.backups()));
  }

  private void reconcile() throws RepositoryException {
    new Reconciliation(bench.repository, bench.catalog.backups()).run();
  }

  private List<String> ids() {
    return bench.listed().stream().map(BackupEntry::id).toList();
  }

  private static BackupId id(Manifest manifest) {
    return BackupId.parse(manifest.backupId()).orElseThrow();
  }
}
