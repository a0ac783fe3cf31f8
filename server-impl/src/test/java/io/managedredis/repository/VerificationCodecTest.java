package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VerificationCodecTest {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final Instant AT = Instant.parse("2026-11-23T00:00:00.123456789Z");
  private static final Manifest MANIFEST =
      Samples.manifest(
          ID, List.of(Samples.shard("s1", Samples.stored("s1.rdb.zst", 10, 20, "ab".repeat(32)))));
  private static final Verification VERIFICATION = Samples.verification(MANIFEST, AT);

  private final VerificationCodec codec = new VerificationCodec();
  private String json;

  @BeforeEach
  void encode() throws Exception {
    json = new String(codec.encode(ID, MANIFEST, VERIFICATION), StandardCharsets.UTF_8);
  }

  @Test
  void theFileIsReadable() {
    assertThat(json)
        .startsWith(
            """
            {
              "formatVersion" : 1,
              "backupId" : "cluster1:20261122T101112-abcd2345",
              "startedAt" : "2026-11-23T00:00:00.123456789Z",
              "completedAt" : "2026-11-23T00:00:01.123456789Z",
              "shards" : [
                {
                  "name" : "s1",
                  "proof" : {
                    "checksum" : {
                      "outcome" : "PROVEN",
            """);
  }

  @Test
  void theFileIsReadToTheNanosecond() throws Exception {
    assertThat(decode(json)).isEqualTo(VERIFICATION);
  }

  @Test
  void aNewerFormatIsRefusedWhateverElseItHolds() {
    assertThatThrownBy(() -> decode("{\"formatVersion\" : 2}"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("The verification of backup " + ID)
        .hasMessageContaining("formatVersion is '2', this program knows 1");
  }

  static Stream<String> fields() {
    return Stream.of(
        "formatVersion",
        "backupId",
        "startedAt",
        "completedAt",
        "shards",
        "name",
        "proof",
        "checksum",
        "structure",
        "counts",
        "slots",
        "stored",
        "outcome",
        "at",
        "detail");
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aMissingOrNullFieldIsNamed(String field) {
    assertFault(json.replaceFirst("\"" + field + "\" :", "\"x\" :"), field);
    assertFault(
        json.replaceFirst("\"" + field + "\" :", "\"" + field + "\" : null, \"x\" :"), field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "formatVersion | 0",
        "formatVersion | \"1\"",
        "backupId | \"cluster1:other\"",
        "backupId | 5",
        "startedAt | \"yesterday\"",
        "completedAt | \"+10000-01-01T00:00:00Z\"",
        "shards | {}",
        "shards | []",
        "shards | [null]",
        "name | \"../s1\"",
        "name | \"\"",
        "proof | {}",
        "checksum | []",
        "outcome | \"MAYBE\"",
        "outcome | 1",
        "at | 1",
        "detail | \"wrong though proven\"",
      })
  void anImpossibleValueIsNamed(String field, String value) {
    String changed =
        json.replaceFirst(
            "\"" + field + "\" : ",
            Matcher.quoteReplacement("\"" + field + "\" : " + value + ", \"x\" : "));

    assertThatThrownBy(() -> decode(changed))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e -> assertThat(e.getMessage() + e.field()).contains(ID.toString()).contains(field));
  }

  @Test
  void twoShardsOfOneNameAreRefused() {
    Verification.VerifiedShard shard = VERIFICATION.shards().get(0);
    Verification twice = new Verification(1, ID.toString(), AT, AT, List.of(shard, shard));

    assertThatThrownBy(() -> codec.encode(ID, MANIFEST, twice))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo("shards[1].name"));
  }

  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < json.length(); length++) {
      String cut = json.substring(0, length);
      assertThatThrownBy(() -> decode(cut)).as(cut).isInstanceOf(ManifestException.class);
    }
  }

  @Test
  void whatFollowsTheDocumentIsRefused() {
    assertThatThrownBy(() -> decode(json + "{}")).isInstanceOf(ManifestException.class);
  }

  private void assertFault(String changed, String field) {
    assertThatThrownBy(() -> decode(changed))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e -> assertThat(e.field()).matches("(.*\\.)?" + Pattern.quote(field)));
  }

  private Verification decode(String text) throws ManifestException {
    return codec.decode(ID, text.getBytes(StandardCharsets.UTF_8));
  }
}
