package io.managedredis.repository;

import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;

/** SHA-256 of what comes in, zstd frames, encryption, file. Constant memory, but for the frames. */
final class LocalShardWriter implements ShardWriter {

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
  private final Keyring keyring;
  private final FileOperations files;
  private final Owner owner;
  private final FileChannel channel;
  private final WritableByteChannel encrypted;
  private final FrameWriter frames;
  private final MessageDigest sha256 = Sha256.create();
  private State state = State.WRITING;
  private long rawBytes;
  private long storedBytes;

  LocalShardWriter(
      BackupId backup,
      String shardName,
      Path file,
      int level,
      Keyring keyring,
      FileOperations files,
      Owner owner)
      throws RepositoryException {
    this.shardName = shardName;
    this.file = file;
    this.keyring = keyring;
    this.files = files;
    this.owner = owner;
    try {
      this.channel = files.create(file);
    } catch (IOException e) {
      throw failed("create", e);
    }
    try {
      // This writes a header already.
      this.encrypted = keyring.encrypting(new Stored(), backup, shardName);
    } catch (IOException | GeneralSecurityException e) {
      throw abandoned(failed("write", e));
    }
    this.frames = new FrameWriter(this::encrypt, level);
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
    state = State.FAILED;
    try {
      frames.write(bytes, offset, length);
    } catch (IOException | ZstdException e) {
      throw failed("write", e);
    }
    state = State.WRITING;
  }

  @Override
  public synchronized StoredShard finish() throws RepositoryException {
    requireWriting();
    state = State.FAILED;
    try {
      frames.finish();
      encrypted.close();
    } catch (IOException | ZstdException e) {
      throw failed("write", e);
    }
    try (channel) {
      files.force(channel);
    } catch (IOException e) {
      // The kernel may have dropped the pages: a second fsync would succeed and prove nothing.
      throw failed("make durable", e);
    }
    frames.close();
    state = State.FINISHED;
    StoredShard shard =
        new StoredShard(
            Names.dataFile(shardName),
            keyring.encryption(),
            keyring.primaryKeyId(),
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
    frames.close();
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

  private void encrypt(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      encrypted.write(bytes);
    }
  }

  private RepositoryException abandoned(RepositoryException failure) {
    try {
      channel.close();
      files.delete(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private RepositoryException failed(String step, Exception e) {
    return e instanceof IOException io
        ? RepositoryException.during(step, file, io)
        : new RepositoryException(
            "Cannot compress or encrypt into " + file + ": " + e.getMessage(), e);
  }

  /** The file, which outlives the closing of the encryption: it is made durable after that. */
  private final class Stored implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      files.write(channel, bytes);
      storedBytes += length;
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // Nothing to flush.
    }
  }
}
