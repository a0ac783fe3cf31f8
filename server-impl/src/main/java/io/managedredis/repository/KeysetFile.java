package io.managedredis.repository;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A file with the keys that encrypt backups: a Tink keyset of StreamingAead keys as JSON, in clear,
 * for its owner's eyes only.
 */
public final class KeysetFile {
  private static final int LIMIT = 1 << 20;
  private static final String OWNER_ONLY = "rw-------";
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private final Path file;
  private final FileOperations files;

  /** Names a file, which need not be there. */
  public KeysetFile(Path file) {
    this(file, new DiskFiles(OWNER_ONLY));
  }

  KeysetFile(Path file, FileOperations files) {
    this.file = file.toAbsolutePath();
    this.files = files;
  }

  /**
   * Makes the file, mode 0600, with one new AES256_GCM_HKDF_1MB key.
   *
   * @return the key's id
   * @throws KeysetException when anything of that name is there, or writing fails
   */
  public String create() throws KeysetException {
    KeysetHandle keyset = withNewPrimary(KeysetHandle.newBuilder());
    FileChannel channel =
        begin(
            file,
            " is already there and was left as it is: a lost key is a lost backup. Rotate it, or"
                + " name another file");
    try (channel) {
      write(channel, keyset);
      files.forceDirectory(folder(file));
    } catch (IOException e) {
      throw failed("make", e, file);
    }
    return id(keyset.getPrimary().getId());
  }

  /**
   * Adds a new key and makes it the primary one; all the others stay. The file is replaced as a
   * whole, durably.
   *
   * @return the new key's id
   * @throws KeysetException when the file cannot be used or replaced; it has its old keys then, or
   *     wholly the new ones when only making that durable failed
   */
  public String rotate() throws KeysetException {
    // What a link leads to is replaced, not the link.
    Path target = target();
    Path draft = target.resolveSibling(target.getFileName() + ".tmp");
    // Whoever has made the draft is the only one to rotate: no key of another one gets lost.
    FileChannel channel =
        begin(
            draft,
            " is there: another rotation runs, or was interrupted. When none runs, remove it: no"
                + " backup was encrypted with its new key");
    try (channel) {
      KeysetHandle keyset = withNewPrimary(KeysetHandle.newBuilder(load()));
      write(channel, keyset);
      // Root may rotate the keys of a service that runs as somebody else.
      FolderOwner.handOver(draft, target);
      files.rename(draft, target);
      files.forceDirectory(folder(target));
      return id(keyset.getPrimary().getId());
    } catch (IOException e) {
      throw failed("rotate", e, draft);
    }
  }

  /**
   * The keys, in the order of the file.
   *
   * @throws KeysetException when the file cannot be used
   */
  public List<KeysetKey> keys() throws KeysetException {
    KeysetHandle keyset = load();
    return IntStream.range(0, keyset.size())
        .mapToObj(keyset::getAt)
        .map(key -> new KeysetKey(id(key.getId()), key.isPrimary(), status(key.getStatus())))
        .toList();
  }

  KeysetHandle load() throws KeysetException {
    Path target = target();
    try {
      requireOwnerOnly(target);
      byte[] json =
          DurableFile.read(target, LIMIT)
              .orElseThrow(() -> new NoSuchFileException(target.toString()));
      register();
      KeysetHandle keyset =
          TinkJsonProtoKeysetFormat.parseKeyset(
              new String(json, StandardCharsets.UTF_8),
              RegistryConfiguration.get(),
              InsecureSecretKeyAccess.get());
      keyset.getPrimary();
      return keyset;
    } catch (KeysetException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(e);
    } catch (GeneralSecurityException | IllegalStateException e) {
      // The parser's own message could quote what it read.
      throw new KeysetException(
          file
              + " is not a Tink keyset in JSON with an enabled primary key ("
              + e.getClass().getSimpleName()
              + "). Put the right file back from a copy; a new one does not open what is stored",
          null);
    }
  }

  /** Tink's ids are unsigned. */
  static String id(int id) {
    return Integer.toUnsignedString(id);
  }

  private KeysetHandle withNewPrimary(KeysetHandle.Builder keyset) throws KeysetException {
    try {
      register();
      return keyset
          .addEntry(
              KeysetHandle.generateEntryFromParameters(
                      PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB)
                  .withRandomId()
                  .makePrimary())
          .build();
    } catch (GeneralSecurityException e) {
      throw new KeysetException("Cannot make a key for " + file + ": " + e.getMessage(), e);
    }
  }

  private void write(FileChannel channel, KeysetHandle keyset) throws IOException {
    try {
      String json =
          TinkJsonProtoKeysetFormat.serializeKeyset(
              keyset, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
      files.write(channel, ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
      files.force(channel);
    } catch (GeneralSecurityException e) {
      throw new KeysetException("Cannot write the keys of " + file + ": " + e.getMessage(), e);
    }
  }

  private Path target() throws KeysetException {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private FileChannel begin(Path path, String whenThere) throws KeysetException {
    try {
      return files.create(path);
    } catch (FileAlreadyExistsException e) {
      throw new KeysetException(path + whenThere, e);
    } catch (IOException e) {
      throw new KeysetException(RepositoryException.during("make", path, e));
    }
  }

  private static Path folder(Path of) throws IOException {
    Path folder = of.getParent();
    if (folder == null) {
      throw new IOException("it is no file");
    }
    return folder;
  }

  private void requireOwnerOnly(Path target) throws IOException {
    if (!target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(target);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new KeysetException(
          file
              + " is open to other users ("
              + PosixFilePermissions.toString(permissions)
              + "), and whoever reads it can read every backup. Close it: chmod 600 "
              + file,
          null);
    }
  }

  private KeysetException unreadable(IOException e) {
    return e instanceof NoSuchFileException
        ? new KeysetException(
            file
                + " is not there. Put it back from a copy; where nothing was encrypted yet, make one"
                + " with: key create "
                + file,
            e)
        : new KeysetException(RepositoryException.during("read", file, e));
  }

  private KeysetException failed(String step, IOException e, Path unfinished) {
    KeysetException failure =
        e instanceof KeysetException k
            ? k
            : new KeysetException(RepositoryException.during(step, file, e));
    try {
      files.delete(unfinished);
    } catch (IOException left) {
      failure.addSuppressed(left);
    }
    return failure;
  }

  private static KeysetKey.Status status(KeyStatus status) {
    if (status.equals(KeyStatus.ENABLED)) {
      return KeysetKey.Status.ENABLED;
    }
    return status.equals(KeyStatus.DISABLED)
        ? KeysetKey.Status.DISABLED
        : KeysetKey.Status.DESTROYED;
  }

  /** Tells Tink which keys to understand; any number of times. */
  private static void register() throws GeneralSecurityException {
    StreamingAeadConfig.register();
  }
}
