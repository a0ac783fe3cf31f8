package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.testing.Contract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract keeps our rules, and each rule notices when it is broken. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LintTest {

  private final Contract present = Contract.present();

  @Test
  void theContractKeepsEveryRule() {
    assertThat(Lint.findings(present)).isEmpty();
  }

  @Test
  void aReferenceToNothingIsTold() {
    Edit edit = Edit.set("schemas > Backup > properties > type > $ref", "'#/components/schemas/X'");
    Contract dangling = Contract.of(Edit.applied(present.document(), List.of(edit)));

    assertThatThrownBy(() -> Lint.findings(dangling))
        .hasMessage("the contract lacks #/components/schemas/X");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"operations", "parameters", "answers", "components", "schemas", "extensions"})
  void aBrokenRuleIsTold(Edit edit, String told) {
    Contract broken = Contract.of(Edit.applied(present.document(), List.of(edit)));

    assertThat(Lint.findings(broken)).contains(told);
  }

  static Stream<Arguments> operations() {
    String tag = "listBackups: has exactly one tag, a declared one";
    String unused = "tag Backup: is described and has an operation";
    String name = ": is named verb and noun, by its method";
    String summary = "getBackup: has a summary of at most 60 characters without a full stop";
    String role =
        "getBackup: says in x-required-role who may call it, one of [viewer, editor, restorer,"
            + " admin]";
    return Stream.of(
        row("listBackups > tags", "[Backup, Cluster]", tag),
        row("listBackups > tags", "[Backups]", tag),
        row("listBackups > tags", "[]", tag),
        row("tags > 0 > description", "''", unused),
        row("tags > 3", "{name: X, description: X.}", "tag X: is described and has an operation"),
        row("getBackup > operationId", "getCluster", "getCluster: has an operationId of its own"),
        row("getBackup > operationId", "backup_get", "backup_get" + name),
        row("getBackup > operationId", "get", "get" + name),
        row("getBackup > operationId", "fetchBackup", "fetchBackup" + name),
        row("deleteBackup > operationId", "getOldBackup", "getOldBackup" + name),
        row("verifyBackup > operationId", "proveBackup", "proveBackup" + name),
        row("getBackup > summary", "Read one backup.", summary),
        row("getBackup > summary", "''", summary),
        row("getBackup > summary", "a".repeat(61), summary),
        row(
            "getBackup > servers",
            "[{url: 'https://elsewhere.example'}]",
            "getBackup: has no servers of its own"),
        row("getBackup > security", "[]", "getBackup: has no security of its own"),
        row("getBackup > x-required-role", null, role),
        row("getBackup > x-required-role", "owner", role),
        row(
            "getBackup > description",
            "Answers it.",
            "getBackup: has a description of at least 60 characters"));
  }

  static Stream<Arguments> parameters() {
    String verb =
        "backupCluster: has an id with an example, and a pattern that the id with :backup behind it"
            + " does not match";
    return Stream.of(
        row(
            "deleteBackup > parameters > 1",
            null,
            "deleteBackup: takes Idempotency-Key, as it changes something"),
        row(
            "listClusters > parameters > 3",
            "{name: filter, in: query, schema: {type: string}}",
            "listClusters: has its parameters as components"),
        row("parameters > ClusterId > schema > pattern", "'^[a-z0-9][-:a-z0-9]*$'", verb),
        row("parameters > ClusterId > schema > pattern", null, verb),
        row("parameters > ClusterId > example", null, verb),
        row(
            "parameters > ClusterId > required",
            "false",
            "getCluster clusterId: is required in the path"),
        row(
            "parameters > ClusterId > name",
            "cluster",
            "getCluster: declares just the parameters of its path"));
  }

  static Stream<Arguments> answers() {
    String content = "getBackup > responses > 200 > content > application/json > ";
    return Stream.of(
        missing("listBackups", "200"),
        missing("listBackups", "400"),
        missing("listBackups", "401"),
        missing("listBackups", "403"),
        missing("listBackups", "429"),
        missing("listBackups", "406"),
        missing("listBackups", "500"),
        missing("listBackups", "503"),
        missing("getBackup", "404"),
        missing("deleteBackup", "409"),
        missing("deleteBackup", "429"),
        row(
            "listBackups > responses > default",
            "{description: X.}",
            "listBackups default: is a status, no range and no default"),
        row(
            "listBackups > responses > 4XX",
            "{description: X.}",
            "listBackups 4XX: is a status, no range and no default"),
        row("getBackup > responses > 200 > description", "''", "getBackup 200: is described"),
        row(
            "getBackup > responses > 200 > headers > x-request-id",
            null,
            "getBackup 200: always carries x-request-id"),
        row(
            "headers > RequestId > required",
            "false",
            "listBackups 503: always carries x-request-id"),
        row(
            "getBackup > responses > 200 > headers > x-other",
            "{schema: {type: boolean}}",
            "getBackup 200: has its headers as components"),
        row(
            "getBackup > responses > 200 > content > text/html",
            "{schema: {type: string}}",
            "getBackup 200: has a body, of one media type"),
        row(
            "getBackup > responses > 404",
            "{description: No.}",
            "getBackup 404: is a component, as an error"),
        row(content + "schema", "{type: object}", "getBackup 200: has its schema as a component"),
        row(
            "downloadBackupShard > responses > 200 > content > application/octet-stream > schema",
            "{type: string, maxLength: 1}",
            "downloadBackupShard 200: is JSON or plain bytes"),
        row(
            "responses > BackupNotFound > content > application/json > schema > $ref",
            "'#/components/schemas/Backup'",
            "getBackup 404: is a Status"),
        row(
            "examples > ErrorBackupNotFound > value > code",
            "3",
            "getBackup 404 example unknownBackup: has a code of this HTTP status, one of [5]"),
        row(content + "examples", null, "getBackup 200: has an example"),
        row(content + "example", "{}", "getBackup 200: has its examples named"),
        row(
            content + "examples > threeShards",
            "{value: {}}",
            "getBackup 200: has its examples as components"),
        row(
            "responses > BackupNotFound > content > application/json > examples",
            null,
            "getBackup 404: has an example"));
  }

  private static Arguments missing(String operation, String status) {
    return row(
        operation + " > responses > " + status,
        null,
        operation + ": declares the answers [" + status + "]");
  }

  static Stream<Arguments> components() {
    String unused = ": is used by an operation";
    String security = "security: lets callers send a bearer token";
    return Stream.of(
        described("securitySchemes > bearer", "securitySchemes bearer"),
        described("headers > ETag", "headers ETag"),
        described("parameters > FolderId", "parameters FolderId"),
        described("schemas > Backup", "schemas Backup"),
        described("responses > BackupNotFound", "responses BackupNotFound"),
        row(
            "examples > BackupsNone > summary",
            null,
            "examples BackupsNone: has a summary and a value"),
        row(
            "examples > BackupsNone > value",
            null,
            "examples BackupsNone: has a summary and a value"),
        row("examples > X", "{summary: X., value: 1}", "examples X" + unused),
        row(
            "schemas > X",
            "{type: object, properties: {self: {$ref: '#/components/schemas/X'}}}",
            "schemas X" + unused),
        row("security", "[{}]", "securitySchemes bearer" + unused),
        row("security", "[{}]", security),
        row("securitySchemes > bearer > scheme", "basic", security));
  }

  private static Arguments described(String place, String told) {
    return row(place + " > description", null, told + ": is described");
  }

  static Stream<Arguments> schemas() {
    String sharded = "schemas > Cluster > properties > sharded";
    String from = "schemas > SlotRange > properties > from";
    String names = "schemas > Backup > properties > sourceShardNames";
    String limit = ": has a maxLength, an enum or the format date-time";
    String bounds = ": has a minimum and a maximum";
    String upperSnake = ": has enum values in UPPER_SNAKE";
    return Stream.of(
        row(
            "schemas > BackupType > type",
            "array",
            "schemas BackupType: is no array, which could never get another field"),
        row(
            "parameters > FolderId > schema",
            "{type: array, maxItems: 9, items: {type: boolean}}",
            "parameters FolderId: has one value"),
        row("parameters > FolderId > schema > maxLength", null, "parameters FolderId" + limit),
        row("headers > ReprDigest > schema > maxLength", null, "headers ReprDigest" + limit),
        row("schemas > NextPageToken > maxLength", null, "schemas NextPageToken" + limit),
        row(names + " > items > maxLength", null, "schemas Backup.sourceShardNames[]" + limit),
        row("schemas > BackupType > enum", null, "schemas BackupType" + limit),
        row("schemas > Finding > properties > at > format", null, "schemas Finding.at" + limit),
        row(
            "getBackup > responses > 200 > content > application/json > schema",
            "{type: string}",
            "getBackup body" + limit),
        row("parameters > PageSize > schema > maximum", null, "parameters PageSize" + bounds),
        row("parameters > PageSize > schema > minimum", null, "parameters PageSize" + bounds),
        row("headers > ContentLength > schema > maximum", null, "headers ContentLength" + bounds),
        row(from + " > minimum", null, "schemas SlotRange.from" + bounds),
        row(from + " > format", null, "schemas SlotRange.from: has the format int32 or int64"),
        row(
            from + " > format",
            "int64",
            "schemas SlotRange.from: is a decimal string, as JSON numbers of 64 bits get lost"),
        row(names + " > maxItems", null, "schemas Backup.sourceShardNames: has a maxItems"),
        row(
            names + " > items",
            "{type: object, properties: {}}",
            "schemas Backup.sourceShardNames: has its items as a component"),
        row("schemas > BackupType > enum", "[automated]", "schemas BackupType" + upperSnake),
        row("parameters > FolderId > schema > enum", "[a-b]", "parameters FolderId" + upperSnake),
        row(
            "parameters > OperationId > schema > pattern",
            "'[a-z2-7]{20}'",
            "parameters OperationId: has a pattern from ^ to $"),
        row(sharded + " > description", null, "schemas Cluster.sharded: is described"),
        row(
            sharded + " > type",
            "object",
            "schemas Cluster.sharded: has its schema as a component"),
        row(
            "schemas > Backup > properties > type",
            "{type: string, description: X., enum: [A]}",
            "schemas Backup.type: has its schema as a component"),
        row(sharded + " > nullable", "true", "schemas Cluster.sharded: does not use nullable"),
        row(sharded + " > readOnly", "true", "schemas Cluster.sharded: does not use readOnly"),
        row(sharded + " > writeOnly", "true", "schemas Cluster.sharded: does not use writeOnly"),
        row(sharded + " > anyOf", "[]", "schemas Cluster.sharded: does not use anyOf"),
        row(sharded + " > not", "{}", "schemas Cluster.sharded: does not use not"),
        row(sharded + " > example", "true", "schemas Cluster.sharded: does not use example"),
        row(
            sharded + " > type",
            "number",
            "schemas Cluster.sharded: has a type: string, integer, boolean, array, object"),
        row(
            sharded + " > oneOf",
            "[{type: boolean}]",
            "schemas Cluster.sharded: has its variants as components"),
        row(
            "schemas > ShardProof > properties > stored > allOf > 1",
            "{$ref: '#/components/schemas/Backup'}",
            "schemas ShardProof.stored: uses allOf for one reference only"),
        row(
            "schemas > Finding > properties > at > format",
            "timestamp",
            "schemas Finding.at: has a format of [date-time, uuid, int32, int64, binary]"),
        row(
            "schemas > Finding > required > 2",
            "size",
            "schemas Finding: requires only what it has, not size"),
        row(
            "deleteBackup > requestBody",
            "{content: {application/json: {schema: {type: object}}}}",
            "deleteBackup: has its body's schema as component"));
  }

  static Stream<Arguments> extensions() {
    String ours = ": is marked x-extension: true, as the vendor does not have it";
    String others = ": is not marked x-extension, as the vendor or the schema around it has it";
    return Stream.of(
        row("verifyBackup > x-extension", null, "verifyBackup" + ours),
        row("verifyBackup > x-extension", "false", "verifyBackup" + ours),
        row("getBackup > x-extension", "true", "getBackup" + others),
        row("parameters > ClusterFilter > name", "query", "listClusters query" + ours),
        row("parameters > ClusterFilter > x-extension", "true", "listClusters filter" + others),
        row("schemas > Finding > x-extension", null, "schemas Finding" + ours),
        row("schemas > Shard > x-extension", "true", "schemas Shard" + others),
        row(
            "schemas > Backup > properties > note",
            "{type: boolean, description: X.}",
            "schemas Backup.note" + ours),
        row(
            "schemas > Backup > properties > id > x-extension",
            "true",
            "schemas Backup.id" + others),
        row(
            "schemas > TypeCount > properties > keys > x-extension",
            "true",
            "schemas TypeCount.keys" + others));
  }

  private static Arguments row(
      String place, @org.jspecify.annotations.Nullable String yaml, String told) {
    return Arguments.of(new Edit(place, yaml), told);
  }
}
