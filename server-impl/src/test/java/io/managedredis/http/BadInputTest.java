package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RunningService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wrong argument is answered with its code and with the field that is wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String CLUSTER = "c9qbadinput000000001";
  private static final String BACKUP = CLUSTER + ":20261122T031500-k7m2qzxa";
  private static final String KEY = "Idempotency-Key";

  private final RunningService service;

  BadInputTest(@TempDir Path folder) {
    // Nothing listens there: whatever is refused is refused before a node is asked.
    service = RunningService.in(folder).cluster(CLUSTER, "b1gbad", "127.0.0.1:1").start();
  }

  @AfterAll
  void end() {
    service.close();
  }

  /**
   * A request that is refused.
   *
   * @param headers names and values in turn
   */
  record Bad(String method, String path, List<String> headers) {

    static Bad get(String path) {
      return new Bad("GET", path, List.of());
    }

    @Override
    public String toString() {
      String shown = path.length() > 90 ? path.substring(0, 90) + "…" : path;
      return method + " " + shown + (headers.isEmpty() ? "" : " " + headers);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pageSizes")
  void aBadPageSizeIsRefused(Bad request) {
    assertInvalid(request, "pageSize");
  }

  static Stream<Bad> pageSizes() {
    return onEachList(
        "pageSize=-1",
        "pageSize=1001",
        "pageSize=abc",
        "pageSize=9223372036854775807",
        "pageSize=9223372036854775808",
        "pageSize=-9223372036854775809",
        "pageSize=1.5",
        "pageSize=1e2",
        "pageSize=0x10",
        "pageSize=%2B5",
        "pageSize=%205",
        "pageSize=",
        "pageSize",
        "pageSize=null",
        "pageSize=%D9%A1%D9%A0",
        "pageSize=1&pageSize=1",
        "pageSize=1&pageSize=2");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pageTokens")
  void aBadPageTokenIsRefused(Bad request) {
    assertInvalid(request, "pageToken");
  }

  static Stream<Bad> pageTokens() {
    return onEachList(
        "pageToken=AAAA",
        "pageToken=" + "A".repeat(100),
        "pageToken=" + "A".repeat(101),
        "pageToken=" + "A".repeat(5000),
        "pageToken=not%20base64!",
        "pageToken=%F0%9F%98%80",
        "pageToken=%00",
        "pageToken=AAAA&pageToken=AAAA");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("undeclared")
  void anUndeclaredParameterIsRefusedByItsName(Bad request) {
    String query = request.path().substring(request.path().indexOf('?') + 1);
    String name = query.substring(query.lastIndexOf('&') + 1).replaceAll("=.*", "");

    assertInvalid(request, name);
  }

  static Stream<Bad> undeclared() {
    Stream<Bad> lists = onEachList("pagesize=5", "page_size=5", "foo", "foo=", "orderBy=id");
    Stream<Bad> others =
        Stream.of(
            Bad.get(V1 + "/backups/" + BACKUP + "?view=FULL"),
            new Bad("DELETE", V1 + "/backups/" + BACKUP + "?force=true", List.of()),
            Bad.get(V1 + "/clusters/" + CLUSTER + "?pageSize=1"),
            new Bad("POST", V1 + "/clusters/" + CLUSTER + ":backup?wait=true", List.of()),
            Bad.get(V1 + "/clusters/" + CLUSTER + "/backups?filter=x"),
            Bad.get(V1 + "/clusters/" + CLUSTER + "/backups?folderId=b1gbad"),
            Bad.get(V1 + "/backups?folderId=b1gbad&filter=x"),
            Bad.get("/operations/f4k2q7xw5nbd3mzt6ahc?wait=1"));
    return Stream.concat(lists, others);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/backups;detail=1?folderId=b1gbad",
        "/clusters/" + CLUSTER + ";detail=1",
        "/clusters/" + CLUSTER + "/backups;detail=1"
      })
  void aParameterInThePathIsRefusedByItsName(String path) {
    assertInvalid(Bad.get(V1 + path), "detail");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("folders")
  void aBadFolderIsRefused(Bad request) {
    assertInvalid(request, "folderId");
  }

  static Stream<Bad> folders() {
    return Stream.of("backups", "clusters")
        .flatMap(
            list ->
                Stream.of(
                        "",
                        "?",
                        "?folderId",
                        "?folderId=",
                        "?pageSize=1",
                        "?folderId=" + "f".repeat(51),
                        "?folderId=" + "f".repeat(3000),
                        "?folderId=a&folderId=b")
                    .map(query -> Bad.get(V1 + "/" + list + query)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void aBadFilterIsRefused(Bad request) {
    assertInvalid(request, "filter");
  }

  static Stream<Bad> filters() {
    return Stream.of(
            "nmae=demo",
            "name=demo",
            "name=%22demo",
            "name=%22a%22%20OR%20name=%22b%22",
            "name%3E%22a%22",
            "name=%22" + "n".repeat(64) + "%22",
            "x".repeat(1001),
            "%00")
        .map(filter -> Bad.get(V1 + "/clusters?folderId=b1gbad&filter=" + filter));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("backupIds")
  void aMisshapenBackupIdIsRefused(Bad request) {
    assertInvalid(request, "backupId");
  }

  static Stream<Bad> backupIds() {
    return Stream.of(
            "20181113T133617",
            "UPPER:20181113T133617",
            CLUSTER + ":",
            ":20181113T133617",
            CLUSTER + "%3A",
            CLUSTER + ":a:b",
            CLUSTER + ":-a",
            "-a:b",
            "_a:b",
            "a".repeat(51) + ":b",
            CLUSTER + ":" + "x".repeat(25),
            "a".repeat(51) + ":" + "x".repeat(25),
            CLUSTER + ":" + "x".repeat(3000),
            CLUSTER + ":a%20b",
            CLUSTER + ":a%00",
            CLUSTER + ":a%0A",
            CLUSTER + ":a.b",
            CLUSTER + ":a%C3%BC",
            "..:..",
            "%2e%2e:x",
            "a%3Bb:c",
            CLUSTER + "%253Ax")
        .flatMap(
            id ->
                Stream.of(
                    Bad.get(V1 + "/backups/" + id),
                    new Bad("DELETE", V1 + "/backups/" + id, List.of())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("clusterIds")
  void aMisshapenClusterIdIsRefused(Bad request) {
    assertInvalid(request, "clusterId");
  }

  static Stream<Bad> clusterIds() {
    return Stream.of(
            "C9Q",
            "-a",
            "a_b",
            "a.b",
            "a%20b",
            "a%00",
            "a%0A",
            "%C3%BC",
            "a:b",
            "a%3Ab",
            "a".repeat(51),
            "a".repeat(3000))
        .flatMap(
            id ->
                Stream.of(
                    Bad.get(V1 + "/clusters/" + id),
                    Bad.get(V1 + "/clusters/" + id + "/backups"),
                    Bad.get(V1 + "/clusters/" + id + "/operations"),
                    Bad.get(V1 + "/clusters/" + id + "/shards"),
                    new Bad("POST", V1 + "/clusters/" + id + ":backup", List.of())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("verbs")
  void aVerbUnderGetIsAMisshapenClusterId(Bad request) {
    assertInvalid(request, "clusterId");
  }

  static Stream<Bad> verbs() {
    return Stream.of(
        Bad.get(V1 + "/clusters/" + CLUSTER + ":backup"),
        Bad.get(V1 + "/clusters/" + CLUSTER + "%3Abackup"),
        Bad.get(V1 + "/clusters/" + CLUSTER + ":restore"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operationIds")
  void aMisshapenOperationIdIsRefused(Bad request) {
    assertInvalid(request, "operationId");
  }

  static Stream<Bad> operationIds() {
    return Stream.of(
            "x",
            "f4k2q7xw5nbd3mzt6ah",
            "f4k2q7xw5nbd3mzt6ahcd",
            "F4K2Q7XW5NBD3MZT6AHC",
            "f4k2q7xw5nbd3mzt6ah1",
            "f4k2q7xw5nbd3mzt6ah%0A",
            "a".repeat(3000))
        .map(id -> Bad.get("/operations/" + id));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void aMisshapenIdempotencyKeyIsRefused(Bad request) {
    assertInvalid(request, KEY);
  }

  static Stream<Bad> keys() {
    return Stream.of(
            "retry-1",
            "",
            "9f1c0a4e8c574b0d9a7e2f4d6f0b1c35",
            "9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c3",
            "9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c355",
            "gf1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c35",
            "{9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c}",
            "9f1c0a4e-8c57-4b0d-9a7e_2f4d6f0b1c35")
        .flatMap(
            key ->
                Stream.of(
                    new Bad(
                        "POST",
                        V1 + "/clusters/" + CLUSTER + ":backup",
                        List.of(
                            KEY,
                            "9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c35",
                            KEY,
                            "0f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c35")),
                    new Bad("POST", V1 + "/clusters/" + CLUSTER + ":backup", List.of(KEY, key)),
                    new Bad("DELETE", V1 + "/backups/" + BACKUP, List.of(KEY, key))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unknown")
  void whatIsNotThereIsNotFound(Bad request) {
    StatusAnswer status = StatusAnswer.of(service.send(request.method(), request.path()));

    assertThat(status.httpStatus()).isEqualTo(404);
    assertThat(status.code()).isEqualTo(5);
    assertThat(status.fields()).isEmpty();
    assertThat(status.message()).contains("was not found");
  }

  static Stream<Bad> unknown() {
    return Stream.of(
        Bad.get(V1 + "/backups/" + BACKUP),
        Bad.get(V1 + "/backups/" + BACKUP.replace(":", "%3A")),
        Bad.get(V1 + "/backups/" + "a".repeat(50) + ":" + "b".repeat(24)),
        new Bad("DELETE", V1 + "/backups/" + BACKUP, List.of()),
        Bad.get(V1 + "/clusters/c9qunknown"),
        Bad.get(V1 + "/clusters/" + "a".repeat(50)),
        Bad.get(V1 + "/clusters/c9qunknown/backups"),
        Bad.get(V1 + "/clusters/c9qunknown/operations"),
        Bad.get(V1 + "/clusters/c9qunknown/shards"),
        new Bad("POST", V1 + "/clusters/c9qunknown:backup", List.of()),
        Bad.get("/operations/f4k2q7xw5nbd3mzt6ahc"));
  }

  private void assertInvalid(Bad request, String field) {
    StatusAnswer status =
        StatusAnswer.of(
            service.sendBroken(
                request.method(), request.path(), request.headers().toArray(new String[0])));

    assertThat(status.httpStatus()).as("%s", status.message()).isEqualTo(400);
    assertThat(status.code()).isEqualTo(3);
    assertThat(status.fields()).containsOnly(field);
    assertThat(status.message()).contains(field).hasSizeLessThan(1000);
  }

  private static Stream<Bad> onEachList(String... queries) {
    List<Bad> requests = new ArrayList<>();
    for (String query : queries) {
      requests.add(Bad.get(V1 + "/backups?folderId=b1gbad&" + query));
      requests.add(Bad.get(V1 + "/clusters?folderId=b1gbad&" + query));
      for (String list : List.of("backups", "operations", "shards")) {
        requests.add(Bad.get(V1 + "/clusters/" + CLUSTER + "/" + list + "?" + query));
      }
    }
    return requests.stream();
  }
}
