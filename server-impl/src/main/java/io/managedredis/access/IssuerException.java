package io.managedredis.access;

import java.io.IOException;

/** An issuer did not answer, or with something that can't be its document. */
final class IssuerException extends IOException {
  private static final long serialVersionUID = 1L;

  IssuerException(String message) {
    super(message);
  }

  IssuerException(String message, Throwable cause) {
    super(message, cause);
  }
}
