package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.testing.Contract;
import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract keeps our rules, and each rule notices when it is broken. */
class LintTest {

  @Test
  void theContractKeepsEveryRule() {
    assertThat(Lint.findings(Contract.present())).isEmpty();
  }

  @Test
  void aReferenceToNothingIsTold() throws IOException {
    Contract dangling =
        Contract.parse(
            Files.readString(ContractFile.path())
                .replace("#/components/schemas/BackupType'", "#/components/schemas/BackupTyp'"));

    assertThatThrownBy(() -> Lint.findings(dangling))
        .hasMessage("the contract lacks #/components/schemas/BackupTyp");
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource({"operations", "answers", "components", "schemas", "extensions"})
  void aBrokenRuleIsTold(String written, String broken, String told) throws IOException {
    String contract = Files.readString(ContractFile.path());
    assertThat(contract).contains(written);
    int at = contract.indexOf(written);
    String changed = contract.substring(0, at) + broken + contract.substring(at + written.length());

    assertThat(Lint.findings(Contract.parse(changed))).contains(told);
  }

  static Stream<Arguments> operations() {
    return Stream.of(
        Arguments.of(
            "tags: [Backup]",
            "tags: [Backup, Cluster]",
            "listBackups: has exactly one tag, a declared one"),
        Arguments.of(
            "tags: [Backup]",
            "tags: [Backups]",
            "listBackups: has exactly one tag, a declared one"),
        Arguments.of(
            "  - name: Operation\n",
            "  - {name: Nobody, description: Unused.}\n  - name: Operation\n",
            "tag Nobody: is described and has an operation"),
        Arguments.of(
            "    description: Finished backups, whatever cluster they came from.\n",
            "",
            "tag Backup: is described and has an operation"),
        Arguments.of(
            "operationId: getBackup\n",
            "operationId: getCluster\n",
            "getCluster: has an operationId of its own"),
        Arguments.of(
            "operationId: getBackup\n",
            "operationId: backup_get\n",
            "backup_get: is named verb and noun, by its method"),
        Arguments.of(
            "operationId: getBackup\n",
            "operationId: fetchBackup\n",
            "fetchBackup: is named verb and noun, by its method"),
        Arguments.of(
            "operationId: verifyBackup\n",
            "operationId: proveBackup\n",
            "proveBackup: is named verb and noun, by its method"),
        Arguments.of(
            "summary: Read one backup\n",
            "summary: Read one backup.\n",
            "getBackup: has a summary of at most 60 characters without a full stop"),
        Arguments.of(
            "summary: Read one backup\n",
            "summary: " + "Read one backup ".repeat(4) + "now\n",
            "getBackup: has a summary of at most 60 characters without a full stop"),
        Arguments.of(
            "      operationId: getOperation\n      summary: Read one operation\n"
                + "      description: |\n",
            "      operationId: getOperation\n      summary: Read one operation\n"
                + "      description: Reads one.\n      x-was: |\n",
            "getOperation: has a description of at least 60 characters"),
        Arguments.of(
            "        - $ref: '#/components/parameters/IdempotencyKey'\n",
            "",
            "deleteBackup: takes Idempotency-Key, as it changes something"),
        Arguments.of(
            "        - $ref: '#/components/parameters/ClusterFilter'\n",
            "        - {name: filter, in: query, description: Some., schema: {type: string}}\n",
            "listClusters: has its parameters as components"),
        Arguments.of(
            "        pattern: '^[a-z0-9][-a-z0-9]*$'\n",
            "        pattern: '^[a-z0-9][-:a-z0-9]*$'\n",
            "backupCluster: has an id with an example, and a pattern that the id with :backup"
                + " behind it does not match"),
        Arguments.of(
            "        pattern: '^[a-z0-9][-a-z0-9]*$'\n",
            "",
            "backupCluster: has an id with an example, and a pattern that the id with :backup"
                + " behind it does not match"),
        Arguments.of(
            "      name: clusterId\n      in: path\n      required: true\n",
            "      name: clusterId\n      in: path\n      required: false\n",
            "getCluster clusterId: is required in the path"),
        Arguments.of(
            "      name: clusterId\n      in: path\n",
            "      name: cluster\n      in: path\n",
            "getCluster: declares just the parameters of its path"));
  }

  static Stream<Arguments> answers() {
    String requestId =
        "            x-request-id:\n              $ref: '#/components/headers/RequestId'\n";
    String status = "            $ref: '#/components/schemas/Status'\n";
    return Stream.of(
        removedAnswer("400", "InvalidBackupList", "listBackups"),
        removedAnswer("406", "NotAcceptable", "listBackups"),
        removedAnswer("500", "Internal", "listBackups"),
        removedAnswer("503", "Unavailable", "listBackups"),
        removedAnswer("404", "BackupNotFound", "getBackup"),
        removedAnswer("409", "DeleteRunning", "deleteBackup"),
        removedAnswer("429", "TooManyOperations", "deleteBackup"),
        Arguments.of(
            "        '406':\n",
            "        default:\n",
            "listBackups default: is a status, no range and no default"),
        Arguments.of(
            "        '406':\n",
            "        4XX:\n",
            "listBackups 4XX: is a status, no range and no default"),
        Arguments.of(requestId, "", "listBackups 200: always carries x-request-id"),
        Arguments.of(
            "        The id that the server gave to this request, a UUID. An error's"
                + " `RequestInfo` detail carries the same one.\n      required: true\n",
            "        The id that the server gave.\n      required: false\n",
            "listBackups 503: always carries x-request-id"),
        Arguments.of(
            requestId,
            requestId + "            x-other: {description: Other., schema: {type: boolean}}\n",
            "listBackups 200: has its headers as components"),
        Arguments.of(
            "          content:\n            application/json:\n",
            "          content:\n            text/html: {schema: {type: string}}\n"
                + "            application/json:\n",
            "listBackups 200: has a body, of one media type"),
        Arguments.of(
            "        '406':\n          $ref: '#/components/responses/NotAcceptable'\n",
            "        '406':\n          description: No.\n",
            "listBackups 406: is a component, as an error"),
        Arguments.of(
            "                $ref: '#/components/schemas/ListBackupsResponse'\n",
            "                type: object\n",
            "listBackups 200: has its schema as a component"),
        Arguments.of(
            "                format: binary\n",
            "                maxLength: 1\n",
            "downloadBackupShard 200: is JSON or plain bytes"),
        Arguments.of(
            status,
            "            $ref: '#/components/schemas/FieldViolation'\n",
            "getBackup 400: is a Status"),
        Arguments.of(
            "              $ref: '#/components/examples/ErrorBackupIdShape'\n",
            "              $ref: '#/components/examples/ErrorBackupNotFound'\n",
            "getBackup 400 example misshapenId: has a code of this HTTP status, one of [3, 9, 11]"),
        Arguments.of(
            "              examples:\n                threeShards:\n"
                + "                  $ref: '#/components/examples/BackupOfThreeShards'\n",
            "",
            "getBackup 200: has an example"),
        Arguments.of(
            "              examples:\n                threeShards:\n"
                + "                  $ref: '#/components/examples/BackupOfThreeShards'\n",
            "              example: {}\n",
            "getBackup 200: has its examples named"),
        Arguments.of(
            "                  $ref: '#/components/examples/BackupOfThreeShards'\n",
            "                  value: {}\n",
            "getBackup 200: has its examples as components"));
  }

  private static Arguments removedAnswer(String status, String component, String operation) {
    return Arguments.of(
        "        '%s':\n          $ref: '#/components/responses/%s'\n".formatted(status, component),
        "",
        operation + ": declares the answers [" + status + "]");
  }

  static Stream<Arguments> components() {
    return Stream.of(
        Arguments.of(
            "      description: How many bytes the answer has.\n",
            "",
            "headers ContentLength: is described"),
        Arguments.of(
            "      description: The id of the folder whose entries to list.\n",
            "",
            "parameters FolderId: is described"),
        Arguments.of(
            "      description: A finished backup of one cluster. It never changes.\n",
            "",
            "schemas Backup: is described"),
        Arguments.of(
            "      description: There is no such backup, or the caller may not know of it.\n",
            "",
            "responses BackupNotFound: is described"),
        Arguments.of(
            "      summary: A backup of a cluster with three shards\n",
            "",
            "examples BackupOfThreeShards: has a summary and a value"),
        Arguments.of(
            "    BackupOfThreeShards:\n",
            "    Nobodys: {summary: Nobody's., value: {}}\n    BackupOfThreeShards:\n",
            "examples Nobodys: is used by an operation"),
        Arguments.of(
            "  schemas:\n",
            "  schemas:\n    Alone:\n      type: object\n      description: Uses itself.\n"
                + "      properties:\n        self:\n          $ref: '#/components/schemas/Alone'\n",
            "schemas Alone: is used by an operation"),
        Arguments.of(
            "      scheme: bearer\n",
            "      scheme: basic\n",
            "security: lets callers send a bearer token"));
  }

  static Stream<Arguments> schemas() {
    String shardNames =
        "          type: array\n          maxItems: 16384\n"
            + "          description: The shards that the backup was made from, by name ascending.\n";
    return Stream.of(
        Arguments.of(
            "    BackupType:\n      type: string\n",
            "    BackupType:\n      type: array\n",
            "schemas BackupType: is no array, which could never get another field"),
        Arguments.of(
            "        type: string\n        minLength: 1\n        maxLength: 50\n",
            "        type: array\n        maxItems: 9\n        items: {type: boolean}\n",
            "parameters ClusterId: has one value"),
        Arguments.of(
            "        type: string\n        maxLength: 1000\n",
            "        type: string\n",
            "parameters ClusterFilter: has a maxLength, an enum or the format date-time"),
        Arguments.of(
            "        type: string\n        maxLength: 80\n",
            "        type: string\n",
            "headers ContentRange: has a maxLength, an enum or the format date-time"),
        Arguments.of(
            "            type: string\n            minLength: 1\n            maxLength: 63\n",
            "            type: string\n            minLength: 1\n",
            "schemas Backup.sourceShardNames[]: has a maxLength, an enum or the format date-time"),
        Arguments.of(
            "          minimum: 0\n          maximum: 16383\n          description: The last",
            "          minimum: 0\n          description: The last",
            "schemas SlotRange.to: has a minimum and a maximum"),
        Arguments.of(
            "          format: int32\n          minimum: 0\n          maximum: 16383\n",
            "          minimum: 0\n          maximum: 16383\n",
            "schemas SlotRange.from: has the format int32 or int64"),
        Arguments.of(
            "          format: int32\n          minimum: 0\n          maximum: 16383\n",
            "          format: int64\n          minimum: 0\n          maximum: 16383\n",
            "schemas SlotRange.from: is a decimal string, as JSON numbers of 64 bits get lost"),
        Arguments.of(
            "        format: int64\n        minimum: 0\n        maximum: 1000\n",
            "        format: int64\n        minimum: 0\n",
            "parameters PageSize: has a minimum and a maximum"),
        Arguments.of(
            "        format: int64\n        minimum: 0\n        maximum: 9223372036854775807\n",
            "        format: int64\n        minimum: 0\n",
            "headers ContentLength: has a minimum and a maximum"),
        Arguments.of(
            shardNames,
            shardNames.replace("          maxItems: 16384\n", ""),
            "schemas Backup.sourceShardNames: has a maxItems"),
        Arguments.of(
            "          items:\n            type: string\n",
            "          items:\n            type: object\n",
            "schemas Backup.sourceShardNames: has its items as a component"),
        Arguments.of(
            "enum: [AUTOMATED, MANUAL]",
            "enum: [automated, MANUAL]",
            "schemas BackupType: has enum values in UPPER_SNAKE"),
        Arguments.of(
            "        pattern: '^[a-z2-7]{20}$'\n",
            "        pattern: '[a-z2-7]{20}'\n",
            "parameters OperationId: has a pattern from ^ to $"),
        Arguments.of(
            "          description: The id of the backup, `<cluster id>:<suffix>`. Opaque to clients.\n",
            "",
            "schemas Backup.id: is described"),
        Arguments.of(
            "        sharded:\n          type: boolean\n",
            "        sharded:\n          type: object\n",
            "schemas Cluster.sharded: has its schema as a component"),
        Arguments.of(
            "        sharded:\n          type: boolean\n",
            "        sharded:\n          type: boolean\n          nullable: true\n",
            "schemas Cluster.sharded: does not use nullable"),
        Arguments.of(
            "        sharded:\n          type: boolean\n",
            "        sharded:\n          type: boolean\n          readOnly: true\n",
            "schemas Cluster.sharded: does not use readOnly"),
        Arguments.of(
            "        sharded:\n          type: boolean\n",
            "        sharded:\n          type: number\n",
            "schemas Cluster.sharded: has a type: string, integer, boolean, array, object"),
        Arguments.of(
            "        sharded:\n          type: boolean\n",
            "        sharded:\n          oneOf: [{type: boolean}]\n          type: boolean\n",
            "schemas Cluster.sharded: has its variants as components"),
        Arguments.of(
            "          allOf:\n            - $ref: '#/components/schemas/Finding'\n",
            "          allOf:\n            - $ref: '#/components/schemas/Finding'\n"
                + "            - $ref: '#/components/schemas/Backup'\n",
            "schemas ShardProof.checksum: uses allOf for one reference only"),
        Arguments.of(
            "          format: date-time\n",
            "          format: timestamp\n",
            "schemas Backup.createdAt: has a format of [date-time, uuid, int32, int64, binary]"),
        Arguments.of(
            "required: [id, folderId, createdAt, sourceClusterId, startedAt]",
            "required: [id, folderId, createdAt, sourceClusterId, startedAt, size]",
            "schemas Backup: requires only what it has, not size"),
        Arguments.of(
            "      responses:\n        '200':\n          description: One page of backups.\n",
            "      requestBody: {content: {application/json: {schema: {type: object}}}}\n"
                + "      responses:\n        '200':\n          description: One page of backups.\n",
            "listBackups: has its body's schema as component"));
  }

  static Stream<Arguments> extensions() {
    String ours = ": is marked x-extension: true, as the vendor does not have it";
    String others = ": is not marked x-extension, as the vendor or the schema around it has it";
    return Stream.of(
        Arguments.of("      x-extension: true\n", "", "verifyBackup" + ours),
        Arguments.of(
            "      x-extension: true\n", "      x-extension: false\n", "verifyBackup" + ours),
        Arguments.of(
            "      operationId: getBackup\n",
            "      operationId: getBackup\n      x-extension: true\n",
            "getBackup" + others),
        Arguments.of("      name: filter\n", "      name: query\n", "listClusters query" + ours),
        Arguments.of(
            "      name: filter\n",
            "      x-extension: true\n      name: filter\n",
            "listClusters filter" + others),
        Arguments.of(
            "    Finding:\n      type: object\n      description: What one proof found out.\n"
                + "      x-extension: true\n",
            "    Finding:\n      type: object\n      description: What one proof found out.\n",
            "schemas Finding" + ours),
        Arguments.of(
            "    Shard:\n      type: object\n",
            "    Shard:\n      type: object\n      x-extension: true\n",
            "schemas Shard" + others),
        Arguments.of(
            "        sourceShardNames:\n",
            "        note: {type: boolean, description: Ours.}\n        sourceShardNames:\n",
            "schemas Backup.note" + ours),
        Arguments.of(
            "          description: How many keys, as a decimal string.\n",
            "          description: How many keys, as a decimal string.\n          x-extension: true\n",
            "schemas TypeCount.keys" + others));
  }
}
