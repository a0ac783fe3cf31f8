package io.managedredis.capture;

/** The payload as it comes from a node. Its failures are the node's, never the sink's. */
interface ByteSource {
  /**
   * Waits for at least one byte.
   *
   * @return how many were read, or -1 when the node closed the link
   * @throws CaptureException if they did not come, or not in time
   */
  int read(byte[] bytes, int offset, int length) throws CaptureException;

  /**
   * Says that the payload seems complete, and that only the end of the link can show it. Some
   * servers end it only after an acknowledgement.
   *
   * @throws CaptureException if the link broke
   */
  void expectClose() throws CaptureException;
}
