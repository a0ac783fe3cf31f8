package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of every released contract go on working. */
class EvolutionTest {
  private static final Path RELEASED = ContractFile.path().resolveSibling("released");

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
  void aClientOfAReleasedContractIsNotBroken(Path contract) throws Exception {
    List<String> breaks = new ArrayList<>();
    List<String> allowed = Files.readAllLines(RELEASED.resolve("allowed-breaks.txt"));
    for (String found : Evolution.breaks(Files.readString(contract), present())) {
      if (!allowed.contains(found)) {
        breaks.add(found);
      }
    }

    assertThat(breaks)
        .as(
            "Changes that break clients of %s. Take them back, or make a new major version; an"
                + " exception goes into openapi/released/allowed-breaks.txt, line by line, with its"
                + " reason as a comment before it, until the next release",
            contract.getFileName())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void aBreakIsSeen(String released, String now, String told) throws Exception {
    String contract = present();

    assertThat(Evolution.breaks(contract, changed(contract, released, now)))
        .anyMatch(found -> found.contains(told));
  }

  /** What is replaced in the contract, by what, and what is to be told of it. */
  static Stream<Arguments> breaks() {
    return Stream.of(
        Arguments.of("/clusters/{clusterId}/shards:", "/clusters/{clusterId}/parts:", "is gone"),
        Arguments.of(
            "operationId: getBackup\n",
            "operationId: readBackup\n",
            "operationId was \"getBackup\""),
        Arguments.of("tags: [Operation]\n", "tags: [Backup]\n", "tag was"),
        Arguments.of("default: 100\n", "default: 50\n", "the default of parameter PageSize"),
        Arguments.of(
            "        maxLength: 100\n        pattern: '^[A-Za-z0-9_-]*$'",
            "        maxLength: 99\n        pattern: '^[A-Za-z0-9_-]*$'",
            "GET /managed-redis/v1/backups "),
        Arguments.of(
            "        pattern: '^[A-Za-z0-9_-]*$'",
            "        pattern: '^[a-z0-9_-]*$'",
            "GET /managed-redis/v1/backups "),
        Arguments.of(
            "        sourceShardNames:\n          type: array",
            "        shardNames:\n          type: array",
            "Backup.sourceShardNames is gone"),
        Arguments.of(
            "required: [id, folderId, createdAt, sourceClusterId, startedAt]",
            "required: [id, folderId, createdAt, sourceClusterId]",
            "GET /managed-redis/v1/backups/{backupId} "),
        Arguments.of(
            "name: folderId\n      in: query",
            "name: folder\n      in: query",
            "GET /managed-redis/v1/backups "),
        Arguments.of(
            "name: filter\n      in: query\n      required: false",
            "name: filter\n      in: query\n      required: true",
            "GET /managed-redis/v1/clusters "),
        Arguments.of(
            "        '409':\n          $ref: '#/components/responses/DeleteRunning'\n",
            "",
            "no longer declares 409"),
        Arguments.of(
            "        minutes:\n          type: integer\n          format: int32\n"
                + "          minimum: 0\n          maximum: 59",
            "        minutes:\n          type: string\n          maxLength: 2",
            "GET /managed-redis/v1/clusters "));
  }

  @ParameterizedTest
  @MethodSource("additions")
  void anAdditionIsNoBreak(String released, String now) throws Exception {
    String contract = present();

    assertThat(Evolution.breaks(contract, changed(contract, released, now))).isEmpty();
  }

  /** What is replaced in the contract, and by what. */
  static Stream<Arguments> additions() {
    return Stream.of(
        Arguments.of(
            "        sourceShardNames:\n          type: array",
            "        note:\n          type: string\n          maxLength: 9\n"
                + "        sourceShardNames:\n          type: array"),
        Arguments.of("enum: [AUTOMATED, MANUAL]", "enum: [AUTOMATED, MANUAL, IMPORTED]"),
        Arguments.of("summary: Read one backup\n", "summary: Read a backup\n"),
        Arguments.of(
            "        - $ref: '#/components/parameters/ClusterFilter'",
            "        - $ref: '#/components/parameters/ClusterFilter'\n"
                + "        - {name: order, in: query, required: false, schema: {type: string}}"),
        Arguments.of(
            "  /operations/{operationId}:\n",
            """
              /new:
                get:
                  operationId: getNew
                  tags: [Operation]
                  responses: {'200': {description: New.}}
              /operations/{operationId}:
            """));
  }

  private static String changed(String contract, String released, String now) {
    assertThat(contract).contains(released);
    return contract.replace(released, now);
  }

  @Test
  void noBreakIsAllowedWithoutAReason() throws Exception {
    List<String> lines = Files.readAllLines(RELEASED.resolve("allowed-breaks.txt"));
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
        assertThat(i > 0 && lines.get(i - 1).startsWith("# because "))
            .as("line %s says '# because ...' before it", i + 1)
            .isTrue();
      }
    }
  }

  private static String present() throws IOException {
    return Files.readString(ContractFile.path());
  }
}
