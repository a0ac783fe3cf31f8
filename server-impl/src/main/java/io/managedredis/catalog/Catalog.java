package io.managedredis.catalog;

import io.managedredis.catalog.CatalogException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue: an index of backups and operations in one SQLite file. Every commit is on the disk
 * when it returns. Safe for any number of threads; other processes may have the same file open.
 */
public final class Catalog implements AutoCloseable {
  private static final Duration LOCK_WAIT = Duration.ofSeconds(3);
  private static final String REPOSITORY = "repository";

  private final Database database;
  private final Settings settings;
  private final BackupDocuments impatient;
  private final BackupDocuments patient;
  private final BackupCatalog backups;
  private final OperationCatalog operations;
  private final ClusterCatalog clusters;
  private final @Nullable Object fileKey;

  private Catalog(Database database, BackupRendering rendering, Duration lockWait) {
    this.database = database;
    this.settings = new Settings(database);
    this.impatient = new BackupDocuments(database.file(), Duration.ZERO);
    this.patient = new BackupDocuments(database.file(), lockWait);
    this.backups = new BackupCatalog(database, rendering, impatient, patient);
    this.operations = new OperationCatalog(database);
    this.clusters = new ClusterCatalog(database);
    this.fileKey = fileKey(database.file());
  }

  /**
   * Opens the catalogue in that file; creates the file and its folder when they are missing, and
   * brings it to the present schema.
   *
   * <p>When the rendering is another than the one before, all documents are rendered anew before
   * this returns, a few minutes for ten million.
   *
   * @throws CatalogException when the file is no catalogue, is of a newer version, is damaged, or
   *     can't be written
   */
  public static Catalog open(Path databaseFile, BackupRendering rendering) {
    return open(databaseFile, rendering, LOCK_WAIT);
  }

  static Catalog open(Path databaseFile, BackupRendering rendering, Duration lockWait) {
    SqliteLibrary.load();
    new DatabaseFile(databaseFile, lockWait).prepare();
    try {
      Database database = new Database(databaseFile, lockWait);
      try {
        new Renewal(database, rendering).run();
        return new Catalog(database, rendering, lockWait);
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (CatalogException e) {
      throw e;
    } catch (RuntimeException e) {
      throw CatalogException.of("catalogue " + databaseFile + " could not be opened", e);
    }
  }

  /** The finished backups. */
  public BackupCatalog backups() {
    return backups;
  }

  /** The long-running operations. */
  public OperationCatalog operations() {
    return operations;
  }

  /** The declared clusters. */
  public ClusterCatalog clusters() {
    return clusters;
  }

  /**
   * Finds out whether the catalogue can be read and written, by writing one row to the disk and
   * reading it back. Takes a few milliseconds when all is well, and a few seconds at most.
   *
   * @throws CatalogException when it can't
   */
  public void check() {
    if (!Objects.equals(fileKey, fileKey(database.file()))) {
      throw new CatalogException(
          Reason.IO,
          "catalogue %s was removed or replaced while the server runs (restart the server)"
              .formatted(database.file()),
          null);
    }
    int written =
        database.write(
            "write",
            handle -> handle.createUpdate("UPDATE probe SET writes = writes + 1").execute());
    long read =
        database.read(
            "read",
            handle ->
                handle
                    .createQuery("SELECT writes FROM probe")
                    .map((row, context) -> row.getLong(1))
                    .findOne()
                    .orElse(0L));
    if (written != 1 || read < 1) {
      throw new CatalogException(
          Reason.CORRUPT,
          "catalogue %s did not give back what was written to it".formatted(database.file()),
          null);
    }
  }

  /**
   * The secret of that name: made at random when it is asked for first, then kept.
   *
   * @param bytes how long it is, 16 to 1024
   * @throws CatalogException when the database fails, or when it was made with another length
   */
  public byte[] secret(String name, int bytes) {
    if (bytes < 16 || bytes > 1024) {
      throw new IllegalArgumentException("a secret of " + bytes + " bytes; it must be 16 to 1024");
    }
    String key = "secret." + name;
    Optional<String> existing = settings.find(key);
    String value = existing.isPresent() ? existing.get() : settings.keep(key, random(bytes));
    if (value.length() != 2 * bytes) {
      throw new CatalogException(
          Reason.CORRUPT,
          "catalogue %s has a secret '%s' of %d bytes instead of %d"
              .formatted(database.file(), name, value.length() / 2, bytes),
          null);
    }
    return HexFormat.of().parseHex(value);
  }

  private static String random(int bytes) {
    byte[] secret = new byte[bytes];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  /** The repository that this catalogue is the index of, once it was bound to one. */
  public Optional<String> repositoryId() {
    return settings.find(REPOSITORY);
  }

  /**
   * Binds this catalogue to its repository, for good. Binding it to the same one again is fine.
   *
   * @throws CatalogException when it is bound to another one, or when the database fails
   */
  public void bindRepository(String id) {
    StoredText.requireName("repository id", id);
    String bound = settings.keep(REPOSITORY, id);
    if (!bound.equals(id)) {
      throw new CatalogException(
          Reason.OTHER_REPOSITORY,
          "catalogue %s is the index of repository %s and can't be that of %s"
              .formatted(database.file(), bound, id),
          null);
    }
  }

  private static @Nullable Object fileKey(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      throw new CatalogException(
          Reason.IO, "catalogue %s can't be found any more".formatted(file), e);
    }
  }

  /**
   * Closes all connections; whoever uses the catalogue afterwards gets a {@link CatalogException}.
   */
  @Override
  public void close() {
    impatient.close();
    patient.close();
    database.close();
  }
}
