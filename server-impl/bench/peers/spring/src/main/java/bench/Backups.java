package bench;

import bench.api.model.Backup;
import bench.api.model.BackupType;
import bench.api.model.ListBackupsResponse;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The same catalogue, read in the same order and by keys as well, never by offset. */
@Repository
class Backups {
  private static final String SELECT =
      "SELECT id, folder_id, cluster_id, started_seconds, started_nanos, created_seconds,"
          + " created_nanos, backup_type, shard_names FROM backup WHERE ";
  private static final String ORDER =
      " ORDER BY created_seconds DESC, created_nanos DESC, id LIMIT ?";

  private final JdbcTemplate jdbc;

  Backups(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Backup> find(String id) {
    return jdbc.query(SELECT + "id = ?", (row, number) -> backup(row), id).stream().findFirst();
  }

  ListBackupsResponse page(String owner, String id, Long pageSize, String token) {
    int size = pageSize == 0 ? 100 : pageSize.intValue();
    List<Backup> found =
        token == null || token.isEmpty()
            ? rows(owner + " = ?" + ORDER, id, size + 1)
            : after(owner, id, Position.decode(token), size + 1);
    if (found.size() <= size) {
      return new ListBackupsResponse(found);
    }
    List<Backup> shown = found.subList(0, size);
    return new ListBackupsResponse(shown)
        .nextPageToken(Position.of(shown.get(size - 1)).encode());
  }

  private List<Backup> after(String owner, String id, Position after, int limit) {
    List<Backup> found =
        new ArrayList<>(
            rows(
                owner + " = ? AND created_seconds = ? AND created_nanos = ? AND id > ?" + ORDER,
                id,
                after.seconds,
                after.nanos,
                after.id,
                limit));
    if (found.size() < limit) {
      found.addAll(
          rows(
              owner + " = ? AND (created_seconds, created_nanos) < (?, ?)" + ORDER,
              id,
              after.seconds,
              after.nanos,
              limit - found.size()));
    }
    return found;
  }

  private List<Backup> rows(String where, Object... values) {
    return jdbc.query(SELECT + where, (row, number) -> backup(row), values);
  }

  private static Backup backup(ResultSet row) throws SQLException {
    String type = row.getString(8);
    String shards = row.getString(9);
    return new Backup(
            row.getString(1),
            row.getString(2),
            instant(row.getLong(6), row.getInt(7)),
            row.getString(3),
            instant(row.getLong(4), row.getInt(5)))
        .type(type.equals("UNSPECIFIED") ? null : BackupType.fromValue(type))
        .sourceShardNames(shards.isEmpty() ? List.of() : List.of(shards.split(",")));
  }

  private static OffsetDateTime instant(long seconds, int nanos) {
    return Instant.ofEpochSecond(seconds, nanos).atOffset(ZoneOffset.UTC);
  }

  private record Position(long seconds, int nanos, String id) {
    static Position of(Backup last) {
      return new Position(
          last.getCreatedAt().toEpochSecond(), last.getCreatedAt().getNano(), last.getId());
    }

    String encode() {
      String text = seconds + "." + nanos + "." + id;
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Position decode(String token) {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split("\\.", 3);
      return new Position(Long.parseLong(parts[0]), Integer.parseInt(parts[1]), parts[2]);
    }
  }
}
