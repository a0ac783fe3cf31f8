package io.managedredis.tls;

import java.io.IOException;
import java.nio.file.Path;

/** A PEM file that can't be used. The message begins with the file and says why and what to do. */
public final class TlsFileException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsFileException(Path file, String why) {
    super(file + " " + why);
  }

  TlsFileException(Path file, String why, Throwable cause) {
    super(file + " " + why, cause);
  }
}
