package io.managedredis.repository;

/** A snapshot is encrypted with a key that the keyset does not hold. */
public final class KeyMissingException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  /** Says which key, which snapshot, and what to do. */
  public KeyMissingException(String message) {
    super(message);
  }
}
