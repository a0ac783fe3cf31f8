package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots in frames: read from anywhere, and never with anything wrong. */
final class FramesTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final int FRAME = FrameWriter.FRAME;

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyPartIsThatPartOfTheWhole(boolean encrypted) throws Exception {
    byte[] snapshot = mixed(2 * FRAME + 4321);
    int end = snapshot.length;
    List<Integer> places =
        List.of(0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME - 1, 2 * FRAME, 2 * FRAME + 1, end);
    try (LocalRepository repository = repository(encrypted)) {
      ShardManifest shard = store(repository, snapshot);
      for (int from : places) {
        for (int to : places) {
          if (from <= to) {
            assertThat(Samples.read(repository, ID, shard, from, to - from))
                .as("%s to %s", from, to)
                .isEqualTo(Arrays.copyOfRange(snapshot, from, to));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME})
  void snapshotsThatEndNearAFramesEndComeBack(int length) throws Exception {
    byte[] snapshot = mixed(length);
    try (LocalRepository repository = repository(false)) {
      ShardManifest shard = store(repository, snapshot);

      assertThat(Samples.read(repository, ID, shard)).isEqualTo(snapshot);
      assertThat(Samples.read(repository, ID, shard, length, 0)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1, 1", "0, -1", "0, 101", "101, 0", "1, 100", "1, 9223372036854775807"})
  void aPartOutsideIsRefused(String part) throws Exception {
    long from = Long.parseLong(part.split(", ", -1)[0]);
    long length = Long.parseLong(part.split(", ", -1)[1]);
    try (LocalRepository repository = repository(false)) {
      ShardManifest shard = store(repository, mixed(100));

      assertThatThrownBy(() -> repository.open(ID, shard, from, length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not inside the 100 bytes");
    }
  }

  @Test
  void anyDecoderOfZstdMakesTheSnapshotOfTheFile() throws Exception {
    byte[] snapshot = mixed(3 * FRAME + 5);
    try (LocalRepository repository = repository(false)) {
      store(repository, snapshot);
    }

    try (InputStream plain = new ZstdInputStreamNoFinalizer(Files.newInputStream(file()))) {
      assertThat(plain.readAllBytes()).isEqualTo(snapshot);
    }
  }

  @Test
  void theTableIsOfThePublicSeekableFormat() throws Exception {
    try (LocalRepository repository = repository(false)) {
      store(repository, mixed(FRAME + 5));
    }
    byte[] stored = Files.readAllBytes(file());
    ByteBuffer table =
        ByteBuffer.wrap(stored, stored.length - 33, 33).slice().order(ByteOrder.LITTLE_ENDIAN);

    assertThat(table.getInt()).isEqualTo(0x184D2A5E);
    assertThat(table.getInt()).isEqualTo(25);
    int first = table.getInt();
    assertThat(table.getInt()).isEqualTo(FRAME);
    assertThat(first + table.getInt()).isEqualTo(stored.length - 33);
    assertThat(table.getInt()).isEqualTo(5);
    assertThat(table.getInt()).isEqualTo(2);
    assertThat(table.get()).isZero();
    assertThat(table.getInt()).isEqualTo(0x8F92EAB1);
    assertThat(Zstd.getFrameContentSize(stored)).isEqualTo(FRAME);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noFlippedByteIsEverGivenOut(boolean encrypted) throws Exception {
    byte[] snapshot = mixed(2 * FRAME + 1000);
    try (LocalRepository repository = repository(encrypted)) {
      ShardManifest shard = store(repository, snapshot);
      byte[] sound = Files.readAllBytes(file());
      Random random = new Random(3);
      for (int i = 0; i < 150; i++) {
        int at = i < 60 ? sound.length - 1 - i : random.nextInt(sound.length);
        try (FileChannel channel =
            FileChannel.open(file(), java.nio.file.StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (sound[at] ^ 1 << i % 8)}), at);
          assertThatThrownBy(() -> Samples.read(repository, ID, shard))
              .as("whole, byte %s", at)
              .isInstanceOf(DamagedSnapshotException.class);
          for (int from : List.of(0, FRAME - 1, 2 * FRAME + 10)) {
            assertRightOrRefused(repository, shard, snapshot, from, 900, "byte " + at);
          }
          channel.write(ByteBuffer.wrap(new byte[] {sound[at]}), at);
        }
      }
      assertThat(Samples.read(repository, ID, shard)).isEqualTo(snapshot);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileCutShortIsNeverReadToACleanEnd(boolean encrypted) throws Exception {
    byte[] snapshot = mixed(FRAME + 1000);
    try (LocalRepository repository = repository(encrypted)) {
      ShardManifest shard = store(repository, snapshot);
      byte[] sound = Files.readAllBytes(file());
      for (int length :
          List.of(0, 1, 8, 40, FRAME, sound.length - 34, sound.length - 16, sound.length - 1)) {
        Files.write(file(), Arrays.copyOf(sound, length));
        // Even where the manifest would say the same.
        ShardManifest cut = withStoredBytes(shard, length);
        assertThatThrownBy(() -> Samples.read(repository, ID, cut))
            .as("whole, %s", length)
            .isInstanceOf(DamagedSnapshotException.class);
        assertThatThrownBy(() -> Samples.read(repository, ID, cut, FRAME, 1000))
            .as("part, %s", length)
            .isInstanceOf(DamagedSnapshotException.class);
      }
    }
  }

  @Test
  void theLastByteOfAPartWaitsForTheChecksumOfItsFrame() throws Exception {
    byte[] snapshot = Samples.noise(4, FRAME);
    try (LocalRepository repository = repository(false)) {
      ShardManifest shard = store(repository, snapshot);
      byte[] stored = Files.readAllBytes(file());
      stored[FRAME - 100] ^= 1;
      Files.write(file(), stored);

      try (InputStream part = repository.open(ID, shard, 10, 20)) {
        assertThatThrownBy(() -> part.readNBytes(20)).hasMessageContaining("checksum");
        assertThatThrownBy(part::read).hasMessageContaining("checksum");
      }
    }
  }

  /** What a hostile table says; each leads nowhere. */
  static Stream<Consumer<ByteBuffer>> hostileTables() {
    return Stream.of(
        table -> table.putInt(8, 0),
        table -> table.putInt(8, table.getInt(8) + 1),
        table -> table.putInt(8, -1),
        table -> table.putInt(8, table.getInt(8) + 4).putInt(16, table.getInt(16) - 4),
        table -> table.putInt(12, 0),
        table -> table.putInt(12, -1),
        table -> table.putInt(12, Integer.MAX_VALUE),
        table -> table.putInt(12, FRAME - 1),
        table -> table.putInt(12, FRAME - 1).putInt(20, 6),
        table -> table.putInt(24, 1),
        table -> table.putInt(24, 3),
        table -> table.putInt(24, -1),
        table -> table.putInt(24, 0x8000001),
        table -> table.put(28, (byte) 0x80),
        table -> table.put(28, (byte) 1),
        table -> table.putInt(29, 0),
        table -> table.putInt(4, 26),
        table -> table.putInt(0, 0x184D2A5D));
  }

  @ParameterizedTest
  @MethodSource("hostileTables")
  void aHostileTableIsRefused(Consumer<ByteBuffer> change) throws Exception {
    try (LocalRepository repository = repository(false)) {
      ShardManifest shard = store(repository, mixed(FRAME + 5));
      byte[] stored = Files.readAllBytes(file());
      change.accept(
          ByteBuffer.wrap(stored, stored.length - 33, 33).slice().order(ByteOrder.LITTLE_ENDIAN));
      Files.write(file(), stored);

      assertThatThrownBy(() -> Samples.read(repository, ID, shard))
          .isInstanceOf(DamagedSnapshotException.class);
      assertThatThrownBy(() -> Samples.read(repository, ID, shard, FRAME, 5))
          .isInstanceOf(DamagedSnapshotException.class);
    }
  }

  @Test
  void aTableOfManyFramesIsWrittenAndReadPieceByPiece() throws Exception {
    byte[] snapshot = mixed(300_000);
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (WritableByteChannel target = Channels.newChannel(stored);
        FrameWriter writer = new FrameWriter(target::write, 1, 16)) {
      writer.write(snapshot, 0, snapshot.length);
      writer.finish();
    }
    try (LocalRepository repository = repository(false)) {
      store(repository, new byte[1]);
      Files.write(file(), stored.toByteArray());
      ShardManifest shard =
          Samples.shard(
              "s", Samples.stored("s.rdb.zst", snapshot.length, stored.size(), sha256(snapshot)));

      assertThat(Samples.read(repository, ID, shard)).isEqualTo(snapshot);
      for (int from : List.of(0, 15, 131_071, 131_072, 131_073, 262_143, 299_000)) {
        assertThat(Samples.read(repository, ID, shard, from, 1000))
            .isEqualTo(Arrays.copyOfRange(snapshot, from, from + 1000));
      }
    }
  }

  @Test
  void aFrameThatWouldFillTheMemoryIsRefusedBeforeItIsRead() throws Exception {
    byte[] bomb = Zstd.compress(new byte[17 << 20], 1);
    ByteBuffer stored = ByteBuffer.allocate(bomb.length + 25).order(ByteOrder.LITTLE_ENDIAN);
    stored.put(bomb).putInt(SeekTable.SKIPPABLE_MAGIC).putInt(17).putInt(bomb.length);
    stored.putInt(17 << 20).putInt(1).put((byte) 0).putInt(SeekTable.SEEKABLE_MAGIC);
    try (LocalRepository repository = repository(false)) {
      store(repository, new byte[1]);
      Files.write(file(), stored.array());
      ShardManifest shard =
          Samples.shard(
              "s", Samples.stored("s.rdb.zst", 17 << 20, stored.capacity(), "0".repeat(64)));

      assertThatThrownBy(() -> repository.open(ID, shard))
          .isInstanceOf(DamagedSnapshotException.class)
          .hasMessageContaining("for 17825792 in its seek table");
    }
  }

  @Test
  void aClosedSnapshotIsNotReadOn() throws Exception {
    try (LocalRepository repository = repository(false)) {
      ShardManifest shard = store(repository, mixed(100));
      InputStream snapshot = repository.open(ID, shard);
      assertThat(snapshot.read()).isNotNegative();
      snapshot.close();

      assertThatThrownBy(snapshot::read)
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining("was closed");
    }
  }

  private void assertRightOrRefused(
      LocalRepository repository,
      ShardManifest shard,
      byte[] snapshot,
      int from,
      int length,
      String at) {
    byte[] read;
    try {
      read = Samples.read(repository, ID, shard, from, length);
    } catch (IOException e) {
      assertThat(e).as(at).isInstanceOf(DamagedSnapshotException.class);
      return;
    }
    assertThat(read).as(at).isEqualTo(Arrays.copyOfRange(snapshot, from, from + length));
  }

  private LocalRepository repository(boolean encrypted) throws IOException {
    return LocalRepository.open(
        temp.resolve("repository"), 1, encrypted ? Samples.keyring(temp) : Keyring.none());
  }

  private ShardManifest store(LocalRepository repository, byte[] snapshot) throws IOException {
    return Samples.store(repository, ID, Map.of("s", snapshot)).shards().get(0);
  }

  private Path file() {
    return temp.resolve("repository")
        .resolve(ID.clusterId())
        .resolve(ID.suffix())
        .resolve("s.rdb.zst");
  }

  /** Half of it noise. */
  private static byte[] mixed(int length) {
    byte[] bytes = Samples.text(length);
    byte[] noise = Samples.noise(length, length / 2);
    System.arraycopy(noise, 0, bytes, length / 3, noise.length);
    return bytes;
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

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
