package io.managedredis.access;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps other processes from writing the same file at the same time. The operating system drops the
 * lock with the process, so a crash leaves nothing to clean; the file itself stays, since removing
 * it would let two in.
 */
final class LockFile implements AutoCloseable {
  private final AsynchronousFileChannel channel;

  private LockFile(AsynchronousFileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a file, which lies beside it as {@code NAME.lock}.
   *
   * @param patience how long to wait for another process
   * @throws IOException when another one has it all that time, or it can't be made
   */
  static LockFile of(Path file, Duration patience) throws IOException {
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    PrivateFile.createIfAbsent(lock);
    AsynchronousFileChannel channel = AsynchronousFileChannel.open(lock, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      channel.lock().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      locked = true;
      return new LockFile(channel);
    } catch (TimeoutException | OverlappingFileLockException e) {
      throw inUse(lock, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw inUse(lock, e);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static IOException inUse(Path lock, Exception cause) {
    IOException inUse = new FileSystemException(lock.toString(), null, "another process holds it");
    inUse.initCause(cause);
    return inUse;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
