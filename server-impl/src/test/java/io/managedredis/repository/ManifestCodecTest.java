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
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestCodecTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final Manifest MANIFEST =
      Samples.manifest(
          ID, List.of(Samples.shard("s1", Samples.stored("s1.rdb.zst", 10, 20, "ab".repeat(32)))));
  private static final String JSON =
      """
      {
        "formatVersion" : 2,
        "backupId" : "cluster1:20261122T101112-abcd2345",
        "clusterId" : "cluster1",
        "folderId" : "b1gdemo0000000000001",
        "type" : "MANUAL",
        "startedAt" : "2026-11-22T10:11:12.123456789Z",
        "createdAt" : "2026-11-22T10:11:17.123456789Z",
        "pointSkewMicros" : 0,
        "shards" : [
          {
            "name" : "s1",
            "file" : "s1.rdb.zst",
            "codec" : "zstd",
            "encryption" : "none",
            "keyId" : "",
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
            "contents" : {
              "databases" : [
                {
                  "index" : 0,
                  "keys" : 10,
                  "expires" : 3,
                  "keysByType" : {
                    "hash" : 3,
                    "string" : 7
                  }
                },
                {
                  "index" : 9,
                  "keys" : 1,
                  "expires" : 0,
                  "keysByType" : {
                    "stream" : 1
                  }
                }
              ],
              "functions" : 2
            },
            "proof" : {
              "checksum" : {
                "outcome" : "PROVEN",
                "at" : "2026-11-22T10:11:12.123456793Z",
                "detail" : ""
              },
              "structure" : {
                "outcome" : "DAMAGED",
                "at" : "2026-11-22T10:11:12.123456794Z",
                "detail" : "type 200 at 17"
              },
              "counts" : {
                "outcome" : "UNKNOWN",
                "at" : "2026-11-22T10:11:12.123456795Z",
                "detail" : "not counted"
              },
              "slots" : {
                "outcome" : "ABSENT",
                "at" : "2026-11-22T10:11:12.123456796Z",
                "detail" : "no cluster mode"
              },
              "stored" : {
                "outcome" : "PROVEN",
                "at" : "2026-11-22T10:11:12.123456797Z",
                "detail" : ""
              }
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
    assertThatThrownBy(() -> decode("{\"formatVersion\" : 3}"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("formatVersion is '3', this program knows 2");
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
        "encryption | \"AES256_GCM_HKDF\"",
        "keyId | \"5\"",
        "keyId | 5",
        "pointSkewMicros | 1",
        "pointSkewMicros | -1",
        "databases | {}",
        "index | -1",
        "index | 9",
        "index | 1.5",
        "keys | 9",
        "keys | -1",
        "keys | 9223372036854775807",
        "expires | 11",
        "expires | -1",
        "keysByType | {\"hash\" : 9, \"string\" : 7}",
        "keysByType | {\"hash\" : 17, \"string\" : -7}",
        "keysByType | {\"hash\" : 3.0, \"string\" : 7}",
        "keysByType | {\"hash\" : null, \"string\" : 10}",
        "keysByType | {\"../h\" : 3, \"string\" : 7}",
        "keysByType | {\"\" : 10}",
        "keysByType | []",
        "functions | -1",
        "functions | true",
        "proof | {}",
        "outcome | 0",
        "outcome | \"proven\"",
        "detail | 1",
        "detail | \"wrong though proven\"",
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
                          case "encryption\"AES256_GCM_HKDF\"" -> "keyId";
                          case "keys9" -> "keysByType";
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

  @ParameterizedTest
  @ValueSource(strings = {"\\u0007", "\\u00e9", "\\n", "\\u202e"})
  void aDetailThatIsNotPrintableIsRefused(String character) {
    assertFault(JSON.replace("not counted", "not " + character), "detail");
  }

  @Test
  void aDetailThatIsTooLongIsRefused() throws Exception {
    String longest = "x".repeat(Finding.DETAIL_LIMIT);

    assertThat(decode(JSON.replace("not counted", longest))).isNotNull();
    assertFault(JSON.replace("not counted", longest + "x"), "detail");
  }

  @Test
  void aFindingsDetailIsMadeFit() {
    Finding finding =
        Finding.of(Finding.Outcome.DAMAGED, Samples.STARTED, "\u0007" + "\u00e9".repeat(400));

    assertThat(finding.detail()).isEqualTo("?".repeat(Finding.DETAIL_LIMIT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "01", "-1", "4294967296", "x"})
  void aKeyIdThatIsNoneIsRefused(String keyId) {
    assertFault(encrypted(keyId), "keyId");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "4294967295"})
  void aKeyIdIsAnUnsignedNumber(String keyId) throws Exception {
    assertThat(decode(encrypted(keyId)).shards().get(0).keyId()).isEqualTo(keyId);
  }

  private static String encrypted(String keyId) {
    return JSON.replace("\"none\"", "\"AES256_GCM_HKDF\"")
        .replace("\"keyId\" : \"\"", "\"keyId\" : \"" + keyId + "\"");
  }

  @Test
  void countsThatCannotBeSummedAreRefused() {
    long huge = 1L << 48;
    String most =
        JSON.replace("\"keys\" : 10", "\"keys\" : " + huge)
            .replace("\"string\" : 7", "\"string\" : " + (huge - 3));

    assertFault(most, "databases");
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
        .filter(name -> !List.of("hash", "string", "stream").contains(name))
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
