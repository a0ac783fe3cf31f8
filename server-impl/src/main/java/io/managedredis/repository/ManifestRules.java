package io.managedredis.repository;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must hold in a manifest, the same when it is written and when it is read. */
final class ManifestRules {
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
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

  private final BackupId id;

  private ManifestRules(BackupId id) {
    this.id = id;
  }

  static void check(BackupId id, Manifest manifest) throws ManifestException {
    new ManifestRules(id).check(manifest);
  }

  /** Looked at before anything else, since a newer format may have other fields. */
  static void checkFormatVersion(BackupId id, @Nullable JsonNode version) throws ManifestException {
    if (version == null || !version.isIntegralNumber() || version.longValue() < 1) {
      throw new ManifestException(id, "formatVersion", "is missing or not a positive number");
    }
    if (!version.canConvertToInt() || version.intValue() > Manifest.FORMAT_VERSION) {
      throw new ManifestException(
          id,
          "formatVersion",
          "is "
              + Names.printable(version.asText())
              + ", this program knows "
              + Manifest.FORMAT_VERSION
              + ": use a newer version of it");
    }
  }

  private void check(Manifest manifest) throws ManifestException {
    require(
        manifest.formatVersion() == Manifest.FORMAT_VERSION,
        "formatVersion",
        manifest.formatVersion(),
        "expected " + Manifest.FORMAT_VERSION);
    equal("backupId", manifest.backupId(), id.toString());
    equal("clusterId", manifest.clusterId(), id.clusterId());
    matches("folderId", manifest.folderId(), FOLDER_ID);
    instant("startedAt", manifest.startedAt());
    instant("createdAt", manifest.createdAt());
    List<ShardManifest> shards = manifest.shards();
    require(!shards.isEmpty(), "shards", "", "a backup has at least one");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < shards.size(); i++) {
      String at = "shards[" + i + "].";
      check(at, shards.get(i));
      String name = shards.get(i).name();
      require(names.add(name), at + "name", name, "another shard has the same name");
    }
  }

  private void check(String at, ShardManifest shard) throws ManifestException {
    require(
        Names.isShardName(shard.name()),
        at + "name",
        shard.name(),
        "expected 1 to 63 letters, digits, _ and -");
    equal(at + "file", shard.file(), Names.dataFile(shard.name()));
    equal(at + "codec", shard.codec(), ShardManifest.ZSTD);
    equal(at + "encryption", shard.encryption(), ShardManifest.NOT_ENCRYPTED);
    matches(at + "node", shard.node(), NODE);
    matches(at + "role", shard.role(), ROLE);
    matches(at + "serverName", shard.serverName(), SERVER);
    matches(at + "serverVersion", shard.serverVersion(), SERVER_VERSION);
    matches(at + "rdbMagic", shard.rdbMagic(), MAGIC);
    int version = Integer.parseInt(shard.rdbMagic().replaceAll("[A-Z]", ""));
    require(
        shard.rdbVersion() == version,
        at + "rdbVersion",
        shard.rdbVersion(),
        "expected the number in rdbMagic, " + version);
    matches(at + "replicationId", shard.replicationId(), REPLICATION_ID);
    notNegative(at + "replicationOffset", shard.replicationOffset());
    for (int i = 0; i < shard.slots().size(); i++) {
      check(at + "slots[" + i + "].", shard.slots().get(i));
    }
    instant(at + "requestedAt", shard.requestedAt());
    instant(at + "pointAt", shard.pointAt());
    instant(at + "completedAt", shard.completedAt());
    notNegative(at + "rawBytes", shard.rawBytes());
    notNegative(at + "storedBytes", shard.storedBytes());
    matches(at + "crc64", shard.crc64(), CRC64);
    matches(at + "rawSha256", shard.rawSha256(), SHA256);
    instant(at + "checksum.at", shard.checksum().at());
  }

  private void check(String at, SlotRange slots) throws ManifestException {
    require(
        slots.from() >= 0 && slots.from() <= LAST_SLOT,
        at + "from",
        slots.from(),
        "expected 0 to " + LAST_SLOT);
    require(
        slots.to() >= slots.from() && slots.to() <= LAST_SLOT,
        at + "to",
        slots.to(),
        "expected " + slots.from() + " to " + LAST_SLOT);
  }

  private void equal(String field, String value, String expected) throws ManifestException {
    require(value.equals(expected), field, value, "expected " + Names.printable(expected));
  }

  private void matches(String field, String value, Pattern pattern) throws ManifestException {
    require(pattern.matcher(value).matches(), field, value, "expected " + pattern);
  }

  private void notNegative(String field, long value) throws ManifestException {
    require(value >= 0, field, value, "it cannot be negative");
  }

  private void instant(String field, Instant value) throws ManifestException {
    require(
        !value.isBefore(FIRST) && !value.isAfter(LAST), field, value, "expected years 1 to 9999");
  }

  private void require(boolean holds, String field, Object value, String expected)
      throws ManifestException {
    if (!holds) {
      throw new ManifestException(
          id, field, "is " + Names.printable(value.toString()) + ": " + expected);
    }
  }
}
