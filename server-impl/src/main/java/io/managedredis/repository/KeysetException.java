package io.managedredis.repository;

import org.jspecify.annotations.Nullable;

/** A keyset that cannot be used, made or changed; says which file, why, and what to do. */
public final class KeysetException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  /** Without key material in the message or in its causes. */
  KeysetException(String message, @Nullable Throwable cause) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
  }

  /** A failed step. */
  KeysetException(RepositoryException failure) {
    this(String.valueOf(failure.getMessage()), failure);
  }
}
