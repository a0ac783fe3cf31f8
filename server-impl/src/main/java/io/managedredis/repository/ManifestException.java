package io.managedredis.repository;

/** A manifest that cannot be believed: damaged, contradictory, or of a newer format. */
public final class ManifestException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  private final String field;

  ManifestException(BackupId id, String field, String wrong) {
    super(message(id, field, wrong));
    this.field = field;
  }

  ManifestException(BackupId id, String field, String wrong, Throwable cause) {
    super(message(id, field, wrong), cause);
    this.field = field;
  }

  /** The field at fault, such as {@code shards[0].file}; empty for the document as a whole. */
  public String field() {
    return field;
  }

  private static String message(BackupId id, String field, String wrong) {
    return "The manifest of backup " + id + (field.isEmpty() ? " " : ": " + field + " ") + wrong;
  }
}
