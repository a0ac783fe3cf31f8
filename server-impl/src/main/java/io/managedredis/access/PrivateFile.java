package io.managedredis.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that nobody but their owner writes. Where the file system has no modes, none are held. */
final class PrivateFile {
  private static final Set<PosixFilePermission> STRANGERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private PrivateFile() {}

  /**
   * The whole of a regular file; a link is followed.
   *
   * @throws IOException also when it has more bytes than that, or others may write it
   */
  static byte[] read(Path file, int limit) throws IOException {
    Path target = file.toRealPath();
    requireRegular(target);
    requireNoStrangers(target);
    try (FileChannel channel =
        FileChannel.open(target, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      byte[] content = Channels.newInputStream(channel).readNBytes(limit + 1);
      if (content.length > limit) {
        throw new FileSystemException(
            file.toString(), null, "it has more than " + limit + " bytes");
      }
      return content;
    }
  }

  /**
   * Replaces a file as a whole, durably, or makes it with mode 0600. One that is there keeps its
   * owner, group and mode; a new one gets the owner of its folder: what root writes has to be read
   * by the user that the service runs as. Whoever calls this holds the file's lock.
   *
   * @throws IOException when that fails; the file is then as it was, or wholly new when only making
   *     its name durable failed
   */
  static void write(Path file, byte[] content) throws IOException {
    boolean there = Files.exists(file);
    // What a link leads to is replaced, not the link.
    Path target = there ? file.toRealPath() : file.toAbsolutePath();
    Path draft = target.resolveSibling(target.getFileName() + ".tmp");
    // Left by a crash: nobody else writes while we hold the lock.
    Files.deleteIfExists(draft);
    try {
      try (FileChannel channel = create(draft)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        handOver(draft, there ? target : folder(target));
        if (there) {
          copyMode(target, draft);
        }
        channel.force(true);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      forceFolder(target);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(draft);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** Makes an empty file, mode 0600, unless there is one, and gives it its folder's owner. */
  static void createIfAbsent(Path file) throws IOException {
    try (FileChannel made = create(file)) {
      handOver(file, folder(file));
      made.force(true);
    } catch (FileAlreadyExistsException e) {
      requireRegular(file);
    }
  }

  /** Makes what was made, renamed or removed beside a file durable. */
  static void forceFolder(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(folder(file), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path folder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new FileSystemException(file.toString(), null, "it is no file");
    }
    return folder;
  }

  /** A link, a device or a pipe is none. */
  static void requireRegular(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is not a regular file");
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        view(file) == null
            ? new FileAttribute<?>[0]
            : new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            });
  }

  private static void requireNoStrangers(Path file) throws IOException {
    PosixFileAttributeView view = view(file);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> mode = view.readAttributes().permissions();
    if (mode.stream().anyMatch(STRANGERS_WRITE::contains)) {
      throw new FileSystemException(
          file.toString(),
          null,
          "others than its owner may write it ("
              + PosixFilePermissions.toString(mode)
              + "). Close it: chmod 600 "
              + file);
    }
  }

  private static void copyMode(Path from, Path to) throws IOException {
    PosixFileAttributeView source = view(from);
    PosixFileAttributeView target = view(to);
    if (source != null && target != null) {
      target.setPermissions(source.readAttributes().permissions());
    }
  }

  private static void handOver(Path file, Path like) throws IOException {
    PosixFileAttributeView view = view(file);
    PosixFileAttributeView other = view(like);
    if (view == null || other == null) {
      return;
    }
    PosixFileAttributes is = view.readAttributes();
    PosixFileAttributes wanted = other.readAttributes();
    if (!is.owner().equals(wanted.owner())) {
      view.setOwner(wanted.owner());
      view.setGroup(wanted.group());
    }
  }

  private static @Nullable PosixFileAttributeView view(Path path) {
    return Files.getFileAttributeView(
        path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }
}
