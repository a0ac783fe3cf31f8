package io.managedredis.access;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call can't be put on record; says which file, why, and what to do. */
public final class AuditException extends IOException {
  private static final long serialVersionUID = 1L;

  AuditException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
