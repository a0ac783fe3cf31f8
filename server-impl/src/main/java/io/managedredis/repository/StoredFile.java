package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/** A file that is read; a disk that fails is told as such, apart from bytes that are wrong. */
final class StoredFile implements SeekableByteChannel {
  private final Path path;
  private final FileChannel file;
  private final long size;

  StoredFile(Path path) throws IOException {
    this.path = path;
    this.file = DurableFile.open(path);
    this.size = file.size();
  }

  @Override
  public int read(ByteBuffer into) throws RepositoryException {
    try {
      return file.read(into);
    } catch (IOException e) {
      throw RepositoryException.during("read", path, e);
    }
  }

  @Override
  public long position() throws RepositoryException {
    try {
      return file.position();
    } catch (IOException e) {
      throw RepositoryException.during("read", path, e);
    }
  }

  @Override
  public SeekableByteChannel position(long position) throws RepositoryException {
    try {
      file.position(position);
      return this;
    } catch (IOException e) {
      throw RepositoryException.during("read", path, e);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long to) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
