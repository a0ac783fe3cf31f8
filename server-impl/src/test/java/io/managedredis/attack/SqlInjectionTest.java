package io.managedredis.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RunningService;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL in every parameter is a value like any other: nothing is found by it, nothing changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class SqlInjectionTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String CLUSTER = "c9qinjection00000001";

  private final RunningService service;
  private final PlantedBackup planted;

  SqlInjectionTest(@TempDir Path temp) throws Exception {
    planted = PlantedBackup.take(temp, 3);
    service =
        RunningService.in(Files.createDirectory(temp.resolve("service")))
            .cluster(CLUSTER, PlantedBackup.FOLDER, "127.0.0.1:1")
            .start();
  }

  @BeforeAll
  void plant() throws Exception {
    Path unused = planted.plant(service.repository(), CLUSTER);
    service.restart();
    // An operation to be found, too.
    assertThat(
            service.awaitDone(service.backups().verifyBackup(planted.id(CLUSTER), null)).getDone())
        .isTrue();
  }

  @AfterAll
  void end() {
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR '1'='1",
        "' OR 1=1 --",
        "x') OR ('1'='1",
        "'; DROP TABLE backup; --",
        "'; DELETE FROM operation; --",
        "'; UPDATE backup SET folder_id='x';--",
        "' UNION SELECT * FROM backup --",
        "\" OR \"\"=\"",
        "1 OR 1=1",
        "\\'; VACUUM; --",
        "'||(SELECT id FROM backup)||'",
        "%' OR id LIKE '%",
        "%",
        "_%",
        "*",
        ":id",
        "?1",
        "${id}",
        "<id>",
        "'\u0000'"
      })
  void sqlFindsNothingAndChangesNothing(String sql) throws Exception {
    List<String> before = catalogue();
    String value = URLEncoder.encode(sql, StandardCharsets.UTF_8).replace("+", "%20");

    for (String path : paths(value)) {
      assertFindsNothing("GET", path);
    }
    assertFindsNothing("DELETE", V1 + "/backups/" + value);
    assertFindsNothing("DELETE", V1 + "/backups/" + CLUSTER + ":" + value);
    assertFindsNothing("POST", V1 + "/clusters/" + value + ":backup");
    assertFindsNothing("POST", V1 + "/backups/" + value + ":verify");
    String header = sql.replace('\u0000', '0');
    assertFindsNothing("POST", V1 + "/clusters/" + CLUSTER + ":backup", "Idempotency-Key", header);
    assertFindsNothing("DELETE", V1 + "/backups/" + planted.id(CLUSTER), "Idempotency-Key", header);

    assertThat(catalogue()).isEqualTo(before);
  }

  private static Stream<String> lists(String value) {
    return Stream.of("pageSize", "pageToken", "filter", "orderBy")
        .flatMap(
            name ->
                Stream.of(
                        V1 + "/backups?folderId=" + PlantedBackup.FOLDER + "&",
                        V1 + "/clusters?folderId=" + PlantedBackup.FOLDER + "&",
                        V1 + "/clusters/" + CLUSTER + "/backups?",
                        V1 + "/clusters/" + CLUSTER + "/operations?",
                        V1 + "/clusters/" + CLUSTER + "/shards?")
                    .map(list -> list + name + "=" + value));
  }

  private List<String> paths(String value) {
    List<String> paths = new ArrayList<>(lists(value).toList());
    paths.addAll(
        List.of(
            V1 + "/backups?folderId=" + value,
            V1 + "/clusters?folderId=" + value,
            V1 + "/backups?folderId=" + PlantedBackup.FOLDER + value,
            V1 + "/backups/" + value,
            V1 + "/backups/" + planted.id(CLUSTER) + value,
            V1 + "/backups/" + value + "/manifest",
            V1 + "/backups/" + value + "/shards/shard1/rdb",
            V1 + "/backups/" + planted.id(CLUSTER) + "/shards/" + value + "/rdb",
            V1 + "/clusters/" + value,
            V1 + "/clusters/" + value + "/backups",
            V1 + "/clusters/" + value + "/operations",
            V1 + "/clusters/" + value + "/shards",
            "/operations/" + value));
    return paths;
  }

  /** An empty list, or an error that is the caller's. */
  private void assertFindsNothing(String method, String path, String... headers) {
    HttpResponse<String> answer = service.sendBroken(method, path, headers);
    if (answer.statusCode() == 200) {
      assertThat(answer.body()).as(path).isIn("{\"backups\":[]}", "{\"clusters\":[]}");
    } else {
      assertThat(answer.statusCode()).as(path).isIn(400, 404);
      assertThat(answer.body()).doesNotContain("SQL", "sqlite", "syntax error");
    }
  }

  /** The schema and every row. */
  private List<String> catalogue() throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + service.catalogFile());
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery("SELECT name, type, sql FROM sqlite_master ORDER BY 1")) {
        while (row.next()) {
          all.add(row.getString(1) + " " + row.getString(3));
          if (row.getString(2).equals("table")) {
            tables.add(row.getString(1));
          }
        }
      }
      for (String table : tables) {
        try (ResultSet row = statement.executeQuery("SELECT * FROM \"" + table + "\" ORDER BY 1")) {
          while (row.next()) {
            StringBuilder columns = new StringBuilder(table);
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
              columns.append('|').append(row.getString(i));
            }
            all.add(columns.toString());
          }
        }
      }
    }
    return all;
  }
}
