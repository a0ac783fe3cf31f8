package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalRepositoryTest {
  private static final BackupId ID =
      new BackupId("c9q287aqv5rf11isjeql", "20181113T133617-abcd2345");

  @TempDir private Path temp;
  private Path root;
  private LocalRepository repository;

  @BeforeEach
  void openRepository() throws Exception {
    root = temp.resolve("data").resolve("repository");
    repository = LocalRepository.open(root, LocalRepository.DEFAULT_LEVEL, Keyring.none());
  }

  @AfterEach
  void closeRepository() throws Exception {
    repository.close();
  }

  @Test
  void givesBackExactlyWhatWasStored() throws Exception {
    Map<String, byte[]> shards =
        Map.of(
            "empty", new byte[0],
            "noise", Samples.noise(7, 5_000_000),
            "text", Samples.text(3_000_001));

    Samples.store(repository, ID, shards);

    Manifest manifest = repository.manifest(ID).orElseThrow();
    for (ShardManifest shard : manifest.shards()) {
      assertThat(Samples.read(repository, ID, shard)).isEqualTo(shards.get(shard.name()));
    }
  }

  @Test
  void aManifestComesBackAsItWasCommitted() throws Exception {
    Manifest committed = Samples.store(repository, ID, Samples.TWO_SHARDS);

    assertThat(repository.manifest(ID)).contains(committed);
  }

  @Test
  void writesOfAnySizeGiveTheSameSnapshot() throws Exception {
    byte[] snapshot = Samples.noise(3, 2_500_000);
    List<ShardManifest> shards = new ArrayList<>();
    try (PendingBackup pending = repository.begin(ID)) {
      try (ShardWriter writer = pending.shard("s")) {
        int size = 1;
        for (int at = 0; at < snapshot.length; at += size, size = size * 3 % 1_500_007 + 1) {
          size = Math.min(size, snapshot.length - at);
          writer.write(snapshot, at, size);
        }
        shards.add(Samples.shard("s", writer.finish()));
      }
      pending.commit(Samples.manifest(ID, shards));
    }

    assertThat(Samples.read(repository, ID, shards.get(0))).isEqualTo(snapshot);
  }

  @Test
  void shardsCanBeWrittenInParallel() throws Exception {
    int count = 8;
    List<ShardManifest> shards = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try (PendingBackup pending = repository.begin(ID)) {
      List<Future<ShardManifest>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "shard" + i;
        byte[] snapshot = Samples.noise(i, 2_000_000);
        running.add(
            threads.submit(() -> Samples.shard(name, Samples.write(pending, name, snapshot))));
      }
      for (Future<ShardManifest> shard : running) {
        shards.add(shard.get(60, TimeUnit.SECONDS));
      }
      pending.commit(Samples.manifest(ID, shards));
    } finally {
      threads.shutdownNow();
    }

    for (int i = 0; i < count; i++) {
      assertThat(Samples.read(repository, ID, shards.get(i)))
          .isEqualTo(Samples.noise(i, 2_000_000));
    }
  }

  @Test
  void nobodySeesABackupBeforeItsCommit() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      Samples.write(pending, Samples.TWO_SHARDS);

      assertThat(repository.manifest(ID)).isEmpty();
    }
  }

  @Test
  void anUncommittedBackupLeavesNoFile() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      Samples.write(pending, Samples.TWO_SHARDS);
    }

    assertThat(root.resolve(ID.clusterId())).doesNotExist();
  }

  @Test
  void anUnfinishedShardLeavesNoFileAndCanBeWrittenAnew() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      try (ShardWriter writer = pending.shard("s")) {
        writer.write(Samples.noise(1, 3_000_000), 0, 3_000_000);
      }
      assertThat(folder(ID)).isEmptyDirectory();

      Samples.write(pending, "s", Samples.noise(2, 100));
      assertThat(folder(ID).resolve("s.rdb.zst")).exists();
    }
  }

  @Test
  void aFinishedShardCanBeDiscardedAndWrittenAnew() throws Exception {
    byte[] second = Samples.noise(2, 100);
    try (PendingBackup pending = repository.begin(ID)) {
      Samples.write(pending, "s", Samples.noise(1, 100));
      pending.discard("s");
      StoredShard stored = Samples.write(pending, "s", second);
      pending.commit(Samples.manifest(ID, List.of(Samples.shard("s", stored))));
    }

    Manifest manifest = repository.manifest(ID).orElseThrow();
    assertThat(Samples.read(repository, ID, manifest.shards().get(0))).isEqualTo(second);
  }

  @Test
  void aCommitWithAnUnfinishedShardIsRefused() throws Exception {
    try (PendingBackup pending = repository.begin(ID);
        ShardWriter unfinished = pending.shard("late")) {
      unfinished.write(new byte[10], 0, 10);
      Manifest manifest = Samples.write(pending, Samples.TWO_SHARDS);

      assertThatThrownBy(() -> pending.commit(manifest))
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("1 shards are unfinished");
    }
  }

  @Test
  void aCommitThatLeavesAStoredShardOutIsRefused() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      Manifest manifest = Samples.write(pending, Samples.TWO_SHARDS);
      Samples.write(pending, "extra", new byte[1]);

      assertThatThrownBy(() -> pending.commit(manifest))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining("extra");
    }
  }

  @Test
  void aCommitThatSaysOtherThanWhatWasStoredIsRefused() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      StoredShard stored = Samples.write(pending, "s", new byte[10]);
      StoredShard other =
          Samples.stored(stored.file(), 11, stored.storedBytes(), stored.rawSha256());

      assertThatThrownBy(
              () -> pending.commit(Samples.manifest(ID, List.of(Samples.shard("s", other)))))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining("rawBytes=11");
    }
  }

  @Test
  void aManifestOfAnotherBackupIsNotCommitted() throws Exception {
    BackupId other = new BackupId(ID.clusterId(), "other");
    try (PendingBackup pending = repository.begin(ID)) {
      StoredShard stored = Samples.write(pending, "s", new byte[10]);
      Manifest manifest = Samples.manifest(other, List.of(Samples.shard("s", stored)));

      assertThatThrownBy(() -> pending.commit(manifest))
          .isInstanceOfSatisfying(
              ManifestException.class, e -> assertThat(e.field()).isEqualTo("backupId"));
    }
  }

  @Test
  void anIdIsGivenOnlyOnce() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);

    assertThatThrownBy(() -> repository.begin(ID))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(ID + " is already there");
  }

  @Test
  void aShardsNameWithAPathIsRefused() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      assertThatThrownBy(() -> pending.shard("../s"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'../s'");
    }
  }

  @Test
  void deletingTwiceIsDeletingOnce() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);

    repository.delete(ID);
    repository.delete(ID);

    assertThat(repository.manifest(ID)).isEmpty();
    assertThat(root.resolve(ID.clusterId())).doesNotExist();
  }

  @Test
  void aBackupBeingWrittenIsNotDeleted() throws Exception {
    try (PendingBackup pending = repository.begin(ID)) {
      Manifest manifest = Samples.write(pending, Samples.TWO_SHARDS);

      assertThatThrownBy(() -> repository.delete(ID))
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("being written");
      pending.commit(manifest);
    }
    assertThat(repository.manifest(ID)).isPresent();
  }

  @Test
  void deletingTheLastBackupOfAClusterNeverDisturbsTheNextOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        String prefix = "t" + t + "-";
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    BackupId id = new BackupId(ID.clusterId(), prefix + i);
                    repository.begin(id).close();
                  }
                  return null;
                }));
      }
      for (Future<?> future : running) {
        assertThat(future.get(60, TimeUnit.SECONDS)).isNull();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(root.resolve(ID.clusterId())).doesNotExist();
  }

  @Test
  void everyCommittedBackupIsVisitedOnce() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      BackupId id = new BackupId("cluster" + i % 2, "b" + i);
      Samples.store(repository, id, Samples.TWO_SHARDS);
      expected.add(id.toString());
    }

    try (PendingBackup pending = repository.begin(ID)) {
      Samples.write(pending, Samples.TWO_SHARDS);
      assertThat(visited(new ArrayList<>())).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aDamagedManifestIsReportedAndKept() throws Exception {
    BackupId sound = new BackupId(ID.clusterId(), "sound");
    Samples.store(repository, ID, Samples.TWO_SHARDS);
    Samples.store(repository, sound, Samples.TWO_SHARDS);
    Path manifest = folder(ID).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).substring(0, 300));

    List<BackupId> damaged = new ArrayList<>();
    assertThat(visited(damaged)).containsExactly(sound.toString());
    assertThat(damaged).containsExactly(ID);
    assertThat(repository.removeLeftovers()).isZero();
    assertThat(folder(ID).resolve("shard1.rdb.zst")).exists();
  }

  @Test
  void theManifestOfAnotherBackupIsNotBelieved() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);
    Path copy = root.resolve(ID.clusterId()).resolve("copy");
    Files.createDirectory(copy);
    Files.copy(folder(ID).resolve("manifest.json"), copy.resolve("manifest.json"));

    assertThatThrownBy(() -> repository.manifest(new BackupId(ID.clusterId(), "copy")))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo("backupId"));
  }

  @Test
  void aLinkedFolderIsNotABackup() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);
    Path outside = Files.move(folder(ID), temp.resolve("outside"));
    Files.createSymbolicLink(folder(ID), outside);

    assertThat(visited(new ArrayList<>())).isEmpty();
    assertThatThrownBy(() -> repository.manifest(ID))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("symbolic link");
    assertThatThrownBy(() -> repository.delete(ID)).isInstanceOf(RepositoryException.class);
    assertThat(outside.resolve("manifest.json")).exists();
  }

  @Test
  void nothingIsWrittenThroughALinkedClusterFolder() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve(ID.clusterId()), outside);

    assertThatThrownBy(() -> repository.begin(ID)).isInstanceOf(RepositoryException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aLinkedManifestIsNotRead() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);
    Path manifest = folder(ID).resolve("manifest.json");
    Files.createSymbolicLink(manifest, Files.move(manifest, temp.resolve("outside.json")));

    assertThatThrownBy(() -> repository.manifest(ID))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("not a regular file");
  }

  @Test
  void foreignFilesAreLeftAlone() throws Exception {
    Samples.store(repository, ID, Samples.TWO_SHARDS);
    Path inRoot = Files.writeString(root.resolve("notes.txt"), "keep");
    Path inCluster = Files.writeString(root.resolve(ID.clusterId()).resolve("notes.txt"), "keep");
    Path inBackup = Files.writeString(folder(ID).resolve("notes.txt"), "keep");

    repository.delete(ID);
    repository.removeLeftovers();

    assertThat(List.of(inRoot, inCluster, inBackup)).allMatch(Files::exists);
    assertThat(folder(ID)).isDirectoryContaining(path -> path.equals(inBackup));
    assertThat(folder(ID).resolve("shard1.rdb.zst")).doesNotExist();
  }

  @Test
  void leftoversAreFoundAndRemovedButNeverWhatIsBeingWritten() throws Exception {
    BackupId left = new BackupId(ID.clusterId(), "left");
    Samples.store(repository, left, Samples.TWO_SHARDS);
    Files.delete(folder(left).resolve("manifest.json"));

    try (PendingBackup pending = repository.begin(ID)) {
      Manifest manifest = Samples.write(pending, Samples.TWO_SHARDS);

      assertThat(repository.leftovers()).containsExactly(left);
      assertThat(repository.removeLeftovers()).isEqualTo(1);
      assertThat(folder(left)).doesNotExist();
      pending.commit(manifest);
    }
    assertThat(repository.manifest(ID)).isPresent();
  }

  @Test
  void aFilesNameWithAPathIsNotOpened() throws Exception {
    Samples.store(repository, ID, Map.of("s", new byte[3]));
    ShardManifest hostile = Samples.shard("s", Samples.stored("../s.rdb.zst", 3, 3, "0"));

    assertThatThrownBy(() -> repository.open(ID, hostile))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("'../s.rdb.zst'");
  }

  @Test
  void aDeletedBackupIsNotOpened() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, Samples.TWO_SHARDS).shards().get(0);
    repository.delete(ID);

    assertThatThrownBy(() -> repository.open(ID, shard))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("There is no backup " + ID);
  }

  @Test
  void anotherServerInTheSameFolderIsRefused() {
    assertThatThrownBy(() -> LocalRepository.open(root, 1, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("in use by another server");
  }

  @Test
  void anotherProcessInTheSameFolderIsRefused() throws Exception {
    Path theirs = temp.resolve("theirs");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RepositoryHolder.class.getName(),
                theirs.toString())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("holder.log").toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.exists(theirs.resolve("repository.json")));

      assertThatThrownBy(() -> LocalRepository.open(theirs, 1, Keyring.none()))
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("in use by another server");
    } finally {
      process.getOutputStream().close();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aRepositoryKeepsItsIdWhenItIsOpenedAgain() throws Exception {
    String id = repository.id();
    repository.close();

    repository = LocalRepository.open(root, 1, Keyring.none());

    assertThat(repository.id()).isEqualTo(id);
    assertThat(UUID.fromString(id)).hasToString(id);
  }

  @Test
  void aNewerFormatIsRefusedAndTheFolderIsLetGo() throws Exception {
    repository.close();
    Path identity = root.resolve("repository.json");
    String before = Files.readString(identity);
    Files.writeString(identity, before.replace(":2,", ":3,"));

    assertThatThrownBy(() -> LocalRepository.open(root, 1, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("format '3'");
    Files.writeString(identity, before);
    LocalRepository.open(root, 1, Keyring.none()).close();
  }

  @Test
  void anUnreadableIdentityIsRefused() throws Exception {
    repository.close();
    Path identity = root.resolve("repository.json");

    for (String damaged :
        List.of("", "{", "[]", "{\"formatVersion\":2}", "{\"formatVersion\":1,\"id\":\"x\"}")) {
      Files.write(identity, damaged.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> LocalRepository.open(root, 1, Keyring.none()))
          .as(damaged)
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("identity of the repository");
    }
  }

  @Test
  void aFolderOfSomebodyElseIsRefused() throws Exception {
    Path theirs = Files.createDirectory(temp.resolve("theirs"));
    Files.writeString(theirs.resolve("thesis.txt"), "mine");

    assertThatThrownBy(() -> LocalRepository.open(theirs, 1, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("'thesis.txt'");
  }

  @Test
  void aClosedRepositoryDoesNothingMore() throws Exception {
    PendingBackup pending = repository.begin(ID);
    Manifest manifest = Samples.write(pending, Samples.TWO_SHARDS);
    repository.close();

    assertThatThrownBy(() -> pending.commit(manifest)).hasMessageContaining("is closed");
    assertThatThrownBy(pending::close).hasMessageContaining("is closed");
    assertThatThrownBy(() -> repository.delete(ID)).hasMessageContaining("is closed");
    assertThat(folder(ID)).isDirectory();
  }

  @Test
  void checkLeavesNothingBehind() throws Exception {
    repository.check();

    try (var entries = Files.list(root)) {
      assertThat(entries.map(path -> root.relativize(path).toString()))
          .containsExactlyInAnyOrder(".lock", "repository.json");
    }
  }

  @Test
  void checkFailsWhenTheDiskIsFull() throws Exception {
    repository.close();
    for (int failAt = 1; failAt < 7; failAt++) {
      try (LocalRepository full =
          LocalRepository.open(
              root, 1, Keyring.none(), new SimulatedDisk(failAt, SimulatedDisk.NEVER))) {
        assertThatThrownBy(full::check)
            .as("step %s", failAt)
            .isInstanceOf(RepositoryException.class)
            .hasMessageContaining("The disk is full");
      }
    }
  }

  @Test
  void whatIsStoredIsClosedToOtherUsers() throws Exception {
    Samples.store(repository, ID, Map.of("s", new byte[3]));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder(ID))))
        .endsWith("---");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder(ID).resolve("s.rdb.zst"))))
        .endsWith("---");
  }

  @Test
  void tellsHowMuchCanStillBeStored() throws Exception {
    assertThat(repository.usableBytes()).isBetween(1L, root.toFile().getTotalSpace());
  }

  private Path folder(BackupId id) {
    return root.resolve(id.clusterId()).resolve(id.suffix());
  }

  private List<String> visited(List<BackupId> damaged) throws IOException {
    List<String> visited = new ArrayList<>();
    repository.forEachCommitted(
        manifest -> visited.add(manifest.backupId()), (id, reason) -> damaged.add(id));
    return visited;
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, true",
    "Disk quota exceeded, true",
    "Input/output error, false"
  })
  void aFullDiskIsToldApartFromABrokenOne(String reason, boolean noSpace) {
    RepositoryException e =
        RepositoryException.during("write", Path.of("shard1.rdb.zst"), new IOException(reason));
    assertThat(e.noSpace()).isEqualTo(noSpace);
    assertThat(e).hasMessageContaining("shard1.rdb.zst").hasMessageContaining(reason);
  }
}
