package io.managedredis.catalog;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection that only reads documents, with its statements kept: preparing them would take
 * longer than running them. For one thread at a time. Each read sees what was committed before it,
 * by whomever.
 */
final class DocumentReader implements AutoCloseable {
  static final String FIND = "SELECT folder_id, document FROM backup WHERE id = ?";

  private static final String SELECT =
      "SELECT document, created_seconds, created_nanos, id FROM backup";
  static final KeysetSql BY_FOLDER = KeysetSql.of(SELECT, "folder_id").positional();
  static final KeysetSql BY_CLUSTER = KeysetSql.of(SELECT, "cluster_id").positional();

  /** What most pages fit in is kept from page to page. */
  private static final int KEPT_BYTES = 1 << 19;

  private final Connection connection;
  private final PreparedStatement find;
  private final Pages byFolder;
  private final Pages byCluster;
  private byte[] buffer = new byte[1 << 15];

  /** Opens it; {@code lockWait} of zero: what is locked fails at once. */
  DocumentReader(Path file, Duration lockWait) throws SQLException {
    connection = Database.readingSource(file, lockWait).getConnection();
    try {
      try (Statement setting = connection.createStatement()) {
        boolean unused = setting.execute(Database.QUERY_ONLY);
      }
      find = connection.prepareStatement(FIND);
      byFolder = new Pages(BY_FOLDER);
      byCluster = new Pages(BY_CLUSTER);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  Optional<BackupDocument> document(String id) throws SQLException {
    find.setString(1, id);
    try (ResultSet row = find.executeQuery()) {
      return row.next()
          ? Optional.of(new BackupDocument(row.getString(1), document(row, 2)))
          : Optional.empty();
    }
  }

  DocumentPage byFolder(String folderId, @Nullable Position after, int size) throws SQLException {
    return byFolder.page(folderId, after, size);
  }

  DocumentPage byCluster(String clusterId, @Nullable Position after, int size) throws SQLException {
    return byCluster.page(clusterId, after, size);
  }

  private static byte[] document(ResultSet row, int column) throws SQLException {
    byte[] document = row.getBytes(column);
    if (document == null) {
      throw new IllegalArgumentException("a backup without its document");
    }
    return document;
  }

  /** Closing the connection closes its statements. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** The list of one kind of owner. */
  private final class Pages {
    private final PreparedStatement first;
    private final PreparedStatement sameInstant;
    private final PreparedStatement older;

    Pages(KeysetSql sql) throws SQLException {
      first = connection.prepareStatement(sql.first());
      sameInstant = connection.prepareStatement(sql.sameInstant());
      older = connection.prepareStatement(sql.older());
    }

    DocumentPage page(String owner, @Nullable Position after, int size) throws SQLException {
      Joining page = new Joining(size);
      if (after == null) {
        first.setString(1, owner);
        page.read(first, 2);
      } else {
        sameInstant.setString(1, owner);
        StoredInstant.set(sameInstant, 2, after.createdAt());
        sameInstant.setString(4, after.id());
        page.read(sameInstant, 5);
        if (!page.more) {
          older.setString(1, owner);
          StoredInstant.set(older, 2, after.createdAt());
          page.read(older, 4);
        }
      }
      return page.joined();
    }
  }

  /** A page while it is read. */
  private final class Joining {
    private final int size;
    private int count;
    private int length;
    private boolean more;
    private @Nullable Position last;

    Joining(int size) {
      this.size = size;
    }

    /** Reads on; the statement has all its parameters but the limit. */
    void read(PreparedStatement query, int limit) throws SQLException {
      // One more than asked for tells whether there is another page.
      query.setLong(limit, (long) size - count + 1);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          if (count == size) {
            more = true;
            return;
          }
          append(document(row, 1));
          if (count == size) {
            last =
                new Position(StoredInstant.read(row.getLong(2), row.getInt(3)), row.getString(4));
          }
        }
      }
    }

    private void append(byte[] document) {
      int end = length + 1 + document.length;
      if (end > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.max(end, 2 * buffer.length));
      }
      if (count > 0) {
        buffer[length++] = ',';
      }
      System.arraycopy(document, 0, buffer, length, document.length);
      length += document.length;
      count++;
    }

    DocumentPage joined() {
      byte[] joined = Arrays.copyOf(buffer, length);
      if (buffer.length > KEPT_BYTES) {
        buffer = new byte[KEPT_BYTES];
      }
      return new DocumentPage(joined, count, more ? last : null);
    }
  }
}
