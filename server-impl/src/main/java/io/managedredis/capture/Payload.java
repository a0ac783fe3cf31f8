package io.managedredis.capture;

import java.io.IOException;

/** A payload to come, which knows how to tell where it ends. */
sealed interface Payload permits CountedPayload, MarkedPayload {
  /** How much is read at once. Nothing else grows with the size of a snapshot. */
  int READ = 256 * 1024;

  /**
   * Copies the payload to its end.
   *
   * @return what the checksum at the end proved
   * @throws CaptureException if the bytes end early or do not prove themselves
   * @throws IOException only what the sink threw
   */
  Checksum copy(ByteSource from, RdbCopy to) throws CaptureException, IOException;
}
