package io.managedredis.access;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of tokens that can't be used or changed; says which file, why, and what to do. Never
 * quotes what is in the file: somebody may have put a token there.
 */
public final class TokenFileException extends IOException {
  private static final long serialVersionUID = 1L;

  TokenFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
