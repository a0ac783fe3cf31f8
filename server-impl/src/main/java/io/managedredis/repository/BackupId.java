package io.managedredis.repository;

import java.util.Optional;

/**
 * The id of a backup, written {@code <clusterId>:<suffix>}. Both parts are safe as names of
 * folders.
 *
 * @param clusterId 1 to 50 characters, {@code [a-z0-9][-a-z0-9]*}
 * @param suffix 1 to 24 characters, {@code [0-9A-Za-z][-0-9A-Za-z]*}
 */
public record BackupId(String clusterId, String suffix) {

  /**
   * Refuses everything that is not such a name.
   *
   * @throws IllegalArgumentException naming the part and its value
   */
  public BackupId {
    if (!Names.isClusterId(clusterId)) {
      throw new IllegalArgumentException(
          Names.printable(clusterId)
              + " is not a cluster id: 1 to 50 of a-z, 0-9 and -, not starting with -");
    }
    if (!Names.isSuffix(suffix)) {
      throw new IllegalArgumentException(
          Names.printable(suffix)
              + " is not a backup's suffix: 1 to 24 letters, digits and -, not starting with -");
    }
  }

  /** The id written as {@code <clusterId>:<suffix>}, or empty when the text is anything else. */
  public static Optional<BackupId> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String clusterId = text.substring(0, colon);
    String suffix = text.substring(colon + 1);
    return Names.isClusterId(clusterId) && Names.isSuffix(suffix)
        ? Optional.of(new BackupId(clusterId, suffix))
        : Optional.empty();
  }

  /** {@code <clusterId>:<suffix>}. */
  @Override
  public String toString() {
    return clusterId + ":" + suffix;
  }
}
