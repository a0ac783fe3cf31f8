package io.managedredis.http;

import io.managedredis.api.model.BackupManifest;
import io.managedredis.api.model.BackupProof;
import io.managedredis.api.model.BackupType;
import io.managedredis.api.model.DatabaseContents;
import io.managedredis.api.model.Finding;
import io.managedredis.api.model.KeyType;
import io.managedredis.api.model.NodeRole;
import io.managedredis.api.model.ProofOutcome;
import io.managedredis.api.model.ServerName;
import io.managedredis.api.model.ShardContents;
import io.managedredis.api.model.ShardManifest;
import io.managedredis.api.model.ShardProof;
import io.managedredis.api.model.SlotRange;
import io.managedredis.api.model.TypeCount;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.Verification;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A manifest, with what was proven since, as the contract's model. */
final class ManifestModels {

  private ManifestModels() {}

  static BackupManifest manifest(Manifest manifest, @Nullable Verification last) {
    Map<String, io.managedredis.repository.ShardProof> proofs = manifest.proofs(last);
    return new BackupManifest()
        .backupId(manifest.backupId())
        .clusterId(manifest.clusterId())
        .folderId(manifest.folderId())
        .type(
            switch (manifest.type()) {
              case AUTOMATED -> BackupType.AUTOMATED;
              case MANUAL -> BackupType.MANUAL;
            })
        .startedAt(WireModels.time(manifest.startedAt()))
        .createdAt(WireModels.time(manifest.createdAt()))
        .pointSkew(duration(Duration.of(manifest.pointSkewMicros(), ChronoUnit.MICROS)))
        .proof(
            new BackupProof()
                .damaged(manifest.damaged(last))
                .verifiedAt(last == null ? null : WireModels.time(last.completedAt())))
        .shards(
            manifest.shards().stream()
                .map(shard -> shard(shard, proofs.getOrDefault(shard.name(), shard.proof())))
                .toList());
  }

  private static ShardManifest shard(
      io.managedredis.repository.ShardManifest shard, io.managedredis.repository.ShardProof proof) {
    return new ShardManifest()
        .name(shard.name())
        .node(shard.node())
        .role(NodeRole.fromValue(shard.role().toUpperCase(Locale.ROOT)))
        .serverName(ServerName.fromValue(shard.serverName().toUpperCase(Locale.ROOT)))
        .serverVersion(shard.serverVersion())
        .rdbMagic(shard.rdbMagic())
        .rdbVersion(shard.rdbVersion())
        .replicationId(shard.replicationId())
        .replicationOffset(Long.toString(shard.replicationOffset()))
        .slots(
            shard.slots().stream()
                .map(range -> new SlotRange().from(range.from()).to(range.to()))
                .toList())
        .requestedAt(WireModels.time(shard.requestedAt()))
        .pointAt(WireModels.time(shard.pointAt()))
        .completedAt(WireModels.time(shard.completedAt()))
        .rawBytes(Long.toString(shard.rawBytes()))
        .storedBytes(Long.toString(shard.storedBytes()))
        .codec(shard.codec())
        .encryption(shard.encryption())
        .keyId(shard.keyId().isEmpty() ? null : shard.keyId())
        .crc64(shard.crc64())
        .sha256(shard.rawSha256())
        .contents(contents(shard.contents()))
        .proof(proof(proof));
  }

  private static ShardContents contents(io.managedredis.repository.ShardContents contents) {
    return new ShardContents()
        .keys(Long.toString(contents.keys()))
        .functions(Long.toString(contents.functions()))
        .databases(
            contents.databases().stream()
                .map(
                    database ->
                        new DatabaseContents()
                            .index(Long.toString(database.index()))
                            .keys(Long.toString(database.keys()))
                            .expires(Long.toString(database.expires()))
                            .types(
                                database.keysByType().entrySet().stream()
                                    .map(
                                        type ->
                                            new TypeCount()
                                                .type(
                                                    KeyType.fromValue(
                                                        type.getKey().toUpperCase(Locale.ROOT)))
                                                .keys(Long.toString(type.getValue())))
                                    .toList()))
                .toList());
  }

  private static ShardProof proof(io.managedredis.repository.ShardProof proof) {
    return new ShardProof()
        .checksum(finding(proof.checksum()))
        .structure(finding(proof.structure()))
        .counts(finding(proof.counts()))
        .slots(finding(proof.slots()))
        .stored(finding(proof.stored()));
  }

  private static Finding finding(io.managedredis.repository.Finding finding) {
    return new Finding()
        .outcome(ProofOutcome.fromValue(finding.outcome().name()))
        .at(WireModels.time(finding.at()))
        .detail(finding.detail().isEmpty() ? null : finding.detail());
  }

  /** The canonical form of a protobuf duration: 0, 3, 6 or 9 digits of a fraction. */
  static String duration(Duration duration) {
    int nanos = duration.getNano();
    String fraction =
        nanos == 0
            ? ""
            : nanos % 1_000_000 == 0
                ? String.format(Locale.ROOT, ".%03d", nanos / 1_000_000)
                : nanos % 1000 == 0
                    ? String.format(Locale.ROOT, ".%06d", nanos / 1000)
                    : String.format(Locale.ROOT, ".%09d", nanos);
    return duration.getSeconds() + fraction + "s";
  }
}
