package io.managedredis.backup;

import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.BackupKind;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A backup to take.
 *
 * @param id the id that it will have
 * @param cluster what to back up
 * @param startedAt when it was asked for
 * @param kind what asked for it
 */
public record BackupOrder(
    BackupId id, ClusterDeclaration cluster, Instant startedAt, BackupKind kind) {

  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int RANDOM_CHARACTERS = 8;

  /**
   * A new id: the cluster, the start in UTC to the second, and 8 random characters, so that ids
   * sort by start and can be read, and two servers never choose the same.
   */
  public static BackupId newId(String clusterId, Instant startedAt, SecureRandom random) {
    StringBuilder suffix = new StringBuilder(START.format(startedAt)).append('-');
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      suffix.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return new BackupId(clusterId, suffix.toString());
  }
}
