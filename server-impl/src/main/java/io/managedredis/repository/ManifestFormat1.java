package io.managedredis.repository;

import java.time.Instant;
import java.util.List;

/**
 * A manifest of format 1, which knew neither what a snapshot holds nor any proof but the checksum.
 * It is only read.
 */
record ManifestFormat1(
    String backupId,
    String clusterId,
    String folderId,
    BackupKind type,
    Instant startedAt,
    Instant createdAt,
    List<Shard> shards) {

  /** One shard of format 1. */
  record Shard(
      String name,
      String file,
      String codec,
      String encryption,
      String node,
      String role,
      String serverName,
      String serverVersion,
      String rdbMagic,
      int rdbVersion,
      String replicationId,
      long replicationOffset,
      List<SlotRange> slots,
      Instant requestedAt,
      Instant pointAt,
      Instant completedAt,
      long rawBytes,
      long storedBytes,
      String crc64,
      String rawSha256,
      Checksum checksum) {

    private ShardManifest upgraded() {
      Finding later =
          new Finding(
              Finding.Outcome.UNKNOWN,
              completedAt,
              "not looked at by the version that captured it");
      ShardProof proof =
          new ShardProof(
              checksum.upgraded(),
              later,
              later,
              later,
              new Finding(Finding.Outcome.UNKNOWN, completedAt, "not read back yet"));
      return new ShardManifest(
          name,
          file,
          codec,
          encryption,
          "",
          node,
          role,
          serverName,
          serverVersion,
          rdbMagic,
          rdbVersion,
          replicationId,
          replicationOffset,
          slots,
          requestedAt,
          pointAt,
          completedAt,
          rawBytes,
          storedBytes,
          crc64,
          rawSha256,
          ShardContents.NONE,
          proof);
    }
  }

  /** The one proof of format 1. */
  record Checksum(Outcome outcome, Instant at) {

    enum Outcome {
      PROVEN,
      ABSENT
    }

    private Finding upgraded() {
      return switch (outcome) {
        case PROVEN -> new Finding(Finding.Outcome.PROVEN, at, "");
        case ABSENT -> new Finding(Finding.Outcome.ABSENT, at, "the server wrote no checksum");
      };
    }
  }

  Manifest upgraded() {
    List<ShardManifest> upgraded = shards.stream().map(Shard::upgraded).toList();
    return new Manifest(
        Manifest.FORMAT_VERSION,
        backupId,
        clusterId,
        folderId,
        type,
        startedAt,
        createdAt,
        Manifest.pointSkewMicros(upgraded),
        upgraded);
  }
}
