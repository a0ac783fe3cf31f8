package io.managedredis.repository;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;

/** SHA-256 of what comes in, zstd, file. Two buffers are all the memory it needs. */
final class LocalShardWriter implements ShardWriter {
  private static final int BUFFER = 1 << 20;

  private enum State {
    WRITING,
    FAILED,
    FINISHED,
    CLOSED
  }

  /** Told once when the writer is through. */
  interface Owner {
    void finished(LocalShardWriter writer, StoredShard stored);

    void abandoned(LocalShardWriter writer);
  }

  private final String shardName;
  private final Path file;
  private final FileOperations files;
  private final Owner owner;
  private final FileChannel channel;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final MessageDigest sha256 = Sha256.create();
  private final ByteBuffer raw = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer stored = ByteBuffer.allocateDirect(BUFFER);
  private State state = State.WRITING;
  private long rawBytes;
  private long storedBytes;

  LocalShardWriter(String shardName, Path file, int level, FileOperations files, Owner owner)
      throws RepositoryException {
    this.shardName = shardName;
    this.file = file;
    this.files = files;
    this.owner = owner;
    zstd.setLevel(level).setChecksum(true);
    try {
      this.channel = files.create(file);
    } catch (IOException e) {
      zstd.close();
      throw RepositoryException.during("create", file, e);
    }
  }

  String shardName() {
    return shardName;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws RepositoryException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    requireWriting();
    sha256.update(bytes, offset, length);
    rawBytes += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, raw.remaining());
      raw.put(bytes, from, part);
      from += part;
      left -= part;
      if (!raw.hasRemaining()) {
        compress(EndDirective.CONTINUE);
      }
    }
  }

  @Override
  public synchronized StoredShard finish() throws RepositoryException {
    requireWriting();
    compress(EndDirective.END);
    state = State.FAILED;
    try (channel) {
      files.force(channel);
    } catch (IOException e) {
      // The kernel may have dropped the pages: a second fsync would succeed and prove nothing.
      throw RepositoryException.during("make durable", file, e);
    }
    zstd.close();
    state = State.FINISHED;
    StoredShard shard =
        new StoredShard(
            Names.dataFile(shardName),
            rawBytes,
            storedBytes,
            HexFormat.of().formatHex(sha256.digest()));
    owner.finished(this, shard);
    return shard;
  }

  @Override
  public synchronized void close() throws RepositoryException {
    if (state == State.FINISHED || state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    zstd.close();
    try {
      channel.close();
      files.delete(file);
    } catch (IOException e) {
      throw RepositoryException.during("remove the unfinished", file, e);
    } finally {
      owner.abandoned(this);
    }
  }

  private void requireWriting() throws RepositoryException {
    if (state != State.WRITING) {
      throw new RepositoryException(
          "Nothing more can be written to "
              + file
              + ": it is "
              + (state == State.FAILED ? "spoilt by an earlier error" : "finished or closed"));
    }
  }

  private void compress(EndDirective directive) throws RepositoryException {
    state = State.FAILED;
    try {
      raw.flip();
      boolean done = false;
      while (!done) {
        boolean flushed = zstd.compressDirectByteBufferStream(stored, raw, directive);
        done = directive == EndDirective.END ? flushed : !raw.hasRemaining();
        if (done ? directive == EndDirective.END : !stored.hasRemaining()) {
          writeStored();
        }
      }
      raw.clear();
    } catch (ZstdException e) {
      throw new RepositoryException("Cannot compress into " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw RepositoryException.during("write", file, e);
    }
    state = State.WRITING;
  }

  private void writeStored() throws IOException {
    stored.flip();
    storedBytes += stored.remaining();
    files.write(channel, stored);
    stored.clear();
  }
}
