package io.managedredis.repository;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Cuts a snapshot into zstd frames that can each be read alone and have a content checksum, and
 * ends with their {@link SeekTable}. Beside two buffers of a frame's length it keeps 4 bytes for
 * each frame: 4 MiB for a snapshot of 1 TiB.
 */
final class FrameWriter implements AutoCloseable {
  /** Raw bytes in each frame but the last. */
  static final int FRAME = 1 << 20;

  private static final int TABLE_PIECE = 64 << 10;

  private final Target target;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final ByteBuffer raw;
  private final ByteBuffer stored;
  private int[] storedBytes = new int[64];
  private int frames;
  private int lastRawBytes;

  /** Takes all that remains of a buffer. */
  @FunctionalInterface
  interface Target {
    void write(ByteBuffer bytes) throws IOException;
  }

  FrameWriter(Target target, int level) {
    this(target, level, FRAME);
  }

  FrameWriter(Target target, int level, int frame) {
    this.target = target;
    this.raw = ByteBuffer.allocateDirect(frame);
    this.stored = ByteBuffer.allocateDirect((int) Zstd.compressBound(frame));
    zstd.setLevel(level).setChecksum(true);
  }

  /**
   * @throws com.github.luben.zstd.ZstdException when compressing fails
   */
  void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, raw.remaining());
      raw.put(bytes, from, part);
      from += part;
      left -= part;
      if (!raw.hasRemaining()) {
        frame();
      }
    }
  }

  /** The last frame, and the table. */
  void finish() throws IOException {
    if (raw.position() > 0) {
      frame();
    }
    ByteBuffer table = ByteBuffer.allocate(TABLE_PIECE).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(SeekTable.SKIPPABLE_MAGIC);
    table.putInt(frames * SeekTable.ENTRY + SeekTable.FOOTER);
    for (int i = 0; i < frames; i++) {
      if (table.remaining() < SeekTable.ENTRY) {
        target.write(table.flip());
        table.clear();
      }
      table.putInt(storedBytes[i]);
      table.putInt(i == frames - 1 ? lastRawBytes : raw.capacity());
    }
    if (table.remaining() < SeekTable.FOOTER) {
      target.write(table.flip());
      table.clear();
    }
    table.putInt(frames).put(SeekTable.DESCRIPTOR).putInt(SeekTable.SEEKABLE_MAGIC);
    target.write(table.flip());
  }

  @Override
  public void close() {
    zstd.close();
  }

  private void frame() throws IOException {
    if (frames == SeekTable.MOST_FRAMES) {
      throw new IOException("A snapshot of more than 128 TiB cannot be stored");
    }
    stored.clear();
    int length =
        zstd.compressDirectByteBuffer(stored, 0, stored.capacity(), raw, 0, raw.position());
    target.write(stored.limit(length));
    if (frames == storedBytes.length) {
      storedBytes = Arrays.copyOf(storedBytes, frames * 2);
    }
    storedBytes[frames++] = length;
    lastRawBytes = raw.position();
    raw.clear();
  }
}
