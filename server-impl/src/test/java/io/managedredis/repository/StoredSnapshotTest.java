package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file is never given out as a snapshot. */
final class StoredSnapshotTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final byte[] SNAPSHOT = Samples.noise(5, 2000);

  @TempDir private Path root;
  private LocalRepository repository;
  private ShardManifest shard;
  private Path file;

  @BeforeEach
  void storeOne() throws Exception {
    repository = LocalRepository.open(root, 1, Keyring.none());
    shard = Samples.store(repository, ID, Map.of("s", SNAPSHOT)).shards().get(0);
    file = root.resolve(ID.clusterId()).resolve(ID.suffix()).resolve("s.rdb.zst");
  }

  @AfterEach
  void closeRepository() throws Exception {
    repository.close();
  }

  @Test
  void theFrameCarriesAContentChecksum() throws Exception {
    byte[] stored = Files.readAllBytes(file);
    stored[stored.length / 2] ^= 1;
    Files.write(file, stored);

    assertThatThrownBy(() -> Samples.read(repository, ID, shard))
        .isInstanceOf(RepositoryException.class)
        .hasCauseInstanceOf(ZstdException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void everyFlippedByteIsFound() throws Exception {
    byte[] sound = Files.readAllBytes(file);
    for (int i = 0; i < sound.length; i++) {
      byte[] damaged = sound.clone();
      damaged[i] ^= (byte) 0xff;
      Files.write(file, damaged);
      assertThatThrownBy(() -> Samples.read(repository, ID, shard))
          .as("byte %s", i)
          .isInstanceOf(RepositoryException.class);
    }
  }

  @Test
  void aTruncatedFileIsFoundBeforeAnythingIsRead() throws Exception {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));

    assertThatThrownBy(() -> repository.open(ID, shard))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("has 100 bytes");
  }

  @Test
  void anotherSoundSnapshotInItsPlaceIsFound() throws Exception {
    byte[] other = Zstd.compress(Samples.noise(6, SNAPSHOT.length), 1);
    Files.write(file, other);

    assertThatThrownBy(() -> Samples.read(repository, ID, withStoredBytes(other.length)))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void moreThanTheManifestSaysIsNotDecompressed() throws Exception {
    byte[] bomb = Zstd.compress(new byte[50_000_000], 1);
    Files.write(file, bomb);

    assertThatThrownBy(() -> Samples.read(repository, ID, withStoredBytes(bomb.length)))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("more than the 2000 bytes");
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws Exception {
    Path outside = Files.move(file, root.resolve("outside.rdb.zst"));
    Files.createSymbolicLink(file, outside);

    assertThatThrownBy(() -> repository.open(ID, shard))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("not a regular file");
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Files.delete(file);

    assertThatThrownBy(() -> repository.open(ID, shard))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("s.rdb.zst is missing");
  }

  @Test
  void theSoundFileIsRead() throws Exception {
    assertThat(Samples.read(repository, ID, shard)).isEqualTo(SNAPSHOT);
  }

  private ShardManifest withStoredBytes(long storedBytes) {
    return Samples.shard(
        "s", Samples.stored(shard.file(), shard.rawBytes(), storedBytes, shard.rawSha256()));
  }
}
