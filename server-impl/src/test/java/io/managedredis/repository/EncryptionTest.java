package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What encryption keeps from whom, and which key opens what. */
final class EncryptionTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final BackupId OTHER = new BackupId("cluster1", "20261122T101113-abcd2345");
  private static final byte[] SECRET =
      "not-for-the-disk ".repeat(50).getBytes(StandardCharsets.UTF_8);
  private static final Map<String, byte[]> SHARDS =
      new TreeMap<>(Map.of("s1", SECRET, "s2", Samples.noise(1, SECRET.length)));

  @TempDir private Path temp;
  private Path keyset;
  private LocalRepository repository;

  @BeforeEach
  void openRepository() throws Exception {
    keyset = temp.resolve("keyset.json");
    new KeysetFile(keyset).create();
    open(Keyring.read(keyset));
  }

  @AfterEach
  void closeRepository() throws Exception {
    repository.close();
  }

  @Test
  void anEncryptedBackupComesBack() throws Exception {
    assertReadable(Samples.store(repository, ID, SHARDS));
  }

  @Test
  void theManifestNamesTheKey() throws Exception {
    String primary = new KeysetFile(keyset).keys().get(0).id();

    assertThat(Samples.store(repository, ID, SHARDS).shards())
        .allSatisfy(
            shard -> {
              assertThat(shard.encryption()).isEqualTo("AES256_GCM_HKDF");
              assertThat(shard.keyId()).isEqualTo(primary).matches("[0-9]+");
            });
    assertThat(repository.manifest(ID).orElseThrow().shards().get(0).keyId()).isEqualTo(primary);
  }

  @Test
  void nothingOfTheSnapshotIsReadableOnTheDisk() throws Exception {
    Samples.store(repository, ID, Map.of("s1", SECRET));

    String stored = Files.readString(file(ID, "s1"), StandardCharsets.ISO_8859_1);
    assertThat(stored).doesNotContain("not-for").doesNotContain("(\u00b5/\u00fd");
  }

  @Test
  void anotherShardInItsPlaceIsNotOpened() throws Exception {
    byte[] same = Samples.noise(2, 1000);
    Manifest manifest = Samples.store(repository, ID, Map.of("s1", same, "s2", same));
    swap(file(ID, "s1"), file(ID, "s2"));

    for (ShardManifest shard : manifest.shards()) {
      assertDamaged(ID, shard);
    }
  }

  @Test
  void theSameShardOfAnotherBackupIsNotOpened() throws Exception {
    Manifest manifest = Samples.store(repository, ID, Map.of("s1", SECRET));
    Manifest other = Samples.store(repository, OTHER, Map.of("s1", SECRET));
    swap(file(ID, "s1"), file(OTHER, "s1"));

    assertDamaged(ID, manifest.shards().get(0));
    assertDamaged(OTHER, other.shards().get(0));
  }

  @Test
  void anUnencryptedFileInItsPlaceIsNotOpened() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, Map.of("s1", SECRET)).shards().get(0);
    open(Keyring.none());
    Samples.store(repository, OTHER, Map.of("s1", SECRET));
    Files.copy(file(OTHER, "s1"), file(ID, "s1"), StandardCopyOption.REPLACE_EXISTING);
    open(Keyring.read(keyset));

    assertDamaged(ID, withStoredBytes(shard, Files.size(file(ID, "s1"))));
  }

  @Test
  void whatIsEncryptedIsNotTakenForPlain() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, Map.of("s1", SECRET)).shards().get(0);
    ShardManifest plain =
        Samples.shard(
            "s1",
            Samples.stored(shard.file(), shard.rawBytes(), shard.storedBytes(), shard.rawSha256()));

    assertDamaged(ID, plain);
  }

  @Test
  void afterARotationNewBackupsHaveTheNewKeyAndOldOnesStillOpen() throws Exception {
    Manifest old = Samples.store(repository, ID, SHARDS);
    String rotated = new KeysetFile(keyset).rotate();
    open(Keyring.read(keyset));
    Manifest fresh = Samples.store(repository, OTHER, SHARDS);

    assertThat(fresh.shards().get(0).keyId())
        .isEqualTo(rotated)
        .isNotEqualTo(old.shards().get(0).keyId());
    assertReadable(old);
    assertReadable(fresh);
  }

  @Test
  void withoutAKeysetTheMissingKeyIsNamed() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, SHARDS).shards().get(0);
    open(Keyring.none());

    assertThatThrownBy(() -> repository.open(ID, shard))
        .isInstanceOf(KeyMissingException.class)
        .hasMessageContaining("s1")
        .hasMessageContaining(ID.toString())
        .hasMessageContaining("'" + shard.keyId() + "'")
        .hasMessageContaining("encryption.keysetFile");
  }

  @Test
  void withAnotherKeysetTheMissingKeyIsNamed() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, SHARDS).shards().get(0);
    open(Samples.keyring(temp));

    assertThatThrownBy(() -> repository.open(ID, shard, 0, 1))
        .isInstanceOf(KeyMissingException.class)
        .hasMessageContaining("'" + shard.keyId() + "'")
        .hasMessageContaining("Add the old key back");
  }

  @Test
  void anotherKeyOfTheSameIdDoesNotOpenIt() throws Exception {
    ShardManifest shard = Samples.store(repository, ID, SHARDS).shards().get(0);
    Path forged = temp.resolve("forged.json");
    String id = new KeysetFile(forged).create();
    Files.writeString(forged, Files.readString(forged).replace(id, shard.keyId()));
    open(Keyring.read(forged));

    assertDamaged(ID, shard);
  }

  @Test
  void whatWasNotEncryptedIsReadWithAKeyset() throws Exception {
    open(Keyring.none());
    Manifest plain = Samples.store(repository, ID, SHARDS);
    open(Keyring.read(keyset));

    assertThat(plain.shards().get(0).encryption()).isEqualTo("none");
    assertReadable(plain);
  }

  @Test
  void aSnapshotOfSeveralSegmentsComesBack() throws Exception {
    byte[] large = Samples.noise(8, 3_500_000);
    ShardManifest shard = Samples.store(repository, ID, Map.of("s1", large)).shards().get(0);

    assertThat(Samples.read(repository, ID, shard)).isEqualTo(large);
  }

  @Test
  void theSameSnapshotIsNeverStoredAsTheSameBytes() throws Exception {
    Samples.store(repository, ID, Map.of("s1", SECRET));
    byte[] first = Files.readAllBytes(file(ID, "s1"));
    repository.delete(ID);
    Samples.store(repository, ID, Map.of("s1", SECRET));

    assertThat(Files.readAllBytes(file(ID, "s1"))).hasSameSizeAs(first).isNotEqualTo(first);
  }

  private void open(Keyring keyring) throws IOException {
    if (repository != null) {
      repository.close();
    }
    repository = LocalRepository.open(temp.resolve("repository"), 1, keyring);
  }

  private void assertReadable(Manifest manifest) throws IOException {
    BackupId id = BackupId.parse(manifest.backupId()).orElseThrow();
    assertThat(manifest.shards()).hasSize(SHARDS.size());
    for (ShardManifest shard : manifest.shards()) {
      assertThat(Samples.read(repository, id, shard)).isEqualTo(SHARDS.get(shard.name()));
    }
  }

  private void assertDamaged(BackupId id, ShardManifest shard) {
    for (long length : List.of(1L, shard.rawBytes())) {
      assertThatThrownBy(() -> Samples.read(repository, id, shard, 0, length))
          .isInstanceOf(DamagedSnapshotException.class)
          .hasMessageContaining("It is damaged");
    }
    assertThatThrownBy(() -> Samples.read(repository, id, shard))
        .isInstanceOf(DamagedSnapshotException.class);
  }

  private Path file(BackupId id, String shard) {
    return temp.resolve("repository")
        .resolve(id.clusterId())
        .resolve(id.suffix())
        .resolve(shard + ".rdb.zst");
  }

  private void swap(Path one, Path other) throws IOException {
    Path aside = temp.resolve("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
  }

  private static ShardManifest withStoredBytes(ShardManifest shard, long storedBytes) {
    return Samples.shard(
        shard.name(),
        new StoredShard(
            shard.file(),
            shard.encryption(),
            shard.keyId(),
            shard.rawBytes(),
            storedBytes,
            shard.rawSha256()));
  }
}
