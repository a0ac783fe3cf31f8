package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command line beside a running server. */
final class OpenBesideTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");

  @TempDir private Path temp;

  @Test
  void itSeesWhatTheRunningServerCommits() throws Exception {
    Path root = temp.resolve("repository");
    Keyring keyring = Samples.keyring(temp);
    try (LocalRepository server = LocalRepository.open(root, 1, keyring);
        StoredBackups beside = LocalRepository.openBeside(root, keyring)) {
      assertThat(beside.id()).isEqualTo(server.id());
      assertThat(beside.manifest(ID)).isEmpty();

      Manifest manifest = Samples.store(server, ID, Samples.TWO_SHARDS);

      assertThat(beside.manifest(ID)).contains(manifest);
      for (ShardManifest shard : manifest.shards()) {
        assertThat(Samples.read(beside, ID, shard)).isEqualTo(Samples.TWO_SHARDS.get(shard.name()));
      }
    }
  }

  @Test
  void itVisitsWhatIsFinishedAndReportsWhatIsDamaged() throws Exception {
    Path root = temp.resolve("repository");
    BackupId damaged = new BackupId("cluster1", "damaged");
    try (LocalRepository server = LocalRepository.open(root, 1, Keyring.none());
        PendingBackup pending = server.begin(new BackupId("cluster2", "pending"))) {
      Samples.write(pending, Samples.TWO_SHARDS);
      Samples.store(server, ID, Samples.TWO_SHARDS);
      Samples.store(server, damaged, Samples.TWO_SHARDS);
      Files.writeString(root.resolve("cluster1/damaged/manifest.json"), "{");

      List<String> seen = new ArrayList<>();
      List<BackupId> broken = new ArrayList<>();
      try (StoredBackups beside = LocalRepository.openBeside(root, Keyring.none())) {
        beside.forEachCommitted(m -> seen.add(m.backupId()), (id, reason) -> broken.add(id));
      }
      assertThat(seen).containsExactly(ID.toString());
      assertThat(broken).containsExactly(damaged);
    }
  }

  @Test
  void nothingIsMadeWhereNoRepositoryIs() throws Exception {
    assertThatThrownBy(() -> LocalRepository.openBeside(temp, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("There is no repository in " + temp);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void aMissingFolderIsNamedAndNotMade() {
    Path missing = temp.resolve("missing");

    assertThatThrownBy(() -> LocalRepository.openBeside(missing, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("does not exist");
    assertThat(missing).doesNotExist();
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    LocalRepository.open(temp, 1, Keyring.none()).close();
    Path identity = temp.resolve("repository.json");
    Files.writeString(identity, Files.readString(identity).replace(":2,", ":3,"));

    assertThatThrownBy(() -> LocalRepository.openBeside(temp, Keyring.none()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("format '3', this program knows 2");
  }

  @Test
  void whatIsDeletedWhileItIsOpenedIsToldAsGone() throws Exception {
    try (LocalRepository server = LocalRepository.open(temp, 1, Keyring.none());
        StoredBackups beside = LocalRepository.openBeside(temp, Keyring.none())) {
      ShardManifest shard = Samples.store(server, ID, Map.of("s", new byte[9])).shards().get(0);
      server.delete(ID);

      assertThatThrownBy(() -> beside.open(ID, shard))
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("There is no backup " + ID);
    }
  }

  @Test
  void closedItDoesNothingMore() throws Exception {
    LocalRepository.open(temp, 1, Keyring.none()).close();
    StoredBackups beside = LocalRepository.openBeside(temp, Keyring.none());
    beside.close();

    assertThatThrownBy(() -> beside.manifest(ID)).hasMessageContaining("is closed");
    assertThatThrownBy(() -> beside.verification(ID)).hasMessageContaining("is closed");
  }
}
