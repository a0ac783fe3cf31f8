package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Whom the files of the data folder belong to: whoever its folders belong to. A command that root
 * runs beside the server must not leave files that the server's user can't read.
 */
public final class FolderOwner {

  private FolderOwner() {}

  /**
   * Gives a file the owner and the group of the folder that it is in; does nothing where they are
   * the same, or where files have none.
   *
   * @throws IOException when they differ and this user may not change them
   */
  public static void handOver(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      handOver(file, folder);
    }
  }

  /** The same, with the owner and the group of another file. */
  static void handOver(Path file, Path like) throws IOException {
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
