package io.managedredis.languages;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What every client has to show, in this order. */
public enum Step {
  /** Pages through a folder. */
  LIST,
  /** Reads one backup. */
  GET,
  /** The colon of an id, as the client sends it. */
  COLON,
  /** A missing backup is a typed error. */
  MISSING,
  /** Instants with 0, 3, 6 and 9 fraction digits. */
  FRACTIONS,
  /** A value and a property that a newer server adds. */
  UNKNOWN,
  /** Takes a backup, and waits for the operation. */
  BACKUP,
  /** Reads its manifest, and downloads a shard whose bytes are the manifest's. */
  DOWNLOAD,
  /** Deletes it again. */
  DELETE;

  /** As the consumers print it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Step> of(String id) {
    return Arrays.stream(values()).filter(step -> step.id().equals(id)).findFirst();
  }
}
