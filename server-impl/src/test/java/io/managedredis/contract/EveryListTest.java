package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.Insertion;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Progress;
import io.managedredis.http.BackupJson;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RunningService;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the contract promises of pages, for every operation that has a {@code pageToken}. A new list
 * needs entries to be listed here, and nothing else.
 */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryListTest {

  private static final String CLUSTER = "c9q287aqv5rf11isjeql";
  private static final String FOLDER = "b1g4c2t7qf0s8m3n5k6d";
  private static final String OTHER_CLUSTER = "c9qwithoutanything01";
  private static final String OTHER_FOLDER = "b1gwithoutanything01";
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  /** What every list holds here: a page of the default size, and a few more. */
  private static final int ENTRIES = 103;

  private static final int DEFAULT = 100;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningService service;

  /** One page, as far as this test looks at it. */
  private record Page(List<String> keys, @Nullable String token) {}

  EveryListTest(@TempDir Path folder) {
    RunningService.Builder builder =
        RunningService.in(folder)
            // Nobody listens on these ports; the list of clusters says so, the others do not ask.
            .shards(CLUSTER, FOLDER, ENTRIES, "127.0.0.1:300")
            .shards(OTHER_CLUSTER, "b1ganother", 1, "127.0.0.1:300");
    for (int i = 1; i < ENTRIES; i++) {
      builder.cluster("c9r" + number(i), FOLDER, "127.0.0.1:300");
    }
    service = builder.start();
    try (Catalog catalog = Catalog.open(service.catalogFile(), new BackupJson())) {
      for (int i = 0; i < ENTRIES; i++) {
        // Several at the same instant, so that the id has to decide.
        Instant at = NOON.plusNanos(i % 7);
        assertThat(catalog.backups().add(backup(i, at))).isTrue();
        assertThat(catalog.operations().insert(operation(i, at)))
            .isInstanceOf(Insertion.Inserted.class);
      }
    }
  }

  @AfterAll
  void end() {
    service.close();
  }

  static Stream<DeclaredOperation> lists() {
    return Contract.present().operations().stream().filter(DeclaredOperation::isPaged);
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aPageHoldsAHundredWhereNothingElseIsAsked(DeclaredOperation list) {
    assertThat(page(list, null, null).keys())
        .hasSize(DEFAULT)
        .isEqualTo(all(list).subList(0, DEFAULT));
    assertThat(page(list, "0", null)).isEqualTo(page(list, "100", null));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void theLargestPageHoldsAllAndHasNoToken(DeclaredOperation list) {
    Page page = page(list, "1000", null);

    assertThat(page.keys()).hasSize(ENTRIES).doesNotHaveDuplicates();
    assertThat(page.token()).isNull();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aListThatJustFillsAPageHasNoToken(DeclaredOperation list) {
    assertThat(page(list, String.valueOf(ENTRIES), null).token()).isNull();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void theLastEntryHasAPageOfItsOwnIfNeedBe(DeclaredOperation list) {
    Page first = page(list, String.valueOf(ENTRIES - 1), null);

    Page last = page(list, "1", first.token());

    assertThat(last.keys()).isEqualTo(all(list).subList(ENTRIES - 1, ENTRIES));
    assertThat(last.token()).isNull();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void pagesShowEveryEntryOnceInOrderWhateverTheirSizes(DeclaredOperation list) {
    List<String> walked = new ArrayList<>();
    @Nullable String token = null;
    int size = 1;
    do {
      Page page = page(list, String.valueOf(size), token);
      walked.addAll(page.keys());
      token = page.token();
      size = size * 2 + 1;
    } while (token != null);

    assertThat(walked).isEqualTo(all(list));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void anEmptyTokenIsTheFirstPage(DeclaredOperation list) {
    assertThat(page(list, "2", "").keys()).isEqualTo(all(list).subList(0, 2));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void whereNothingIsTheListIsEmptyAndNothingElse(DeclaredOperation list) throws Exception {
    HttpResponse<String> answer = elsewhere(Call.of(list)).send(service);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body).hasSize(1);
    // A cluster without a shard can not be declared.
    assertThat(body.elements().next()).hasSize(list.path().endsWith("/shards") ? 1 : 0);
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aTokenIsGoodForItsListAlone(DeclaredOperation list) {
    String token = String.valueOf(page(list, "1", null).token());

    for (DeclaredOperation other : lists().toList()) {
      if (!other.id().equals(list.id())) {
        assertTokenIsRefused(Call.of(other).with("pageToken", token));
      }
    }
    assertTokenIsRefused(elsewhere(Call.of(list)).with("pageToken", token));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aTokenThatWasChangedIsRefused(DeclaredOperation list) {
    String token = String.valueOf(page(list, "1", null).token());
    char last = token.charAt(token.length() - 3);
    String changed =
        token.substring(0, token.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + token.substring(token.length() - 2);

    assertTokenIsRefused(Call.of(list).with("pageToken", changed));
    assertTokenIsRefused(Call.of(list).with("pageToken", token.substring(1)));
  }

  private void assertTokenIsRefused(Call call) {
    Refusal refusal = Refusal.of(call.sendBroken(service));

    assertThat(refusal.status()).as("%s", call).isEqualTo(400);
    assertThat(refusal.code()).isEqualTo(3);
    assertThat(refusal.violations()).containsOnlyKeys("pageToken");
  }

  /** All entries in the order of the list, as they were put there. */
  private static List<String> all(DeclaredOperation list) {
    return switch (list.id()) {
      case "listClusters" ->
          Stream.concat(
                  Stream.of(CLUSTER), IntStream.range(1, ENTRIES).mapToObj(i -> "c9r" + number(i)))
              .sorted()
              .toList();
      case "listClusterShards" ->
          IntStream.range(0, ENTRIES).mapToObj(i -> "shard-" + number(i)).toList();
      case "listBackups", "listClusterBackups" ->
          newestFirst().mapToObj(i -> backup(i, NOON).id()).toList();
      case "listClusterOperations" -> newestFirst().mapToObj(i -> operation(i, NOON).id()).toList();
      default ->
          throw new AssertionError(
              "put " + ENTRIES + " entries into the list of " + list + " here");
    };
  }

  private static IntStream newestFirst() {
    return IntStream.iterate(6, instant -> instant >= 0, instant -> instant - 1)
        .flatMap(instant -> IntStream.range(0, ENTRIES).filter(i -> i % 7 == instant));
  }

  /** The same list of a folder or cluster that has nothing in it. */
  private static Call elsewhere(Call call) {
    return call.operation().parameter("folderId").isPresent()
        ? call.with("folderId", OTHER_FOLDER)
        : call.with("clusterId", OTHER_CLUSTER);
  }

  private Page page(DeclaredOperation list, @Nullable String pageSize, @Nullable String token) {
    HttpResponse<String> answer =
        Call.of(list).with("pageSize", pageSize).with("pageToken", token).send(service);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    try {
      List<String> keys = new ArrayList<>();
      @Nullable String next = null;
      for (var property : JSON.readTree(answer.body()).properties()) {
        if (property.getValue().isArray()) {
          property
              .getValue()
              .forEach(e -> keys.add((e.has("id") ? e.path("id") : e.path("name")).asText()));
        } else {
          assertThat(property.getKey()).isEqualTo("nextPageToken");
          next = property.getValue().asText();
        }
      }
      return new Page(keys, next);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + answer.body(), e);
    }
  }

  private static BackupEntry backup(int i, Instant at) {
    return new BackupEntry(
        CLUSTER + ":20261122T120000-" + number(i),
        FOLDER,
        CLUSTER,
        at,
        at,
        BackupType.MANUAL,
        List.of("shard1"),
        1,
        1);
  }

  private static OperationEntry operation(int i, Instant at) {
    String digits = "abcdefghij";
    StringBuilder id = new StringBuilder("f4k2q7xw5nbd3mzt6");
    number(i).chars().forEach(digit -> id.append(digits.charAt(digit - '0')));
    return new OperationEntry(
        id.toString(),
        OperationKind.DELETE_BACKUP,
        CLUSTER,
        FOLDER,
        CLUSTER + ":20261122T120000-" + number(i),
        "Delete a backup",
        "anonymous",
        at,
        at,
        true,
        null,
        Progress.NONE,
        null);
  }

  private static String number(int i) {
    return String.format(Locale.ROOT, "%03d", i);
  }
}
