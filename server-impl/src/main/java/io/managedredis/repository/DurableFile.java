package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;

/** Small files that are wholly there or not at all, and reading without following links. */
final class DurableFile {
  private final FileOperations files;

  DurableFile(FileOperations files) {
    this.files = files;
  }

  /** Writes under another name, makes it durable, renames it, makes the name durable. */
  void write(Path draft, Path file, byte[] content) throws IOException {
    try (FileChannel channel = files.create(draft)) {
      files.write(channel, ByteBuffer.wrap(content));
      files.force(channel);
    }
    FolderOwner.handOver(draft);
    files.rename(draft, file);
    Path folder = file.getParent();
    if (folder != null) {
      files.forceDirectory(folder);
    }
  }

  /** The whole of a file, or empty when nothing of that name is there. */
  static Optional<byte[]> read(Path file, int limit) throws IOException {
    try (FileChannel channel = open(file)) {
      if (channel.size() > limit) {
        throw new IOException(
            "it has " + channel.size() + " bytes, and no such file has more than " + limit);
      }
      return Optional.of(Channels.newInputStream(channel).readNBytes(limit));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Opens a regular file for reading; anything else, a link for example, is refused. */
  static FileChannel open(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is not a regular file");
    }
    return FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }
}
