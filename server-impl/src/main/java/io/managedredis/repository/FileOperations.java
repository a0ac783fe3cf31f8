package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Every step by which a repository changes a disk, so that tests can fail, crash or lose power at
 * each of them.
 */
interface FileOperations {

  /** Fails when anything of that name is there. */
  void createDirectory(Path folder) throws IOException;

  /** An empty file for writing; fails when anything of that name is there. */
  FileChannel create(Path file) throws IOException;

  /** Writes all that remains. */
  void write(FileChannel file, ByteBuffer bytes) throws IOException;

  /** Makes a file's content durable. */
  void force(FileChannel file) throws IOException;

  /** Makes the names inside a folder durable. */
  void forceDirectory(Path folder) throws IOException;

  /** Atomically, inside one folder. */
  void rename(Path from, Path to) throws IOException;

  /** A file, a link itself, or an empty folder; does nothing when it is not there. */
  void delete(Path path) throws IOException;
}
