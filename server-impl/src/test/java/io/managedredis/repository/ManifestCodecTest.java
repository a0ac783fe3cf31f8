package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ManifestCodecTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final Manifest MANIFEST =
      Samples.manifest(
          ID, List.of(Samples.shard("s1", new StoredShard("s1.rdb.zst", 10, 20, "ab".repeat(32)))));
  private static final String JSON =
      """
      {
        "formatVersion" : 1,
        "backupId" : "cluster1:20261122T101112-abcd2345",
        "clusterId" : "cluster1",
        "folderId" : "b1gdemo0000000000001",
        "type" : "MANUAL",
        "startedAt" : "2026-11-22T10:11:12.123456789Z",
        "createdAt" : "2026-11-22T10:11:17.123456789Z",
        "shards" : [
          {
            "name" : "s1",
            "file" : "s1.rdb.zst",
            "codec" : "zstd",
            "encryption" : "none",
            "node" : "127.0.0.1:7001",
            "role" : "replica",
            "serverName" : "valkey",
            "serverVersion" : "9.1.2",
            "rdbMagic" : "VALKEY080",
            "rdbVersion" : 80,
            "replicationId" : "0123456789abcdef0123456789abcdef01234567",
            "replicationOffset" : 4242,
            "slots" : [
              {
                "from" : 0,
                "to" : 100
              },
              {
                "from" : 16383,
                "to" : 16383
              }
            ],
            "requestedAt" : "2026-11-22T10:11:12.123456790Z",
            "pointAt" : "2026-11-22T10:11:12.123456791Z",
            "completedAt" : "2026-11-22T10:11:12.123456792Z",
            "rawBytes" : 10,
            "storedBytes" : 20,
            "crc64" : "00000000deadbeef",
            "rawSha256" : "abababababababababababababababababababababababababababababababab",
            "checksum" : {
              "outcome" : "PROVEN",
              "at" : "2026-11-22T10:11:12.123456793Z"
            }
          }
        ]
      }""";

  private final ManifestCodec codec = new ManifestCodec();

  @Test
  void theFileIsReadableAndItsOrderIsStable() throws Exception {
    assertThat(new String(codec.encode(ID, MANIFEST), StandardCharsets.UTF_8)).isEqualTo(JSON);
  }

  @Test
  void theFileIsReadToTheNanosecond() throws Exception {
    assertThat(decode(JSON)).isEqualTo(MANIFEST);
  }

  @Test
  void unknownPropertiesAreTolerated() throws Exception {
    assertThat(decode(JSON.replace("\"name\" :", "\"later\" : {\"x\": [1]}, \"name\" :")))
        .isEqualTo(MANIFEST);
  }

  @Test
  void aNewerFormatIsRefusedWhateverElseItHolds() {
    assertThatThrownBy(() -> decode("{\"formatVersion\" : 2}"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("formatVersion is '2', this program knows 1");
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aMissingFieldIsNamed(String field) {
    String without = JSON.replaceFirst("\"" + field + "\" :", "\"x-" + field + "\" :");

    assertFault(without, field);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aNullFieldIsNamed(String field) {
    String without = JSON.replaceFirst("\"" + field + "\" :", "\"" + field + "\" : null, \"x\" :");

    assertFault(without, field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backupId | \"cluster1:other\"",
        "clusterId | \"cluster2\"",
        "folderId | \"\"",
        "folderId | 5",
        "type | \"WEEKLY\"",
        "type | 1",
        "startedAt | \"2026-11-22T10:11:12+01:00\"",
        "startedAt | 1700000000",
        "createdAt | \"yesterdayZ\"",
        "createdAt | \"+10000-01-01T00:00:00Z\"",
        "shards | []",
        "shards | {}",
        "shards | [null]",
        "name | \"../s1\"",
        "name | \"\"",
        "name | \"s2\"",
        "file | \"../s1.rdb.zst\"",
        "file | \"/etc/passwd\"",
        "file | \"manifest.json\"",
        "codec | \"lz4\"",
        "encryption | \"aes\"",
        "node | \"nowhere\"",
        "role | \"sentinel\"",
        "serverName | \"memcached\"",
        "serverVersion | \"9.1 2\"",
        "rdbMagic | \"REDIS009\"",
        "rdbVersion | 81",
        "rdbVersion | 80.5",
        "rdbVersion | \"80\"",
        "replicationId | \"?\"",
        "replicationOffset | -1",
        "replicationOffset | 9223372036854775808",
        "from | -1",
        "from | 101",
        "to | 16384",
        "requestedAt | \"\"",
        "rawBytes | -1",
        "storedBytes | -1",
        "crc64 | \"DEADBEEF\"",
        "rawSha256 | \"abab\"",
        "outcome | \"MAYBE\"",
        "at | true",
      })
  void anImpossibleValueIsNamed(String field, String value) {
    String changed =
        JSON.replaceFirst(
            "\"" + field + "\" : ",
            Matcher.quoteReplacement("\"" + field + "\" : " + value + ", \"x\" : "));

    assertThatThrownBy(() -> decode(changed))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e ->
                assertThat(e.getMessage() + e.field())
                    .contains(ID.toString())
                    .contains(
                        switch (field + value) {
                          case "name\"s2\"" -> "file";
                          case "from101" -> "to";
                          default -> field;
                        }));
  }

  @Test
  void twoShardsOfOneNameAreRefused() {
    ShardManifest shard = MANIFEST.shards().get(0);

    assertThatThrownBy(() -> codec.encode(ID, Samples.manifest(ID, List.of(shard, shard))))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo("shards[1].name"));
  }

  @Test
  void aFieldThatComesTwiceIsRefused() {
    assertThatThrownBy(() -> decode(JSON.replace("\"rawBytes\"", "\"rawBytes\":10,\"rawBytes\"")))
        .isInstanceOf(ManifestException.class);
  }

  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < JSON.length(); length++) {
      String cut = JSON.substring(0, length);
      assertThatThrownBy(() -> decode(cut)).as(cut).isInstanceOf(ManifestException.class);
    }
  }

  @Test
  void whatFollowsTheDocumentIsRefused() {
    assertThatThrownBy(() -> decode(JSON + "{}")).isInstanceOf(ManifestException.class);
  }

  private static Stream<String> fields() {
    return Pattern.compile("\"([a-zA-Z0-9]+)\" :")
        .matcher(JSON)
        .results()
        .map(match -> match.group(1))
        .distinct();
  }

  private void assertFault(String json, String field) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e -> assertThat(e.field()).matches("(.*\\.)?" + Pattern.quote(field)));
  }

  private Manifest decode(String json) throws ManifestException {
    return codec.decode(ID, json.getBytes(StandardCharsets.UTF_8));
  }
}
