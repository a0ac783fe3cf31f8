package io.managedredis.capture;

/** A payload in memory, cut into reads as a test wants it, and then closed by the node. */
final class MemorySource implements ByteSource {
  private final byte[] bytes;
  private final int firstRead;
  private final int nextReads;
  private int at;
  private boolean closeExpected;

  /** The first read gives so many bytes at most, each later one so many. */
  MemorySource(byte[] bytes, int firstRead, int nextReads) {
    this.bytes = bytes;
    this.firstRead = firstRead;
    this.nextReads = nextReads;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (at == bytes.length) {
      return -1;
    }
    int count = Math.min(at == 0 ? firstRead : nextReads, Math.min(length, bytes.length - at));
    System.arraycopy(bytes, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public void expectClose() {
    closeExpected = true;
  }

  boolean closeWasExpected() {
    return closeExpected;
  }
}
