package io.managedredis.repository;

/**
 * A manifest, or a verification beside it, that cannot be believed: damaged, contradictory, or of a
 * newer format.
 */
public final class ManifestException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  private final String field;

  ManifestException(Document document, String field, String wrong) {
    super(message(document, field, wrong));
    this.field = field;
  }

  ManifestException(Document document, String field, String wrong, Throwable cause) {
    super(message(document, field, wrong), cause);
    this.field = field;
  }

  /** The field at fault, such as {@code shards[0].file}; empty for the document as a whole. */
  public String field() {
    return field;
  }

  private static String message(Document document, String field, String wrong) {
    return document + (field.isEmpty() ? " " : ": " + Names.inOneLine(field) + " ") + wrong;
  }
}
