package io.managedredis.repository;

import com.github.luben.zstd.Zstd;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where each frame of a file is: the seek table at its end, in the public zstd seekable format
 * (facebook/zstd, contrib/seekable_format/zstd_seekable_compression_format.md). To every other
 * decoder it is a skippable frame without meaning. Nothing that it says is believed before it was
 * compared with the file and the manifest; it is read piece by piece, whatever its length.
 */
final class SeekTable {
  /** As many as the format allows. */
  static final int MOST_FRAMES = 0x8000000;

  /** Skippable frame: magic and length. */
  static final int HEADER = 8;

  /** Compressed and raw length of a frame, each 32 bits, little-endian. */
  static final int ENTRY = 8;

  /** Number of frames, descriptor, magic. */
  static final int FOOTER = 9;

  static final int SKIPPABLE_MAGIC = 0x184D2A5E;
  static final int SEEKABLE_MAGIC = 0x8F92EAB1;

  /** No checksums in the table, since each frame has its own; no reserved bit. */
  static final byte DESCRIPTOR = 0;

  /** What we read of other writers' frames, which keeps memory constant. */
  private static final int LONGEST_FRAME = 16 << 20;

  private static final int PIECE = 64 << 10;

  private final SeekableByteChannel file;
  private final long frames;
  private final ByteBuffer entries = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
  private long index;
  private long at;
  private long rawFrom;

  private SeekTable(SeekableByteChannel file, long frames) {
    this.file = file;
    this.frames = frames;
    entries.limit(0);
  }

  /**
   * A frame.
   *
   * @param at where it begins in the file
   * @param storedBytes its length there
   * @param rawFrom where its first byte is in the snapshot
   * @param rawBytes its length there
   */
  record Frame(long at, int storedBytes, long rawFrom, int rawBytes) {}

  /** The longest that a table names. */
  record Longest(int storedBytes, int rawBytes) {}

  /** The table of a file, or empty when it has none. */
  static Optional<SeekTable> find(SeekableByteChannel file) throws IOException {
    long size = file.size();
    if (size < HEADER + FOOTER) {
      return Optional.empty();
    }
    ByteBuffer footer = read(file, size - FOOTER, FOOTER);
    long frames = Integer.toUnsignedLong(footer.getInt());
    boolean plain = footer.get() == DESCRIPTOR;
    long content = frames * ENTRY + FOOTER;
    if (footer.getInt() != SEEKABLE_MAGIC
        || !plain
        || frames > MOST_FRAMES
        || size < HEADER + content) {
      return Optional.empty();
    }
    ByteBuffer header = read(file, size - content - HEADER, HEADER);
    return header.getInt() == SKIPPABLE_MAGIC && header.getInt() == content
        ? Optional.of(new SeekTable(file, frames))
        : Optional.empty();
  }

  /**
   * Compares the whole table with the file's length and the snapshot's, and makes the frame that
   * holds a byte the next one.
   *
   * @throws DamagedBytesException when they contradict each other
   */
  Longest checkAndSeek(long rawBytes, long from) throws IOException {
    long targetIndex = frames;
    long targetAt = 0;
    long targetRawFrom = rawBytes;
    int longestStored = 0;
    int longestRaw = 0;
    for (Frame frame = next(); frame != null; frame = next()) {
      longestStored = Math.max(longestStored, frame.storedBytes());
      longestRaw = Math.max(longestRaw, frame.rawBytes());
      if (from >= frame.rawFrom() && from - frame.rawFrom() < frame.rawBytes()) {
        targetIndex = index - 1;
        targetAt = frame.at();
        targetRawFrom = frame.rawFrom();
      }
    }
    if (at != tableAt()) {
      throw new DamagedBytesException(
          "has frames of " + at + " bytes in its seek table, and " + tableAt() + " in front of it");
    }
    if (rawFrom != rawBytes) {
      throw new DamagedBytesException(
          "holds " + rawFrom + " bytes by its seek table, its manifest says " + rawBytes);
    }
    index = targetIndex;
    at = targetAt;
    rawFrom = targetRawFrom;
    entries.limit(0);
    return new Longest(longestStored, longestRaw);
  }

  /** The next frame, or null after the last. */
  @Nullable Frame next() throws IOException {
    if (index == frames) {
      return null;
    }
    if (!entries.hasRemaining()) {
      entries.clear().limit((int) Math.min(PIECE, (frames - index) * ENTRY));
      readFully(file, tableAt() + HEADER + index * ENTRY, entries);
    }
    long stored = Integer.toUnsignedLong(entries.getInt());
    long raw = Integer.toUnsignedLong(entries.getInt());
    if (raw < 1 || raw > LONGEST_FRAME || stored < 1 || stored > Zstd.compressBound(raw)) {
      throw new DamagedBytesException(
          "has a frame of " + stored + " bytes for " + raw + " in its seek table");
    }
    Frame frame = new Frame(at, (int) stored, rawFrom, (int) raw);
    index++;
    at += stored;
    rawFrom += raw;
    return frame;
  }

  private long tableAt() throws IOException {
    return file.size() - FOOTER - frames * ENTRY - HEADER;
  }

  private static ByteBuffer read(SeekableByteChannel file, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, at, bytes);
    return bytes;
  }

  /** Fills what remains of a buffer and flips it. */
  static void readFully(SeekableByteChannel file, long at, ByteBuffer into) throws IOException {
    file.position(at);
    while (into.hasRemaining()) {
      if (file.read(into) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
    into.flip();
  }
}
