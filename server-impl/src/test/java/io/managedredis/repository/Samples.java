package io.managedredis.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Backups to store in tests, and how to store and read them back. */
final class Samples {
  static final Instant STARTED = Instant.parse("2026-11-22T10:11:12.123456789Z");
  static final Map<String, byte[]> TWO_SHARDS =
      new TreeMap<>(Map.of("shard1", noise(1, 3000), "shard2", text(200_000)));
  static final ShardContents CONTENTS =
      new ShardContents(
          List.of(
              DatabaseContents.of(0, 10, 3, Map.of("string", 7L, "hash", 3L)),
              DatabaseContents.of(9, 1, 0, Map.of("stream", 1L))),
          2);
  static final ShardProof PROOF =
      new ShardProof(
          new Finding(Finding.Outcome.PROVEN, STARTED.plusNanos(4), ""),
          new Finding(Finding.Outcome.DAMAGED, STARTED.plusNanos(5), "type 200 at 17"),
          new Finding(Finding.Outcome.UNKNOWN, STARTED.plusNanos(6), "not counted"),
          new Finding(Finding.Outcome.ABSENT, STARTED.plusNanos(7), "no cluster mode"),
          new Finding(Finding.Outcome.PROVEN, STARTED.plusNanos(8), ""));

  private Samples() {}

  /** Bytes that cannot be compressed, always the same for a seed. */
  static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Bytes that compress well. */
  static byte[] text(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + (i * 31 + i / 97) % 7);
    }
    return bytes;
  }

  /** A keyset with one new key, in a new file. */
  static Keyring keyring(Path folder) throws IOException {
    Path file = Files.createTempDirectory(folder, "keys").resolve("keyset.json");
    new KeysetFile(file).create();
    return Keyring.read(file);
  }

  static ShardManifest shard(String name, StoredShard stored) {
    return new ShardManifest(
        name,
        stored.file(),
        ShardManifest.ZSTD,
        stored.encryption(),
        stored.keyId(),
        "127.0.0.1:7001",
        "replica",
        "valkey",
        "9.1.2",
        "VALKEY080",
        80,
        "0123456789abcdef0123456789abcdef01234567",
        4242,
        List.of(new SlotRange(0, 100), new SlotRange(16383, 16383)),
        STARTED.plusNanos(1),
        STARTED.plusNanos(2),
        STARTED.plusNanos(3),
        stored.rawBytes(),
        stored.storedBytes(),
        "00000000deadbeef",
        stored.rawSha256(),
        CONTENTS,
        PROOF);
  }

  /** One shard whose checksum alone is proven, as a file of that length. */
  static StoredShard stored(String file, long rawBytes, long storedBytes, String rawSha256) {
    return new StoredShard(file, ShardManifest.NOT_ENCRYPTED, "", rawBytes, storedBytes, rawSha256);
  }

  static Verification verification(Manifest manifest, Instant at) {
    return new Verification(
        Verification.FORMAT_VERSION,
        manifest.backupId(),
        at,
        at.plusSeconds(1),
        manifest.shards().stream()
            .map(shard -> new Verification.VerifiedShard(shard.name(), shard.proof()))
            .toList());
  }

  static Manifest manifest(BackupId id, List<ShardManifest> shards) {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        id.toString(),
        id.clusterId(),
        "b1gdemo0000000000001",
        BackupKind.MANUAL,
        STARTED,
        STARTED.plusSeconds(5),
        Manifest.pointSkewMicros(shards),
        shards);
  }

  /** Stores and commits a backup. */
  static Manifest store(Repository repository, BackupId id, Map<String, byte[]> shards)
      throws IOException {
    try (PendingBackup pending = repository.begin(id)) {
      Manifest manifest = write(pending, shards);
      pending.commit(manifest);
      return manifest;
    }
  }

  /** Stores a backup and leaves the commit to the caller. */
  static Manifest write(PendingBackup pending, Map<String, byte[]> shards) throws IOException {
    List<ShardManifest> stored = new ArrayList<>();
    for (Map.Entry<String, byte[]> shard : shards.entrySet()) {
      stored.add(shard(shard.getKey(), write(pending, shard.getKey(), shard.getValue())));
    }
    return manifest(pending.id(), stored);
  }

  static StoredShard write(PendingBackup pending, String name, byte[] snapshot) throws IOException {
    try (ShardWriter writer = pending.shard(name)) {
      writer.write(snapshot, 0, snapshot.length);
      return writer.finish();
    }
  }

  static byte[] read(StoredBackups repository, BackupId id, ShardManifest shard)
      throws IOException {
    try (InputStream snapshot = repository.open(id, shard)) {
      return snapshot.readAllBytes();
    }
  }

  static byte[] read(
      StoredBackups repository, BackupId id, ShardManifest shard, long from, long length)
      throws IOException {
    try (InputStream part = repository.open(id, shard, from, length)) {
      return part.readAllBytes();
    }
  }
}
