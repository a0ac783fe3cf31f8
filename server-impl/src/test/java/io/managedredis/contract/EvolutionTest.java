package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.lang.Runtime.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of every released contract go on working. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvolutionTest {
  private static final Path RELEASED = ContractFile.path().resolveSibling("released");
  private static final Path ALLOWED = RELEASED.resolve("allowed-breaks.txt");

  /** The SHA-256 of every released contract. */
  private static final Map<String, String> RELEASED_DIGESTS =
      Map.of(
          "managed-redis-1.0.0.yaml",
          "bf27dd478ee29c70fee2118a67c36c3d4b9ca73259dac9466ec9e9c1965e75e0");

  private final Contract present = Contract.present();
  private final Contract base;

  EvolutionTest() throws IOException {
    base = Contract.parse(Files.readString(RELEASED.resolve("managed-redis-1.0.0.yaml")));
  }

  static Stream<Path> released() throws IOException {
    try (Stream<Path> files = Files.list(RELEASED)) {
      List<Path> contracts =
          files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(contracts).isNotEmpty();
      return contracts.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("released")
  void aClientOfAReleasedContractIsNotBroken(Path file) throws IOException {
    List<String> allowed = allowed();
    List<String> told =
        found(file).entrySet().stream()
            .filter(one -> !allowed.contains(one.getKey()))
            .map(Map.Entry::getValue)
            .toList();

    assertThat(told)
        .as(
            "Changes that break clients of %s. Take each back, or do what stands under 'instead'."
                + " What has to break goes into a new major version, beside this one. An exception"
                + " until the next release is a line in openapi/released/allowed-breaks.txt, the"
                + " first one of what is told here, after a line '# because ...'",
            file.getFileName())
        .isEmpty();
  }

  /** A client out there was generated from just these bytes. */
  @Test
  void aReleasedContractIsNeverEdited() throws Exception {
    Map<String, String> digests = new TreeMap<>();
    for (Path file : released().toList()) {
      digests.put(
          file.getFileName().toString(),
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
    }

    assertThat(digests)
        .as(
            "openapi/released; restore what was edited with git, or add a line here for what was"
                + " released")
        .isEqualTo(RELEASED_DIGESTS);
  }

  /** What is to be told of each break, by its line. */
  private Map<String, String> found(Path file) throws IOException {
    Map<String, String> found = new LinkedHashMap<>();
    String released = Files.readString(file);
    Set<String> unexplained = SecondOpinion.broken(released, present.document().toString());
    for (Break one : Evolution.breaks(Contract.parse(released), present)) {
      unexplained.removeAll(one.operations());
      found.put(one.line(), one.toString());
    }
    for (String operation : unexplained) {
      String line = operation + ": openapi-diff sees a break that our own comparison does not";
      found.put(
          line,
          line
              + "; callers of "
              + operation
              + " generated from "
              + file.getFileName()
              + " may fail. `git diff` of that operation, its parameters and its schemas shows what"
              + " changed: take it back, or teach Evolution to tell it");
    }
    return found;
  }

  private static List<String> allowed() throws IOException {
    return Files.readAllLines(ALLOWED).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  @Test
  void noBreakIsAllowedThatIsNotThere() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : released().toList()) {
      found.addAll(found(file).keySet());
    }

    assertThat(found).as("what is told, against %s", ALLOWED).containsAll(allowed());
  }

  @Test
  void aReleaseAllowsNoBreak() throws IOException {
    String version = present.document().path("info").path("version").asText();
    boolean isRelease = Files.exists(RELEASED.resolve("managed-redis-" + version + ".yaml"));

    assertThat(isRelease ? allowed() : List.of()).as("%s at a release", ALLOWED).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("released")
  void aChangedContractHasAGreaterVersion(Path file) throws IOException {
    Contract released = Contract.parse(Files.readString(file));
    if (!released.document().equals(present.document())) {
      assertThat(version(present))
          .as("info.version of the contract: it differs from what was released as %s", file)
          .isGreaterThan(version(released));
    }
  }

  private static Version version(Contract contract) {
    return Version.parse(
        contract.document().path("info").path("version").asText().replaceAll("(\\.0)+$", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breaks")
  void aBreakIsToldWithWhomAndInstead(Changed changed) {
    List<Break> found = changed.breaks(base);

    assertThat(found).extracting(Break::line).containsExactly(changed.told());
    assertThat(found).allSatisfy(one -> assertThat(one.whom()).isNotBlank());
    assertThat(found).allSatisfy(one -> assertThat(one.instead()).isNotBlank());
  }

  /**
   * A contract that changes.
   *
   * @param before what is released is 1.0.0, which never changes, with these edits
   * @param change what is done to it then
   * @param told the one break that is told of it
   */
  record Changed(List<Edit> before, List<Edit> change, String told) {

    List<Break> breaks(Contract base) {
      JsonNode released = Edit.applied(base.document(), before);
      return Evolution.breaks(Contract.of(released), Contract.of(Edit.applied(released, change)));
    }

    static Changed by(Edit edit, String told) {
      return new Changed(List.of(), List.of(edit), told);
    }

    @Override
    public String toString() {
      return change.toString();
    }
  }

  static Stream<Changed> breaks() {
    return Stream.of(
            operations(), parameters(), bodies(), answers(), limitsOfAnswers(), schemasOfAnswers())
        .flatMap(changes -> changes);
  }

  private static Stream<Changed> operations() {
    String path = "/managed-redis/v1/clusters/{clusterId}/shards";
    String every = "every operation: ";
    return Stream.of(
        Changed.by(Edit.removed("paths > " + path), "listClusterShards: GET " + path + " is gone"),
        Changed.by(
            Edit.removed("paths > /managed-redis/v1/backups/{backupId} > delete"),
            "deleteBackup: DELETE /managed-redis/v1/backups/{backupId} is gone"),
        Changed.by(
            Edit.set("getBackup > operationId", "readBackup"),
            "getBackup: operationId was getBackup and is readBackup"),
        Changed.by(
            Edit.set("getOperation > tags", "[Backup]"),
            "getOperation: tags were [\"Operation\"] and are [\"Backup\"]"),
        Changed.by(
            Edit.set("getOperation > security", "[{bearer: []}]"),
            "getOperation: security no longer accepts anonymous"),
        Changed.by(
            Edit.set("getOperation > security", "[{}, {key: []}]"),
            "getOperation: security no longer accepts {\"bearer\":[]}"),
        Changed.by(
            Edit.set("securitySchemes > bearer > scheme", "basic"),
            every
                + "bearer was {\"type\":\"http\",\"scheme\":\"bearer\"} and is"
                + " {\"type\":\"http\",\"scheme\":\"basic\"}"),
        Changed.by(
            Edit.set("servers", "[{url: /v2}]"),
            every + "servers was [{\"url\":\"/\"}] and is [{\"url\":\"/v2\"}]"));
  }

  private static Stream<Changed> parameters() {
    String lists = "listBackups, listClusters: query parameter folderId";
    String pages =
        "listBackups, listClusterBackups, listClusterOperations, listClusterShards, listClusters:"
            + " query parameter page";
    String order = "[query parameter folderId, query parameter pageSize, query parameter pageToken";
    return Stream.of(
        Changed.by(
            Edit.removed("listClusters > parameters > 3"),
            "listClusters: query parameter filter is gone"),
        Changed.by(
            Edit.set("parameters > ClusterFilter > required", "true"),
            "listClusters: query parameter filter is required now"),
        Changed.by(
            Edit.set(
                "getOperation > parameters > 1",
                "{name: view, in: query, required: true, schema: {type: string}}"),
            "getOperation: query parameter view is new and required"),
        Changed.by(
            Edit.set(
                "listBackups > parameters",
                "[{$ref: '#/components/parameters/FolderId'},"
                    + " {$ref: '#/components/parameters/PageToken'},"
                    + " {$ref: '#/components/parameters/PageSize'}]"),
            "listBackups: parameters were "
                + order
                + "] and are [query parameter folderId, query parameter pageToken, query parameter"
                + " pageSize]"),
        Changed.by(
            Edit.set("parameters > ClusterFilter > style", "spaceDelimited"),
            "listClusters: query parameter filter: style was  and is \"spaceDelimited\""),
        Changed.by(
            Edit.set("parameters > PageSize > schema > default", "50"),
            pages + "Size: default was 100 and is 50"),
        Changed.by(
            Edit.set("parameters > PageSize > schema > maximum", "500"),
            pages + "Size: maximum was 1000 and is 500"),
        Changed.by(
            Edit.set("parameters > PageSize > schema > minimum", "1"),
            pages + "Size: minimum was 0 and is 1"),
        Changed.by(
            Edit.set("parameters > PageSize > schema > format", "int32"),
            pages + "Size: format was \"int64\" and is \"int32\""),
        Changed.by(
            Edit.set("parameters > PageToken > schema > maxLength", "99"),
            pages + "Token: maxLength was 100 and is 99"),
        Changed.by(
            Edit.set("parameters > PageToken > schema > pattern", "'^[a-z]*$'"),
            pages + "Token: pattern was \"^[A-Za-z0-9_-]*$\" and is \"^[a-z]*$\""),
        Changed.by(
            Edit.set("parameters > FolderId > schema > minLength", "2"),
            lists + ": minLength was 1 and is 2"),
        Changed.by(
            Edit.set("parameters > FolderId > schema > pattern", "'^[a-z]*$'"),
            lists + ": pattern was absent and is \"^[a-z]*$\""),
        Changed.by(
            Edit.set("parameters > FolderId > schema > enum", "[a, b]"), lists + " is an enum now"),
        new Changed(
            List.of(Edit.set("parameters > FolderId > schema > enum", "[A, B]")),
            List.of(Edit.set("parameters > FolderId > schema > enum", "[A]")),
            lists + ": the value B is gone"));
  }

  private static Stream<Changed> bodies() {
    List<Edit> before =
        List.of(
            Edit.set(
                "schemas > Wish",
                "{type: object, required: [a], properties: {a: {type: string, nullable: true},"
                    + " b: {type: boolean, default: true}}}"),
            Edit.set(
                "backupCluster > requestBody",
                "{content: {application/json: {schema: {$ref: '#/components/schemas/Wish'}}}}"));
    String content = "backupCluster > requestBody > content";
    return Stream.of(
        body(
            before,
            "a request body is required now",
            Edit.set("backupCluster > requestBody > required", "true")),
        body(
            before,
            "the request body may no longer be application/json",
            Edit.set(content, "{application/xml: {}}")),
        body(before, "Wish.b is gone", Edit.removed("schemas > Wish > properties > b")),
        body(before, "Wish.b is required now", Edit.set("schemas > Wish > required > 1", "b")),
        body(
            before,
            "Wish.c is required now",
            Edit.set("schemas > Wish > properties > c", "{type: boolean}"),
            Edit.set("schemas > Wish > required > 1", "c")),
        body(
            before,
            "Wish.a: maxLength was absent and is 9",
            Edit.set("schemas > Wish > properties > a > maxLength", "9")),
        body(
            before,
            "Wish.a may no longer be null",
            Edit.removed("schemas > Wish > properties > a > nullable")),
        body(
            before,
            "Wish.b: default was true and is absent",
            Edit.removed("schemas > Wish > properties > b > default")));
  }

  private static Changed body(List<Edit> before, String told, Edit... change) {
    return new Changed(before, List.of(change), "backupCluster: " + told);
  }

  private static Stream<Changed> answers() {
    String operations =
        "backupCluster, deleteBackup, getBackup, getCluster, getOperation, listBackups,"
            + " listClusterBackups, listClusterOperations, listClusterShards, listClusters";
    return Stream.of(
        Changed.by(
            Edit.removed("deleteBackup > responses > 409"), "deleteBackup: the answer 409 is gone"),
        Changed.by(
            Edit.set("getBackup > responses > 200 > content", "{text/xml: {}}"),
            "getBackup: the answer 200 is no longer application/json"),
        Changed.by(
            Edit.removed("getBackup > responses > 200 > headers > x-request-id"),
            "getBackup: header x-request-id is gone"),
        Changed.by(
            Edit.set("headers > RequestId > required", "false"),
            operations + ": header x-request-id may be absent now"),
        Changed.by(
            Edit.set("headers > RequestId > schema > maxLength", "64"),
            operations + ": header x-request-id: maxLength was 36 and is 64"),
        Changed.by(
            Edit.set(
                "getBackup > responses > 200 > content > application/json > schema > $ref",
                "'#/components/schemas/Cluster'"),
            "getBackup: answer 200 was Backup and is Cluster"));
  }

  private static Stream<Changed> limitsOfAnswers() {
    String backups = "getBackup, listBackups, listClusterBackups: Backup.";
    return Stream.of(
        Changed.by(
            Edit.set("schemas > Backup > properties > id > maxLength", "80"),
            backups + "id: maxLength was 75 and is 80"),
        Changed.by(
            Edit.removed("schemas > Backup > properties > id > maxLength"),
            backups + "id: maxLength was 75 and is absent"),
        Changed.by(
            Edit.removed("schemas > Backup > properties > id > minLength"),
            backups + "id: minLength was 3 and is absent"),
        Changed.by(
            Edit.set("schemas > Backup > properties > sourceShardNames > maxItems", "20000"),
            backups + "sourceShardNames: maxItems was 16384 and is 20000"),
        Changed.by(
            Edit.set("schemas > Backup > properties > sourceShardNames > items > maxLength", "64"),
            backups + "sourceShardNames[]: maxLength was 63 and is 64"),
        Changed.by(
            Edit.set("schemas > TimeOfDay > properties > hours > maximum", "24"),
            "getCluster, listClusters: TimeOfDay.hours: maximum was 23 and is 24"),
        Changed.by(
            Edit.set("schemas > TimeOfDay > properties > hours > minimum", "-1"),
            "getCluster, listClusters: TimeOfDay.hours: minimum was 0 and is -1"),
        Changed.by(
            Edit.removed("schemas > Shard > properties > name > pattern"),
            "listClusterShards: Shard.name: pattern was \"^[a-zA-Z0-9_-]*$\" and is absent"));
  }

  private static Stream<Changed> schemasOfAnswers() {
    String backups = "getBackup, listBackups, listClusterBackups: ";
    String backup = "schemas > Backup > properties > ";
    return Stream.of(
        Changed.by(
            Edit.removed(backup + "sourceShardNames"), backups + "Backup.sourceShardNames is gone"),
        Changed.by(
            Edit.set("schemas > Backup > required", "[id, folderId, createdAt, sourceClusterId]"),
            backups + "Backup.startedAt may be absent now"),
        Changed.by(
            Edit.set(backup + "createdAt > format", "date"),
            backups + "Backup.createdAt: format was \"date-time\" and is \"date\""),
        Changed.by(
            Edit.set("schemas > TimeOfDay > properties > minutes > type", "string"),
            "getCluster, listClusters: TimeOfDay.minutes: type was \"integer\" and is \"string\""),
        Changed.by(
            Edit.set(backup + "folderId > nullable", "true"),
            backups + "Backup.folderId may be null now"),
        Changed.by(
            Edit.set("schemas > Backup > additionalProperties", "false"),
            backups + "Backup: additionalProperties was absent and is false"),
        Changed.by(
            Edit.set("schemas > BackupType > enum", "[AUTOMATED]"),
            "getBackup, listBackups, listClusterBackups: BackupType: the value"
                + " MANUAL is gone"),
        Changed.by(
            Edit.removed("schemas > BackupType > enum"),
            "getBackup, listBackups, listClusterBackups: BackupType is no enum" + " any more"),
        Changed.by(
            Edit.set(
                "schemas > ListBackupsResponse > properties > backups > items > $ref",
                "'#/components/schemas/Cluster'"),
            "listBackups, listClusterBackups: ListBackupsResponse.backups[] was Backup and is"
                + " Cluster"),
        new Changed(
            List.of(Edit.set("schemas > Old", "{type: object}")),
            List.of(Edit.removed("schemas > Old")),
            "every operation: schema Old is gone"),
        variants(
            "[{type: string}, {type: boolean}]",
            "[{type: string}]",
            "no longer has {\"type\":\"boolean\"}"),
        variants(
            "[{type: string}]",
            "[{type: string}, {type: boolean}]",
            "has also {\"type\":\"boolean\"}"));
  }

  private static Changed variants(String before, String after, String told) {
    return new Changed(
        List.of(Edit.set("schemas > Shard > oneOf", before)),
        List.of(Edit.set("schemas > Shard > oneOf", after)),
        "listClusterShards: Shard: oneOf " + told);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("additions")
  void anAdditionIsNoBreak(Edit edit) {
    assertThat(new Changed(List.of(), List.of(edit), "").breaks(base)).isEmpty();
  }

  @Test
  void openApiDiffAgreesThatAllTheAdditionsTogetherAreNoBreak() {
    JsonNode more = Edit.applied(base.document(), additions().toList());

    assertThat(SecondOpinion.broken(base.document().toString(), more.toString())).isEmpty();
  }

  static Stream<Edit> additions() {
    return Stream.of(
        Edit.set(
            "paths > /new",
            "{get: {operationId: getNew, tags: [Backup], responses: {'200': {description: X.}}}}"),
        Edit.set("getBackup > summary", "Read a backup"),
        Edit.set("getBackup > deprecated", "true"),
        Edit.set("getBackup > responses > 410", "{description: It was deleted.}"),
        Edit.set("getBackup > responses > 200 > headers > x-new", "{schema: {type: string}}"),
        Edit.set(
            "listClusters > parameters > 4",
            "{name: order, in: query, required: false, schema: {type: string}}"),
        Edit.set("parameters > FolderId > schema > maxLength", "60"),
        Edit.set("schemas > Backup > properties > note", "{type: string}"),
        Edit.set("schemas > Backup > description", "A backup."),
        Edit.set("schemas > Backup > properties > id > maxLength", "70"),
        Edit.set("schemas > BackupType > enum", "[AUTOMATED, MANUAL, IMPORTED]"),
        Edit.set("examples > BackupsNone > summary", "None"));
  }

  /** Ours is the stricter one; this says that the other one is asked at all. */
  @Test
  void openApiDiffSeesWhatItCanSee() {
    JsonNode broken =
        Edit.applied(
            base.document(),
            List.of(
                Edit.removed("paths > /operations/{operationId}"),
                Edit.set("parameters > ClusterFilter > schema > maxLength", "99")));

    assertThat(SecondOpinion.broken(base.document().toString(), broken.toString()))
        .containsExactly("getOperation", "listClusters");
  }

  @Test
  void noBreakIsAllowedWithoutAReason() throws IOException {
    List<String> lines = Files.readAllLines(ALLOWED);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
        assertThat(i > 0 && lines.get(i - 1).startsWith("# because "))
            .as("line %s says '# because ...' before it", i + 1)
            .isTrue();
      }
    }
  }
}
