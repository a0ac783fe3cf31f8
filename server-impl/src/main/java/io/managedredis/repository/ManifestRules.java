package io.managedredis.repository;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What must hold in a manifest, the same when it is written and when it is read. */
final class ManifestRules {
  private static final int LAST_SLOT = 16383;
  private static final Pattern FOLDER_ID = Pattern.compile("[\\x21-\\x7e]{1,50}");
  private static final Pattern NODE = Pattern.compile("[\\x21-\\x7e]{1,255}:[0-9]{1,5}");
  private static final Pattern ROLE = Pattern.compile("master|replica");
  private static final Pattern SERVER = Pattern.compile("redis|valkey");
  private static final Pattern SERVER_VERSION = Pattern.compile("[\\x21-\\x7e]{1,64}");
  private static final Pattern MAGIC = Pattern.compile("REDIS[0-9]{4}|VALKEY[0-9]{3}");
  private static final Pattern REPLICATION_ID = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern CRC64 = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final Pattern ENCRYPTION =
      Pattern.compile(ShardManifest.NOT_ENCRYPTED + "|" + ShardManifest.AES_256_GCM);
  private static final Pattern KEY_ID = Pattern.compile("[1-9][0-9]{0,9}");
  private static final Pattern NO_KEY = Pattern.compile("");
  private static final long LAST_KEY_ID = 0xffffffffL;

  private final BackupId id;
  private final Rules rules;

  private ManifestRules(BackupId id) {
    this.id = id;
    this.rules = new Rules(Document.manifest(id));
  }

  static void check(BackupId id, Manifest manifest) throws ManifestException {
    new ManifestRules(id).check(manifest);
  }

  private void check(Manifest manifest) throws ManifestException {
    rules.require(
        manifest.formatVersion() == Manifest.FORMAT_VERSION,
        "formatVersion",
        manifest.formatVersion(),
        "expected " + Manifest.FORMAT_VERSION);
    rules.equal("backupId", manifest.backupId(), id.toString());
    rules.equal("clusterId", manifest.clusterId(), id.clusterId());
    rules.matches("folderId", manifest.folderId(), FOLDER_ID);
    rules.instant("startedAt", manifest.startedAt());
    rules.instant("createdAt", manifest.createdAt());
    List<ShardManifest> shards = manifest.shards();
    rules.require(!shards.isEmpty(), "shards", "", "a backup has at least one");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < shards.size(); i++) {
      String at = "shards[" + i + "].";
      check(at, shards.get(i));
      String name = shards.get(i).name();
      rules.require(names.add(name), at + "name", name, "another shard has the same name");
    }
    long skew = Manifest.pointSkewMicros(shards);
    rules.require(
        manifest.pointSkewMicros() == skew,
        "pointSkewMicros",
        manifest.pointSkewMicros(),
        "expected " + skew + ", as the shards' pointAt have it");
  }

  private void check(String at, ShardManifest shard) throws ManifestException {
    rules.shardName(at + "name", shard.name());
    rules.equal(at + "file", shard.file(), Names.dataFile(shard.name()));
    rules.equal(at + "codec", shard.codec(), ShardManifest.ZSTD);
    encryption(at, shard);
    rules.matches(at + "node", shard.node(), NODE);
    rules.matches(at + "role", shard.role(), ROLE);
    rules.matches(at + "serverName", shard.serverName(), SERVER);
    rules.matches(at + "serverVersion", shard.serverVersion(), SERVER_VERSION);
    rules.matches(at + "rdbMagic", shard.rdbMagic(), MAGIC);
    int version = Integer.parseInt(shard.rdbMagic().replaceAll("[A-Z]", ""));
    rules.require(
        shard.rdbVersion() == version,
        at + "rdbVersion",
        shard.rdbVersion(),
        "expected the number in rdbMagic, " + version);
    rules.matches(at + "replicationId", shard.replicationId(), REPLICATION_ID);
    rules.notNegative(at + "replicationOffset", shard.replicationOffset());
    for (int i = 0; i < shard.slots().size(); i++) {
      check(at + "slots[" + i + "].", shard.slots().get(i));
    }
    rules.instant(at + "requestedAt", shard.requestedAt());
    rules.instant(at + "pointAt", shard.pointAt());
    rules.instant(at + "completedAt", shard.completedAt());
    rules.notNegative(at + "rawBytes", shard.rawBytes());
    rules.notNegative(at + "storedBytes", shard.storedBytes());
    rules.matches(at + "crc64", shard.crc64(), CRC64);
    rules.matches(at + "rawSha256", shard.rawSha256(), SHA256);
    ContentsRules.check(rules, at + "contents.", shard.contents());
    ProofRules.check(rules, at + "proof.", shard.proof());
  }

  private void encryption(String at, ShardManifest shard) throws ManifestException {
    rules.matches(at + "encryption", shard.encryption(), ENCRYPTION);
    boolean encrypted = shard.encryption().equals(ShardManifest.AES_256_GCM);
    rules.matches(at + "keyId", shard.keyId(), encrypted ? KEY_ID : NO_KEY);
    if (encrypted) {
      rules.between(at + "keyId", Long.parseLong(shard.keyId()), 1, LAST_KEY_ID);
    }
  }

  private void check(String at, SlotRange slots) throws ManifestException {
    rules.require(
        slots.from() >= 0 && slots.from() <= LAST_SLOT,
        at + "from",
        slots.from(),
        "expected 0 to " + LAST_SLOT);
    rules.require(
        slots.to() >= slots.from() && slots.to() <= LAST_SLOT,
        at + "to",
        slots.to(),
        "expected " + slots.from() + " to " + LAST_SLOT);
  }
}
