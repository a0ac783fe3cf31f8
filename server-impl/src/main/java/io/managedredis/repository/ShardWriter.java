package io.managedredis.repository;

import java.io.IOException;

/** Takes the bytes of one shard's snapshot, in order, at constant memory. */
public interface ShardWriter extends AutoCloseable {

  /**
   * Appends {@code length} bytes of {@code bytes}, from {@code offset} on; the array can be reused.
   *
   * @throws RepositoryException when storing fails; only {@link #close} helps then
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Makes the file durable.
   *
   * @throws RepositoryException when that fails; only {@link #close} helps then
   */
  StoredShard finish() throws RepositoryException;

  /**
   * Without {@link #finish}: removes what was written, and the shard can be written anew. After it:
   * does nothing.
   */
  @Override
  void close() throws RepositoryException;
}
