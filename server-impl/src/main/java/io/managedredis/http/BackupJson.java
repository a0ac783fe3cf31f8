package io.managedredis.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupRendering;
import io.managedredis.catalog.BackupType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** A backup as the API answers it: the contract's model as JSON. */
public final class BackupJson implements BackupRendering {

  private static final int VERSION_BYTES = 8;

  private final ObjectMapper mapper = Json.mapper();
  private final String version = fingerprint();

  @Override
  public byte[] render(BackupEntry entry) {
    try {
      return mapper.writeValueAsBytes(WireModels.backup(entry));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Backup " + entry.id() + " can't be written as JSON", e);
    }
  }

  /** Derived from what rendering gives, so that nobody has to remember to change it. */
  @Override
  public String version() {
    return version;
  }

  private String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (BackupEntry sample : samples()) {
        digest.update(render(sample));
        digest.update((byte) '\n');
      }
      return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** Every shape of a backup: each type, no shard to several, each length of a fraction. */
  private static List<BackupEntry> samples() {
    return List.of(
        sample("2026-11-22T12:00:00Z", BackupType.MANUAL, List.of()),
        sample("2026-11-22T12:00:00.123Z", BackupType.AUTOMATED, List.of("shard1")),
        sample("2026-11-22T12:00:00.123456Z", BackupType.UNSPECIFIED, List.of("a", "b")),
        sample("0001-01-01T00:00:00.000000001Z", BackupType.MANUAL, List.of("a", "b", "c")));
  }

  private static BackupEntry sample(String instant, BackupType type, List<String> shards) {
    Instant at = Instant.parse(instant);
    return new BackupEntry("c:\"\u00e9\u6f22\ud83d\ude42/<", "f", "c", at, at, type, shards, 1, 1);
  }
}
