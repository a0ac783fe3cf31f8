package io.managedredis.repository;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * A file of format 1: a single frame without a seek table, so that every part is found from the
 * beginning and proven at the end.
 */
final class StreamPieces implements SnapshotPieces {
  private static final int STORED = 256 << 10;
  private static final int RAW = 1 << 20;

  /** 8 MiB, what level 19 takes, the highest that format 1 was written with. */
  private static final int LONGEST_WINDOW_LOG = 23;

  private final SeekableByteChannel file;
  private final long rawBytes;
  private final ZstdDecompressCtx zstd;
  private final ByteBuffer stored = ByteBuffer.allocateDirect(STORED).limit(0);
  private final ByteBuffer raw = ByteBuffer.allocateDirect(RAW);
  private long skip;
  private long count;
  private boolean ended;

  StreamPieces(SeekableByteChannel file, long rawBytes, long from) throws IOException {
    this.file = file;
    this.rawBytes = rawBytes;
    this.skip = from;
    file.position(0);
    // The decoder reserves as much as the frame says before it reads any of it.
    this.zstd = new ZstdDecompressCtx().setLongMax(LONGEST_WINDOW_LOG);
  }

  @Override
  public ByteBuffer next() throws IOException {
    ByteBuffer piece = decompress();
    while (piece.hasRemaining() && skip >= piece.remaining()) {
      skip -= piece.remaining();
      piece = decompress();
    }
    piece.position(piece.position() + (int) Math.min(skip, piece.remaining()));
    skip = 0;
    return piece;
  }

  @Override
  public void prove() throws IOException {
    while (decompress().hasRemaining()) {
      // Only the end tells.
    }
  }

  @Override
  public void close() {
    zstd.close();
  }

  private ByteBuffer decompress() throws IOException {
    raw.clear();
    while (raw.position() == 0 && !ended) {
      boolean more = stored.hasRemaining() || fill();
      ended = zstd.decompressDirectByteBufferStream(raw, stored);
      if (!more && !ended && raw.position() == 0) {
        throw new DamagedBytesException("ends in the middle of its frame");
      }
      count += raw.position();
      if (count > rawBytes) {
        throw new DamagedBytesException(
            "holds more than the " + rawBytes + " bytes of its manifest");
      }
      if (ended) {
        checkEnd();
      }
    }
    return raw.flip();
  }

  private boolean fill() throws IOException {
    stored.clear();
    boolean more = file.read(stored) > 0;
    stored.flip();
    return more;
  }

  private void checkEnd() throws IOException {
    if (count != rawBytes) {
      throw new DamagedBytesException("holds " + count + " bytes, its manifest says " + rawBytes);
    }
    if (stored.hasRemaining() || fill()) {
      throw new DamagedBytesException("goes on behind the end of its frame, without a seek table");
    }
  }
}
