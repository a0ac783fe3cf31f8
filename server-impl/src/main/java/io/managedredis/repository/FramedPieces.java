package io.managedredis.repository;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** One frame after the other, each proven by its checksum before anything of it is given out. */
final class FramedPieces implements SnapshotPieces {
  private final SeekableByteChannel file;
  private final SeekTable table;
  private final ZstdDecompressCtx zstd;
  private final ByteBuffer stored;
  private final byte[] raw;
  private long skip;

  /** Begins at a byte of the snapshot, or at its end. */
  FramedPieces(SeekableByteChannel file, SeekTable table, long rawBytes, long from)
      throws IOException {
    this.file = file;
    this.table = table;
    this.skip = from;
    SeekTable.Longest longest = table.checkAndSeek(rawBytes, from);
    this.stored = ByteBuffer.allocateDirect(longest.storedBytes());
    this.raw = new byte[longest.rawBytes()];
    this.zstd = new ZstdDecompressCtx();
  }

  @Override
  public ByteBuffer next() throws IOException {
    SeekTable.Frame frame = table.next();
    if (frame == null) {
      return ByteBuffer.allocate(0);
    }
    stored.clear().limit(frame.storedBytes());
    SeekTable.readFully(file, frame.at(), stored);
    int length =
        zstd.decompressDirectByteBufferToByteArray(
            raw, 0, frame.rawBytes(), stored, 0, frame.storedBytes());
    if (length != frame.rawBytes()) {
      throw new DamagedBytesException(
          "has a frame of " + length + " bytes where its seek table says " + frame.rawBytes());
    }
    int from = (int) Math.max(0, skip - frame.rawFrom());
    skip = 0;
    return ByteBuffer.wrap(raw, from, length - from);
  }

  @Override
  public void prove() {
    // Each frame was proven whole.
  }

  @Override
  public void close() {
    zstd.close();
  }
}
