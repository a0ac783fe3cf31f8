package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real files whose steps are counted: one step can fail, from another one on everything fails as
 * after a crash, and every change that was not made durable can be lost as with the power.
 */
final class SimulatedDisk implements FileOperations {
  static final int NEVER = Integer.MAX_VALUE;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final FileOperations disk;
  private final int failAt;
  private final int crashAt;
  private final Map<FileChannel, Path> open = new HashMap<>();
  private final List<Change> volatileChanges = new ArrayList<>();
  private int steps;

  /** Steps are counted from 0. */
  SimulatedDisk(int failAt, int crashAt) {
    this(failAt, crashAt, new DiskFiles());
  }

  SimulatedDisk(int failAt, int crashAt, FileOperations disk) {
    this.disk = disk;
    this.failAt = failAt;
    this.crashAt = crashAt;
  }

  /** A disk that does all it is told. */
  static SimulatedDisk sound() {
    return new SimulatedDisk(NEVER, NEVER);
  }

  /** The same disk without faults after the process was started again: the power never went. */
  SimulatedDisk restarted() {
    SimulatedDisk restarted = sound();
    restarted.volatileChanges.addAll(volatileChanges);
    return restarted;
  }

  private enum Kind {
    CONTENT,
    CREATED,
    CREATED_FOLDER,
    RENAMED,
    DELETED,
    DELETED_FOLDER
  }

  private record Change(Kind kind, Path path, @Nullable Path from, ByteBuffer content) {}

  int steps() {
    return steps;
  }

  boolean crashed() {
    return steps > crashAt;
  }

  int volatileChanges() {
    return volatileChanges.size();
  }

  /** The bits of those inside one folder. */
  int volatileChangesIn(Path folder) {
    int bits = 0;
    for (int i = 0; i < volatileChanges.size(); i++) {
      if (folder.equals(volatileChanges.get(i).path().getParent())) {
        bits |= 1 << i;
      }
    }
    return bits;
  }

  /** Undoes the volatile changes whose bits are set, the last one first. */
  void losePower(int lost) throws IOException {
    for (int i = volatileChanges.size() - 1; i >= 0; i--) {
      if ((lost >> i & 1) == 1) {
        undo(volatileChanges.get(i));
      }
    }
  }

  private static void undo(Change change) throws IOException {
    Path path = change.path();
    switch (change.kind()) {
      case CONTENT -> {
        if (Files.exists(path)) {
          Files.write(path, new byte[0]);
        }
      }
      case CREATED -> Files.deleteIfExists(path);
      case CREATED_FOLDER -> deleteTree(path);
      case RENAMED -> {
        if (Files.exists(path) && change.from() != null) {
          Files.move(path, change.from());
          if (change.content().capacity() > 0) {
            Files.write(path, change.content().array());
            Files.setPosixFilePermissions(path, Files.getPosixFilePermissions(change.from()));
          }
        }
      }
      case DELETED -> {
        if (Files.exists(path.resolveSibling("."))) {
          Files.write(path, change.content().array());
        }
      }
      case DELETED_FOLDER -> {
        if (Files.exists(path.resolveSibling("."))) {
          Files.createDirectory(path);
        }
      }
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(folder)) {
        all = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.delete(path);
      }
    }
  }

  private boolean stepFails() {
    int step = steps++;
    return step == failAt || step >= crashAt;
  }

  private void step(Path path) throws IOException {
    if (stepFails()) {
      throw full(path);
    }
  }

  private static FileSystemException full(Path path) {
    return new FileSystemException(path.toString(), null, "No space left on device");
  }

  private void changed(Kind kind, Path path) {
    volatileChanges.add(new Change(kind, path, null, NOTHING));
  }

  @Override
  public void createDirectory(Path folder) throws IOException {
    step(folder);
    disk.createDirectory(folder);
    changed(Kind.CREATED_FOLDER, folder);
  }

  @Override
  public FileChannel create(Path file) throws IOException {
    step(file);
    FileChannel channel = disk.create(file);
    open.put(channel, file);
    changed(Kind.CREATED, file);
    return channel;
  }

  @Override
  public void write(FileChannel file, ByteBuffer bytes) throws IOException {
    Path path = open.getOrDefault(file, Path.of("?"));
    volatileChanges.removeIf(c -> c.kind() == Kind.CONTENT && c.path().equals(path));
    changed(Kind.CONTENT, path);
    if (stepFails()) {
      disk.write(file, bytes.slice(bytes.position(), bytes.remaining() / 2));
      throw full(path);
    }
    disk.write(file, bytes);
  }

  @Override
  public void force(FileChannel file) throws IOException {
    Path path = open.getOrDefault(file, Path.of("?"));
    step(path);
    volatileChanges.removeIf(c -> c.kind() == Kind.CONTENT && c.path().equals(path));
  }

  @Override
  public void forceDirectory(Path folder) throws IOException {
    step(folder);
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(folder.toString(), null, "not a folder");
    }
    volatileChanges.removeIf(c -> c.kind() != Kind.CONTENT && folder.equals(c.path().getParent()));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step(from);
    ByteBuffer replaced = Files.exists(to) ? ByteBuffer.wrap(Files.readAllBytes(to)) : NOTHING;
    disk.rename(from, to);
    volatileChanges.replaceAll(
        c ->
            c.kind() == Kind.CONTENT && c.path().equals(from)
                ? new Change(Kind.CONTENT, to, null, c.content())
                : c);
    volatileChanges.add(new Change(Kind.RENAMED, to, from, replaced));
  }

  @Override
  public void delete(Path path) throws IOException {
    step(path);
    if (Files.isDirectory(path)) {
      disk.delete(path);
      changed(Kind.DELETED_FOLDER, path);
    } else if (Files.exists(path)) {
      byte[] content = Files.readAllBytes(path);
      disk.delete(path);
      volatileChanges.add(new Change(Kind.DELETED, path, null, ByteBuffer.wrap(content)));
    }
  }
}
