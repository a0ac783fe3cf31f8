package io.managedredis.repository;

/**
 * Which document a rule or a reader speaks of.
 *
 * @param kind {@code manifest} or {@code verification}
 * @param id the backup that it belongs to
 */
record Document(String kind, BackupId id) {

  static Document manifest(BackupId id) {
    return new Document("manifest", id);
  }

  static Document verification(BackupId id) {
    return new Document("verification", id);
  }

  @Override
  public String toString() {
    return "The " + kind + " of backup " + id;
  }
}
