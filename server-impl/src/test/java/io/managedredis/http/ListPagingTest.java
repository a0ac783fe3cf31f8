package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.client.ApiException;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.ListBackupsResponse;
import io.managedredis.testing.RunningService;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lists page by page. The rows are written by a second handle on the catalogue, so that there can
 * be many, with instants of our choice; no two tests share a folder.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListPagingTest {

  private static final String CLUSTER = "c9qpaging00000000001";
  private static final String OTHER_CLUSTER = "c9qpaging00000000002";
  private static final String LONGEST_CLUSTER = "c".repeat(50);
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456789Z");

  private final RunningService service;
  private final Catalog catalog;
  private final BackupCatalog backups;

  ListPagingTest(@TempDir Path folder) {
    // Nothing listens there; lists of backups ask no node.
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, "declared", "127.0.0.1:1")
            .cluster(OTHER_CLUSTER, "declared", "127.0.0.1:1")
            .cluster(LONGEST_CLUSTER, "declared", "127.0.0.1:1")
            .start();
    catalog = Catalog.open(service.catalogFile(), new BackupJson());
    backups = catalog.backups();
  }

  @AfterAll
  void end() {
    catalog.close();
    service.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7, 1000})
  void pagesOfAnySizeShowEveryBackupOnceInOrder(long pageSize) throws ApiException {
    String folder = "sizes-" + pageSize;
    List<String> expected = addInSeveralInstants(folder, 23);

    assertThat(walk(folder, pageSize, page -> {})).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&pageSize=0"})
  void aPageHoldsAHundredWhereNothingElseIsAsked(String query) throws Exception {
    String folder = "default" + query.length();
    List<String> expected = addInSeveralInstants(folder, 101);

    HttpResponse<String> answer =
        service.send("GET", "/managed-redis/v1/backups?folderId=" + folder + query);

    ListBackupsResponse page =
        service.backups().listBackups(folder, query.isEmpty() ? null : Long.valueOf(0), null);
    assertThat(ids(page)).isEqualTo(expected.subList(0, 100));
    assertThat(answer.body()).contains("\"nextPageToken\":\"" + page.getNextPageToken() + "\"");
  }

  @Test
  void aListThatJustFillsAPageHasNoToken() throws ApiException {
    addInSeveralInstants("full", 6);

    ListBackupsResponse page = service.backups().listBackups("full", 6L, null);

    assertThat(page.getBackups()).hasSize(6);
    assertThat(page.getNextPageToken()).isNull();
  }

  @Test
  void anEmptyListIsAnEmptyArrayAndNothingElse() {
    assertThat(service.send("GET", "/managed-redis/v1/backups?folderId=nothing-here").body())
        .isEqualTo("{\"backups\":[]}");
  }

  @Test
  void anEmptyTokenMeansTheFirstPage() throws ApiException {
    List<String> expected = addInSeveralInstants("empty-token", 3);

    assertThat(ids(service.backups().listBackups("empty-token", 2L, "")))
        .isEqualTo(expected.subList(0, 2));
  }

  @Test
  void thePageSizeMayChangeBetweenPages() throws ApiException {
    List<String> expected = addInSeveralInstants("changing", 9);

    ListBackupsResponse first = service.backups().listBackups("changing", 2L, null);
    ListBackupsResponse rest =
        service.backups().listBackups("changing", 1000L, first.getNextPageToken());

    assertThat(ids(rest)).isEqualTo(expected.subList(2, 9));
  }

  @Test
  void theClustersListIsWalkedLikeTheFoldersList() throws ApiException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      expected.add(add(CLUSTER, "of-a-cluster", "walk-" + i, NOON));
    }
    List<String> seen = new ArrayList<>();
    String token = null;
    do {
      ListBackupsResponse page = service.clusters().listClusterBackups(CLUSTER, 2L, token);
      seen.addAll(ids(page));
      token = page.getNextPageToken();
    } while (token != null);

    assertThat(seen).containsSubsequence(expected).doesNotHaveDuplicates();
  }

  @Test
  void instantsAtBothEndsOfTheRangeSurviveToTheNanosecond() throws ApiException {
    List<Instant> instants =
        List.of(
            FIRST,
            FIRST.plusNanos(1),
            Instant.EPOCH.minusNanos(1),
            Instant.EPOCH,
            NOON,
            LAST.minusNanos(1),
            LAST);
    List<String> ids = new ArrayList<>();
    for (Instant instant : instants) {
      ids.add(0, add(CLUSTER, "extremes", "at-" + ids.size(), instant));
    }

    List<Backup> walked = new ArrayList<>();
    walk("extremes", 1, page -> walked.addAll(page.getBackups()));

    assertThat(walked).extracting(Backup::getId).isEqualTo(ids);
    assertThat(walked)
        .extracting(Backup::getCreatedAt)
        .containsExactlyInAnyOrderElementsOf(
            instants.stream().map(i -> i.atOffset(ZoneOffset.UTC)).toList());
    assertThat(walked).allSatisfy(b -> assertThat(b.getStartedAt()).isEqualTo(b.getCreatedAt()));
  }

  @Test
  void instantsArePrintedInTheirCanonicalForm() {
    for (String text :
        List.of(
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "2026-11-22T12:00:00.500Z",
            "2026-11-22T12:00:00.000001Z")) {
      String id = add(CLUSTER, "canonical", "at-" + text.length(), Instant.parse(text));

      assertThat(service.send("GET", "/managed-redis/v1/backups/" + id).body())
          .contains("\"createdAt\":\"" + text + "\"", "\"startedAt\":\"" + text + "\"");
    }
  }

  @Test
  void backupsThatComeAndGoNeitherRepeatNorHideOthers() throws ApiException {
    String folder = "moving";
    List<String> expected = addInSeveralInstants(folder, 20);
    Set<String> deleted = new HashSet<>();

    List<String> seen =
        walk(
            folder,
            3,
            page -> {
              int number = deleted.size();
              // What the token points at goes, what comes next goes, and others come everywhere.
              String shown = page.getBackups().get(page.getBackups().size() - 1).getId();
              int next = expected.indexOf(shown) + 1;
              remove(shown, deleted);
              if (next > 0 && next < expected.size()) {
                remove(expected.get(next), deleted);
              }
              add(CLUSTER, folder, "newest-" + number, LAST);
              add(CLUSTER, folder, "oldest-" + number, FIRST);
            });

    List<String> left = new ArrayList<>(expected);
    left.removeAll(deleted);
    assertThat(seen).doesNotHaveDuplicates().containsSubsequence(left);
    assertThat(left).hasSizeGreaterThan(5);
  }

  @Test
  void aTokenWhoseRestIsDeletedLeadsToAnEmptyPageWithoutToken() throws ApiException {
    List<String> ids = addInSeveralInstants("vanishing", 4);
    ListBackupsResponse first = service.backups().listBackups("vanishing", 2L, null);
    ids.forEach(backups::remove);

    ListBackupsResponse rest =
        service.backups().listBackups("vanishing", 2L, first.getNextPageToken());

    assertThat(rest.getBackups()).isEmpty();
    assertThat(rest.getNextPageToken()).isNull();
  }

  @Test
  void theLongestIdsAndInstantsFitInto100CharactersOfToken() throws ApiException {
    List<String> tokens = new ArrayList<>();
    for (String letter : List.of("z", "-", "0")) {
      String suffix = "z" + letter.repeat(22);
      add(LONGEST_CLUSTER, "longest-" + letter, suffix + "y", LAST);
      add(LONGEST_CLUSTER, "longest-" + letter, suffix + "z", LAST);
      ListBackupsResponse page = service.backups().listBackups("longest-" + letter, 1L, null);
      tokens.add(page.getNextPageToken());

      assertThat(
              ids(
                  service
                      .backups()
                      .listBackups("longest-" + letter, 1L, tokens.get(tokens.size() - 1))))
          .containsExactly(LONGEST_CLUSTER + ":" + suffix + "z");
    }
    assertThat(tokens).allSatisfy(token -> assertThat(token).hasSizeBetween(1, 100));
  }

  @Test
  void aTokenStaysGoodAfterARestart(@TempDir Path folder) throws ApiException {
    try (RunningService restarted =
        RunningService.in(folder).cluster(CLUSTER, "declared", "127.0.0.1:1").start()) {
      String token = firstToken(restarted);
      restarted.restart();
      // Rows without a manifest are gone by now; the token is judged all the same.
      assertThat(restarted.backups().listBackups("restart", 1L, token).getBackups()).isEmpty();
    }
  }

  @Test
  void aTokenOfAnotherInstallationIsRefused(@TempDir Path folder) {
    try (RunningService other =
        RunningService.in(folder).cluster(CLUSTER, "declared", "127.0.0.1:1").start()) {
      assertRefused("/managed-redis/v1/backups?folderId=restart", firstToken(other));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/managed-redis/v1/backups?folderId=another-folder",
        "/managed-redis/v1/backups?folderId=" + CLUSTER,
        "/managed-redis/v1/clusters?folderId=%s",
        "/managed-redis/v1/backups?folderId=%sx",
        "/managed-redis/v1/clusters/" + CLUSTER + "/backups?",
        "/managed-redis/v1/clusters/" + OTHER_CLUSTER + "/backups?",
        "/managed-redis/v1/clusters/" + CLUSTER + "/operations?",
        "/managed-redis/v1/clusters/" + CLUSTER + "/shards?"
      })
  void aTokenOfAnotherListIsRefused(String list) throws ApiException {
    String folder = "foreign-" + Math.floorMod(list.hashCode(), 100_000);

    assertRefused(list.replace("%s", folder), tokenOf(folder));
  }

  @Test
  void aTokenOfAnotherClustersListIsRefused() throws ApiException {
    add(CLUSTER, "declared", "foreign-a", NOON);
    add(CLUSTER, "declared", "foreign-b", NOON);
    String token = service.clusters().listClusterBackups(CLUSTER, 1L, null).getNextPageToken();

    assertRefused("/managed-redis/v1/clusters/" + OTHER_CLUSTER + "/backups?", token);
  }

  @Test
  void aTokenThatIsAlteredAnywhereIsRefused() throws ApiException {
    String token = tokenOf("altered");

    for (int i = 0; i < token.length(); i++) {
      for (char other : new char[] {'A', 'B', '_'}) {
        if (token.charAt(i) != other) {
          assertRefused(
              "/managed-redis/v1/backups?folderId=altered",
              token.substring(0, i) + other + token.substring(i + 1));
        }
      }
    }
  }

  @Test
  void aTokenThatIsCutOrExtendedIsRefused() throws ApiException {
    String token = tokenOf("truncated");

    for (int length = 1; length < token.length(); length++) {
      assertRefused("/managed-redis/v1/backups?folderId=truncated", token.substring(0, length));
      assertRefused("/managed-redis/v1/backups?folderId=truncated", token.substring(length));
    }
    for (String more : List.of("A", "AA", "AAA", "AAAA", "=", "==", "%20")) {
      assertRefused("/managed-redis/v1/backups?folderId=truncated", token + more);
    }
  }

  private void assertRefused(String list, String token) {
    HttpResponse<String> answer =
        service.sendBroken(
            "GET", list + (list.endsWith("?") ? "" : "&") + "pageSize=1&pageToken=" + token);

    StatusAnswer status = StatusAnswer.of(answer);
    assertThat(status.httpStatus()).as("%s", token).isEqualTo(400);
    assertThat(status.code()).isEqualTo(3);
    assertThat(status.fields()).containsOnly("pageToken");
  }

  private String tokenOf(String folder) throws ApiException {
    addInSeveralInstants(folder, 3);
    String token = service.backups().listBackups(folder, 1L, null).getNextPageToken();
    assertThat(ids(service.backups().listBackups(folder, 1L, token))).hasSize(1);
    return token;
  }

  private static String firstToken(RunningService service) {
    try (Catalog catalog = Catalog.open(service.catalogFile(), new BackupJson())) {
      for (String suffix : List.of("a", "b")) {
        assertThat(catalog.backups().add(entry(CLUSTER, "restart", suffix, NOON))).isTrue();
      }
      return service.backups().listBackups("restart", 1L, null).getNextPageToken();
    } catch (ApiException e) {
      throw new AssertionError(e);
    }
  }

  /** Walks to the end, with the contract's promises checked on each page. */
  private List<String> walk(
      String folder, long pageSize, Consumer<ListBackupsResponse> betweenPages)
      throws ApiException {
    List<String> seen = new ArrayList<>();
    @Nullable String token = null;
    for (int pages = 0; pages < 200; pages++) {
      ListBackupsResponse page = service.backups().listBackups(folder, pageSize, token);
      seen.addAll(ids(page));
      assertThat(page.getBackups()).hasSizeLessThanOrEqualTo((int) pageSize);
      token = page.getNextPageToken();
      if (token == null) {
        betweenPages.accept(page);
        return seen;
      }
      assertThat(page.getBackups()).hasSize((int) pageSize);
      betweenPages.accept(page);
    }
    throw new AssertionError("the list of " + folder + " does not end");
  }

  /** Adds backups with three different instants and answers their ids in the order of a list. */
  private List<String> addInSeveralInstants(String folder, int count) {
    List<BackupEntry> entries =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    entry(
                        CLUSTER,
                        folder,
                        Math.floorMod(folder.hashCode(), 100_000) + "x" + i,
                        NOON.plusNanos(i % 3)))
            .toList();
    entries.forEach(entry -> assertThat(backups.add(entry)).isTrue());
    return entries.stream()
        .sorted(
            Comparator.comparing(BackupEntry::createdAt).reversed().thenComparing(BackupEntry::id))
        .map(BackupEntry::id)
        .toList();
  }

  private String add(String cluster, String folder, String suffix, Instant createdAt) {
    BackupEntry entry = entry(cluster, folder, suffix, createdAt);
    assertThat(backups.add(entry)).isTrue();
    return entry.id();
  }

  private void remove(String id, Set<String> deleted) {
    if (backups.remove(id)) {
      deleted.add(id);
    }
  }

  private static BackupEntry entry(
      String cluster, String folder, String suffix, Instant createdAt) {
    return new BackupEntry(
        cluster + ":" + suffix,
        folder,
        cluster,
        createdAt,
        createdAt,
        BackupType.MANUAL,
        List.of("shard1"),
        1,
        1);
  }

  private static List<String> ids(ListBackupsResponse page) {
    return page.getBackups().stream().map(Backup::getId).toList();
  }
}
