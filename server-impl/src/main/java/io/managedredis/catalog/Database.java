package io.managedredis.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The connections to one SQLite file. SQLite has one writer at a time, so the writing pool has one
 * connection: threads queue in the pool, in order, instead of failing with SQLITE_BUSY. Readers
 * never wait for it, since the log is a write-ahead one.
 */
final class Database implements AutoCloseable {
  /** What keeps a connection from writing. */
  static final String QUERY_ONLY = "PRAGMA query_only = 1";

  private static final int MOST_READERS = 16;

  /** The upper levels of the trees of ten million backups, for each connection. */
  private static final int READER_CACHE_KIB = 8 << 10;

  private final Path file;
  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final Jdbi reading;
  private final Jdbi writing;

  /**
   * Opens the pools; the file must exist and have been migrated.
   *
   * @param lockWait how long a statement waits for another process's lock
   */
  Database(Path file, Duration lockWait) {
    this.file = file;
    // Longer than the wait for a lock, so that who queues behind a writer that gave up still has a
    // chance.
    Duration poolWait = lockWait.plusSeconds(2);
    this.writers =
        new HikariDataSource(config("catalog-write", source(file, lockWait), 1, poolWait));
    try {
      this.readers = readers(file, lockWait, poolWait);
    } catch (RuntimeException e) {
      writers.close();
      throw e;
    }
    this.reading = Jdbi.create(readers);
    this.writing = Jdbi.create(writers);
  }

  /** Connections with the settings on which the catalogue's promises rest. */
  static SQLiteDataSource source(Path file, Duration lockWait) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(Math.toIntExact(lockWait.toMillis()));
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // A commit has reached the disk when it returns, even if the power fails right after.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    // Takes the write lock first: one that reads before it writes could not get it later.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setGetGeneratedKeys(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  /**
   * Connections for reading. They wait for no writer anyway, since the log is a write-ahead one;
   * {@code lockWait} is for somebody who has the whole file to himself.
   */
  static SQLiteDataSource readingSource(Path file, Duration lockWait) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(Math.toIntExact(lockWait.toMillis()));
    config.setGetGeneratedKeys(false);
    config.setCacheSize(-READER_CACHE_KIB);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static HikariDataSource readers(Path file, Duration lockWait, Duration poolWait) {
    int connections =
        Math.min(MOST_READERS, Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    HikariConfig config = config("catalog-read", source(file, lockWait), connections, poolWait);
    config.setConnectionInitSql(QUERY_ONLY);
    return new HikariDataSource(config);
  }

  private static HikariConfig config(
      String name, SQLiteDataSource source, int connections, Duration wait) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setConnectionTimeout(wait.toMillis());
    // A connection to a file doesn't age.
    config.setMaxLifetime(0);
    config.setIdleTimeout(0);
    return config;
  }

  /** What a query answers, on a connection that can't write. */
  <T> T read(String what, Function<Handle, T> query) {
    return run(what, () -> reading.withHandle(query::apply));
  }

  /** What a change answers, as one transaction. */
  <T> T write(String what, Function<Handle, T> change) {
    return run(what, () -> writing.inTransaction(change::apply));
  }

  private <T> T run(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (CatalogException e) {
      throw e;
    } catch (RuntimeException e) {
      String message = "catalogue %s could not %s".formatted(file, what);
      if (writers.isClosed()) {
        throw new CatalogException(CatalogException.Reason.CLOSED, message, e);
      }
      throw CatalogException.of(message, e);
    }
  }

  Path file() {
    return file;
  }

  @Override
  public void close() {
    readers.close();
    // Last, since the last connection to close moves the log into the file, and only this one may.
    writers.close();
  }
}
