package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every step of storing and deleting, interrupted: by one error, by a crash, by a crash after an
 * error, and by a loss of power that takes any of the changes not yet durable. All cases are
 * enumerated.
 */
final class CrashMatrixTest {
  private static final BackupId KEPT = new BackupId("cluster1", "20261121T000000-aaaaaaaa");
  private static final BackupId SAME_CLUSTER = new BackupId("cluster1", "20261122T000000-bbbbbbbb");
  private static final BackupId OTHER_CLUSTER =
      new BackupId("cluster2", "20261122T000000-cccccccc");
  private static final Map<String, byte[]> KEPT_SHARDS = Map.of("shard1", Samples.noise(9, 100));
  private static final Map<String, byte[]> SHARDS =
      new TreeMap<>(Map.of("s1", Samples.noise(1, 500), "s2", Samples.text(4000)));

  /** Opening an existing repository takes one step. */
  private static final int FIRST_AFTER_OPENING = 1;

  @TempDir private Path temp;
  private Keyring keyring = Keyring.none();
  private int runs;

  /** What is interrupted. Returns whether its promise was given. */
  private interface Scenario {
    boolean run(LocalRepository repository, BackupId id) throws IOException;
  }

  /** What must be there afterwards when the promise was given. */
  private enum Promise {
    THERE,
    GONE
  }

  @Test
  void storingSurvivesACrashAndALossOfPowerAtEveryStep() throws Exception {
    for (BackupId id : List.of(SAME_CLUSTER, OTHER_CLUSTER)) {
      crashEverywhere(id, false, Promise.THERE, CrashMatrixTest::store, SimulatedDisk.NEVER);
    }
  }

  @Test
  void storingEncryptedSurvivesACrashAndALossOfPowerAtEveryStep() throws Exception {
    keyring = Samples.keyring(temp);
    crashEverywhere(
        OTHER_CLUSTER, false, Promise.THERE, CrashMatrixTest::store, SimulatedDisk.NEVER);
  }

  @Test
  void deletingSurvivesACrashAndALossOfPowerAtEveryStep() throws Exception {
    for (BackupId id : List.of(SAME_CLUSTER, OTHER_CLUSTER)) {
      crashEverywhere(id, true, Promise.GONE, CrashMatrixTest::delete, SimulatedDisk.NEVER);
    }
  }

  @Test
  void storingSurvivesACrashAfterAnErrorAtEveryStep() throws Exception {
    int steps = steps(OTHER_CLUSTER, false, CrashMatrixTest::store);
    for (int failAt = FIRST_AFTER_OPENING; failAt < steps; failAt++) {
      crashEverywhere(OTHER_CLUSTER, false, Promise.THERE, CrashMatrixTest::store, failAt);
    }
  }

  @Test
  void deletingAgainAfterAnErrorSurvivesACrashAtEveryStep() throws Exception {
    int steps = steps(OTHER_CLUSTER, true, CrashMatrixTest::delete);
    for (int failAt = FIRST_AFTER_OPENING; failAt < steps; failAt++) {
      crashEverywhere(OTHER_CLUSTER, true, Promise.GONE, CrashMatrixTest::deleteTwice, failAt);
    }
  }

  @Test
  void aBackupThatFailedAtAnyStepLeavesNothingAndItsIdIsFree() throws Exception {
    int steps = steps(OTHER_CLUSTER, false, CrashMatrixTest::store);
    for (int failAt = FIRST_AFTER_OPENING; failAt < steps; failAt++) {
      Path root = newRoot(OTHER_CLUSTER, false);
      try (LocalRepository repository =
          LocalRepository.open(root, 1, keyring, new SimulatedDisk(failAt, SimulatedDisk.NEVER))) {
        assertThat(store(repository, OTHER_CLUSTER)).as("step %s", failAt).isFalse();
        repository.removeLeftovers();
        assertThat(files(root)).as("step %s", failAt).isEqualTo(expectedFiles());
        Samples.store(repository, OTHER_CLUSTER, SHARDS);
      }
    }
  }

  @Test
  void whatAnErrorKeptFromBeingRemovedGoesWithTheNextBackup() throws Exception {
    goesWithTheNextBackup(false, CrashMatrixTest::abandon);
    goesWithTheNextBackup(true, CrashMatrixTest::delete);
  }

