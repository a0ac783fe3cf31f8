package io.managedredis.capture;

import java.io.IOException;

/** Where the bytes of a snapshot go, in order. */
public interface SnapshotSink {
  /**
   * Takes the next bytes. The array is reused afterwards, so what is needed later must be copied.
   *
   * @throws IOException ends the capture, which throws the very same exception
   */
  void write(byte[] bytes, int offset, int length) throws IOException;
}
