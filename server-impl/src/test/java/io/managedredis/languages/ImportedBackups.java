package io.managedredis.languages;

import io.managedredis.repository.BackupId;
import io.managedredis.repository.BackupKind;
import io.managedredis.repository.Finding;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.PendingBackup;
import io.managedredis.repository.Repository;
import io.managedredis.repository.ShardContents;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.ShardProof;
import io.managedredis.repository.ShardWriter;
import io.managedredis.repository.StoredShard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Backups of clusters that are long gone, with instants of our choice. They are in the repository
 * before the server starts, which finds them there as after a move to a new machine.
 */
public final class ImportedBackups {
  /** The folder that they are in. */
  public static final String FOLDER = "b1gimported000000001";

  private static final String ONE = "c9qimported000000001";
  private static final String OTHER = "c9qimported000000002";
  private static final int MAGIC_LENGTH = 9;

  private record Imported(
      String cluster, String suffix, String createdAt, BackupKind type, List<String> shards) {
    String id() {
      return cluster + ":" + suffix;
    }
  }

  /** As a list shows them: the newest first, and of one instant by their ids. */
  private static final List<Imported> ALL =
      List.of(
          new Imported(
              ONE,
              "20260301T100000-aaaaaaaa",
              "2026-03-01T10:00:00.123456789Z",
              BackupKind.MANUAL,
              List.of("shard1", "shard2")),
          new Imported(
              OTHER,
              "20260301T100000-bbbbbbbb",
              "2026-03-01T10:00:00.123456Z",
              BackupKind.AUTOMATED,
              List.of("shard1")),
          new Imported(
              ONE,
              "20260228T235959-cccccccc",
              "2026-02-28T23:59:59.123Z",
              BackupKind.AUTOMATED,
              List.of("shard1", "shard2")),
          new Imported(
              OTHER,
              "20240229T000000-dddddddd",
              "2024-02-29T00:00:00Z",
              BackupKind.MANUAL,
              List.of("shard1")),
          new Imported(
              ONE,
              "20230101T000000-eeeeeeee",
              "2023-01-01T00:00:00.000000001Z",
              BackupKind.MANUAL,
              List.of("shard1", "shard2")),
          new Imported(
              ONE,
              "20230101T000000-ffffffff",
              "2023-01-01T00:00:00Z",
              BackupKind.AUTOMATED,
              List.of("shard1", "shard2")),
          new Imported(
              OTHER,
              "20230101T000000-gggggggg",
              "2023-01-01T00:00:00Z",
              BackupKind.AUTOMATED,
              List.of("shard1")));

  private ImportedBackups() {}

  /** Their ids as a list shows them, separated by blanks. */
  public static String ids() {
    return ALL.stream().map(Imported::id).collect(Collectors.joining(" "));
  }

  /** Four of them whose instants have 9, 6, 3 and no fraction digits, as {@code id=createdAt}. */
  public static String fractions() {
    return ALL.stream()
        .limit(4)
        .map(backup -> backup.id() + "=" + backup.createdAt())
        .collect(Collectors.joining(" "));
  }

  /** The id of a backup that is not there. */
  public static String missing() {
    return ONE + ":20260301T100000-zzzzzzzz";
  }

  /**
   * Stores them all.
   *
   * @param folder of the repository; created when it is not there
   * @param snapshot an RDB file, for every shard
   */
  public static void store(Path folder, byte[] snapshot) throws IOException {
    try (Repository repository =
        LocalRepository.open(folder, LocalRepository.DEFAULT_LEVEL, Keyring.none())) {
      for (Imported backup : ALL) {
        store(repository, backup, snapshot);
      }
    }
  }

  private static void store(Repository repository, Imported backup, byte[] snapshot)
      throws IOException {
    Instant createdAt = Instant.parse(backup.createdAt());
    try (PendingBackup pending =
        repository.begin(new BackupId(backup.cluster(), backup.suffix()))) {
      List<ShardManifest> shards = new ArrayList<>();
      for (String shard : backup.shards()) {
        try (ShardWriter writer = pending.shard(shard)) {
          writer.write(snapshot, 0, snapshot.length);
          shards.add(shard(shard, writer.finish(), snapshot, createdAt));
        }
      }
      pending.commit(
          new Manifest(
              Manifest.FORMAT_VERSION,
              backup.id(),
              backup.cluster(),
              FOLDER,
              backup.type(),
              createdAt.minusNanos(2_000_000_001),
              createdAt,
              0,
              shards));
    }
  }

  private static ShardManifest shard(
      String name, StoredShard stored, byte[] snapshot, Instant createdAt) {
    String magic = new String(snapshot, 0, MAGIC_LENGTH, StandardCharsets.US_ASCII);
    long crc64 =
        ByteBuffer.wrap(snapshot).order(ByteOrder.LITTLE_ENDIAN).getLong(snapshot.length - 8);
    Finding unknown = new Finding(Finding.Outcome.UNKNOWN, createdAt, "imported");
    return new ShardManifest(
        name,
        stored.file(),
        ShardManifest.ZSTD,
        stored.encryption(),
        stored.keyId(),
        "192.0.2.1:6379",
        "replica",
        "redis",
        "6.2.6",
        magic,
        Integer.parseInt(magic.replaceAll("[A-Z]", "")),
        "0123456789abcdef0123456789abcdef01234567",
        4242,
        List.of(),
        createdAt,
        createdAt,
        createdAt,
        stored.rawBytes(),
        stored.storedBytes(),
        HexFormat.of().toHexDigits(crc64),
        stored.rawSha256(),
        ShardContents.NONE,
        new ShardProof(unknown, unknown, unknown, unknown, unknown));
  }
}