  private void goesWithTheNextBackup(boolean stored, Scenario scenario) throws Exception {
    int steps = steps(OTHER_CLUSTER, stored, scenario);
    for (int failAt = FIRST_AFTER_OPENING; failAt < steps; failAt++) {
      Path root = newRoot(OTHER_CLUSTER, stored);
      try (LocalRepository repository =
          LocalRepository.open(root, 1, keyring, new SimulatedDisk(failAt, SimulatedDisk.NEVER))) {
        assertThat(succeeds(scenario, repository)).as("step %s", failAt).isFalse();
        boolean kept = repository.manifest(OTHER_CLUSTER).isPresent();
        Samples.store(repository, SAME_CLUSTER, SHARDS);
        assertThat(Files.exists(root.resolve(OTHER_CLUSTER.clusterId())))
            .as("step %s", failAt)
            .isEqualTo(kept);
      }
    }
  }

  private static boolean succeeds(Scenario scenario, LocalRepository repository) {
    try {
      return scenario.run(repository, OTHER_CLUSTER);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean abandon(LocalRepository repository, BackupId id) throws IOException {
    try (PendingBackup pending = repository.begin(id)) {
      Samples.write(pending, SHARDS);
    }
    return true;
  }

  @Test
  void openingANewRepositorySurvivesACrashAndALossOfPowerAtEveryStep() throws Exception {
    boolean crashed = true;
    for (int crashAt = 0; crashed; crashAt++) {
      int masks = 1;
      for (int mask = 0; mask < masks; mask++) {
        Path root = temp.resolve("new" + runs++).resolve("data").resolve("repository");
        SimulatedDisk disk = new SimulatedDisk(SimulatedDisk.NEVER, crashAt);
        String promised = "";
        try (LocalRepository repository = LocalRepository.open(root, 1, keyring, disk)) {
          promised = repository.id();
        } catch (RepositoryException e) {
          assertThat(disk.crashed()).isTrue();
        }
        crashed = disk.crashed();
        masks = 1 << disk.volatileChanges();
        disk.losePower(mask);
        try (LocalRepository repository =
            LocalRepository.open(root, 1, keyring, SimulatedDisk.sound())) {
          assertThat(repository.id()).isNotEmpty();
          assertThat(promised.isEmpty() || promised.equals(repository.id())).isTrue();
        }
      }
    }
  }

  @Test
  void anIdSeenAfterACrashSurvivesALossOfPower() throws Exception {
    boolean crashed = true;
    for (int crashAt = 0; crashed; crashAt++) {
      Path root = temp.resolve("new" + runs++);
      SimulatedDisk disk = new SimulatedDisk(SimulatedDisk.NEVER, crashAt);
      try (LocalRepository repository = LocalRepository.open(root, 1, keyring, disk)) {
        assertThat(repository.id()).isNotEmpty();
      } catch (RepositoryException e) {
        assertThat(disk.crashed()).isTrue();
      }
      crashed = disk.crashed();
      SimulatedDisk restarted = disk.restarted();
      String seen;
      try (LocalRepository repository = LocalRepository.open(root, 1, keyring, restarted)) {
        seen = repository.id();
      }
      // Whether the folder itself is durable is another promise, kept by the run that creates it.
      restarted.losePower(restarted.volatileChangesIn(root));
      try (LocalRepository repository =
          LocalRepository.open(root, 1, keyring, SimulatedDisk.sound())) {
        assertThat(repository.id()).as("crash at %s", crashAt).isEqualTo(seen);
      }
    }
  }

  private void crashEverywhere(
      BackupId id, boolean stored, Promise promise, Scenario scenario, int failAt)
      throws Exception {
    boolean crashed = true;
    int crashAt = 0;
    for (; crashed; crashAt++) {
      List<Integer> losses = List.of(0);
      for (int i = 0; i < losses.size(); i++) {
        int lost = losses.get(i);
        String at =
            "fail at %d, crash at %d, lost %s"
                .formatted(failAt, crashAt, Integer.toBinaryString(lost));
        Path root = newRoot(id, stored);
        SimulatedDisk disk = new SimulatedDisk(failAt, crashAt);
        boolean promised = run(root, id, disk, scenario);
        crashed = disk.crashed();
        losses = losses(disk.volatileChanges(), failAt == SimulatedDisk.NEVER);
        disk.losePower(lost);
        assertWhollyThereOrGone(root, id, promised ? Optional.of(promise) : Optional.empty(), at);
      }
    }
    assertThat(crashAt)
        .as("steps seen")
        .isGreaterThan(failAt == SimulatedDisk.NEVER ? FIRST_AFTER_OPENING + 3 : failAt);
  }

  /** What the power can take: any set of changes; or none, all, any one, all but one. */
  private static List<Integer> losses(int changes, boolean anySet) {
    int all = (1 << changes) - 1;
    Stream<Integer> losses =
        anySet
            ? IntStream.rangeClosed(0, all).boxed()
            : Stream.concat(
                Stream.of(0, all),
                IntStream.range(0, changes).boxed().flatMap(i -> Stream.of(1 << i, all ^ 1 << i)));
    return losses.distinct().toList();
  }

  private boolean run(Path root, BackupId id, SimulatedDisk disk, Scenario scenario) {
    try (LocalRepository repository = LocalRepository.open(root, 1, keyring, disk)) {
      return scenario.run(repository, id);
    } catch (IOException e) {
      return false;
    }
  }

  private int steps(BackupId id, boolean stored, Scenario scenario) throws Exception {
    SimulatedDisk disk = SimulatedDisk.sound();
    assertThat(run(newRoot(id, stored), id, disk, scenario)).isTrue();
    return disk.steps();
  }

  private static boolean store(LocalRepository repository, BackupId id) throws IOException {
    boolean committed = false;
    try (PendingBackup pending = repository.begin(id)) {
      Manifest manifest = Samples.write(pending, SHARDS);
      pending.commit(manifest);
      committed = true;
    } catch (RepositoryException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
    return committed;
  }

  private static boolean delete(LocalRepository repository, BackupId id) throws IOException {
    repository.delete(id);
    return true;
  }

  private static boolean deleteTwice(LocalRepository repository, BackupId id) throws IOException {
    try {
      repository.delete(id);
    } catch (RepositoryException e) {
      repository.delete(id);
    }
    return true;
  }

  private Path newRoot(BackupId id, boolean stored) throws IOException {
    Path root = temp.resolve("root" + runs++);
    try (LocalRepository repository =
        LocalRepository.open(root, 1, keyring, SimulatedDisk.sound())) {
      Samples.store(repository, KEPT, KEPT_SHARDS);
      if (stored) {
        Samples.store(repository, id, SHARDS);
      }
    }
    return root;
  }

  private void assertWhollyThereOrGone(Path root, BackupId id, Optional<Promise> promise, String at)
      throws Exception {
    try (LocalRepository repository =
        LocalRepository.open(root, 1, keyring, SimulatedDisk.sound())) {
      Optional<Manifest> found = repository.manifest(id);
      promise.ifPresent(p -> assertThat(found.isPresent()).as(at).isEqualTo(p == Promise.THERE));
      repository.removeLeftovers();
      assertThat(repository.leftovers()).as(at).isEmpty();
      assertReadable(repository, KEPT, KEPT_SHARDS, at);
      if (found.isPresent()) {
        assertReadable(repository, id, SHARDS, at);
      }
      Set<String> expected = expectedFiles();
      if (found.isPresent()) {
        String folder = id.clusterId() + "/" + id.suffix();
        expected.addAll(
            List.of(
                id.clusterId(),
                folder,
                folder + "/manifest.json",
                folder + "/s1.rdb.zst",
                folder + "/s2.rdb.zst"));
      }
      assertThat(files(root)).as(at).isEqualTo(expected);
    }
  }

  private static void assertReadable(
      LocalRepository repository, BackupId id, Map<String, byte[]> shards, String at)
      throws IOException {
    Manifest manifest = repository.manifest(id).orElseThrow(() -> new AssertionError(at));
    assertThat(manifest.shards()).as(at).hasSize(shards.size());
    for (ShardManifest shard : manifest.shards()) {
      assertThat(Samples.read(repository, id, shard)).as(at).isEqualTo(shards.get(shard.name()));
    }
  }

  private static Set<String> expectedFiles() {
    String folder = KEPT.clusterId() + "/" + KEPT.suffix();
    return new TreeSet<>(
        List.of(
            ".lock",
            "repository.json",
            KEPT.clusterId(),
            folder,
            folder + "/manifest.json",
            folder + "/shard1.rdb.zst"));
  }

  private static Set<String> files(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      Set<String> names = new TreeSet<>();
      walk.filter(path -> !path.equals(root))
          .forEach(path -> names.add(root.relativize(path).toString()));
      return names;
    }
  }
}
