package io.managedredis.repository;

import java.io.IOException;

/** What is wrong inside a stored file, as the end of a sentence that begins with its name. */
final class DamagedBytesException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedBytesException(String wrong) {
    super(wrong);
  }
}
