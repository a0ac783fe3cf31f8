package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check itself must be able to fail. */
class ExchangeValidatorTest {

  private static final String ID = "0f6cbd5e-6f2f-4f0e-9a70-3c1c9f1f5d11";
  private static final String LIST = "/managed-redis/v1/backups?folderId=f";
  private static final String JSON = "application/json";
  private static final String NOT_FOUND =
      "{\"code\":5,\"message\":\"Backup a:b was not found\",\"details\":[{\"@type\":"
          + "\"type.googleapis.com/google.rpc.RequestInfo\",\"requestId\":\"%s\"}]}";

  private final ExchangeValidator validator = new ExchangeValidator();

  @Test
  void whatTheContractSaysPasses() {
    assertThatCode(() -> validator.check(exchange(LIST, 200, JSON, ID, "{\"backups\":[]}"), false))
        .doesNotThrowAnyException();
  }

  @Test
  void aDeclaredErrorPasses() {
    assertThatCode(
            () ->
                validator.check(
                    exchange(
                        "/managed-redis/v1/backups/a:b", 404, JSON, ID, NOT_FOUND.formatted(ID)),
                    false))
        .doesNotThrowAnyException();
  }

  @Test
  void aMissingFieldFails() {
    assertFails(exchange(LIST, 200, JSON, ID, "{}"), "backups");
  }

  @Test
  void anUndeclaredFieldFails() {
    assertFails(exchange(LIST, 200, JSON, ID, "{\"backups\":[],\"total\":0}"), "total");
  }

  @Test
  void anUndeclaredStatusFails() {
    assertFails(exchange(LIST, 404, JSON, ID, NOT_FOUND.formatted(ID)), "404");
  }

  @Test
  void anotherMediaTypeFails() {
    assertFails(exchange(LIST, 200, "text/plain", ID, "{\"backups\":[]}"), "text/plain");
  }

  @Test
  void aMissingRequestIdFails() {
    assertFails(exchange(LIST, 200, JSON, "", "{\"backups\":[]}"), "x-request-id");
  }

  @Test
  void anotherRequestIdInTheBodyFails() {
    assertFails(
        exchange(
            "/managed-redis/v1/backups/a:b",
            404,
            JSON,
            ID,
            NOT_FOUND.formatted("00000000-0000-0000-0000-000000000000")),
        "RequestInfo");
  }

  @Test
  void aNullFails() {
    assertFails(
        exchange(LIST, 200, JSON, ID, "{\"backups\":[],\"nextPageToken\":null}"), "null at");
  }

  @Test
  void theNameOfAClassFails() {
    assertFails(
        exchange(
            "/managed-redis/v1/backups/a:b",
            404,
            JSON,
            ID,
            NOT_FOUND.formatted(ID).replace("was not found", "NullPointerException")),
        "insides");
  }

  @Test
  void anErrorOutsideTheContractThatIsNoStatusFails() {
    assertFails(exchange("/nothing", 404, JSON, ID, "{\"error\":\"no\"}"), "error");
  }

  @Test
  void aBrokenRequestFailsUnlessItIsMeantToBe() {
    Exchange refused = exchange(LIST + "&pageSize=1001", 400, JSON, ID, refusal("pageSize"));

    assertFails(refused, "1001");
    assertThatCode(() -> validator.check(refused, true)).doesNotThrowAnyException();
  }

  @Test
  void aBrokenRequestThatIsAnsweredFailsEvenIfItIsMeantToBe() {
    Exchange answered = exchange(LIST + "&pageSize=1001", 200, JSON, ID, "{\"backups\":[]}");

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> validator.check(answered, true))
        .withMessageContaining("pageSize breaks [maximum]");
  }

  /** Each of these is an answer that a careless server could give. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a field is missing             | "folderId":"f",                | | body.backups[0].folderId is missing
          a field of another type        | "shard1"                       | 1 | must be of type string
          an instant without a zone      | 2026-11-22T03:15:41.208Z       | 2026-11-22T03:15:41.208 | is no date-time
          an instant in another zone     | 2026-11-22T03:15:41.208Z       | 2026-11-22T03:15:41.208+01:00 | is no date-time
          an instant with two digits     | 2026-11-22T03:15:41.208Z       | 2026-11-22T03:15:41.20Z | is no date-time
          a day that does not exist      | 2026-11-22T03:15:41.208Z       | 2026-11-32T03:15:41.208Z | is no date-time
          ended before it began          | 2026-11-22T03:15:41.208Z       | 2026-11-21T03:15:41.208Z | must not be after
          an unknown value of an enum    | MANUAL                         | manual | is none of
          an undeclared field deep below | "type":"MANUAL"                | "type":"MANUAL","size":1 | size is not declared
          another folder                 | "folderId":"f"                 | "folderId":"g" | folderId is not f
          an id of another cluster       | "sourceClusterId":"c"          | "sourceClusterId":"d" | begins with its cluster's
          a token that leads nowhere     | "backups":[                    | "nextPageToken":"A","backups":[ | a token after a page
          the same field twice           | "type":"MANUAL"                | "type":"MANUAL","type":"MANUAL" | not JSON
          more behind the end            | ]}                             | ]}x | not JSON
          """)
  void aDriftOfASuccessFails(String what, String from, @Nullable String to, String reason) {
    String good =
        "{\"backups\":[{\"id\":\"c:s\",\"folderId\":\"f\","
            + "\"createdAt\":\"2026-11-22T03:15:41.208Z\",\"sourceClusterId\":\"c\","
            + "\"startedAt\":\"2026-11-22T03:15:00Z\",\"sourceShardNames\":[\"shard1\"],"
            + "\"type\":\"MANUAL\"}]}";
    assertThatCode(() -> validator.check(exchange(LIST, 200, JSON, ID, good), false))
        .doesNotThrowAnyException();
    String drifted = good.replace(from, to == null ? "" : to);

    assertThat(drifted).as(what).isNotEqualTo(good);
    assertFails(exchange(LIST, 200, JSON, ID, drifted), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a code of another status   | "code":3         | "code":5         | does not go with HTTP 400
          nobody is blamed           | [{"field":"pageSize","description":"is bad"}] | [] | with the violations
          a stranger is blamed       | "field":"pageSize" | "field":"size"   | neither declared nor sent
          an unknown detail          | rpc.BadRequest   | rpc.ErrorInfo    | unknown type
          the code as a text         | "code":3         | "code":"3"       | must be of type integer
          no details                 | "details"        | "detail"         | detail is not declared
          """)
  void aDriftOfAnErrorFails(String what, String from, String to, String reason) {
    String good = refusal("pageSize");
    String drifted = good.replace(from, to);

    assertThat(drifted).as(what).isNotEqualTo(good);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () -> validator.check(exchange(LIST + "&pageSize=1001", 400, JSON, ID, drifted), true))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          neither error nor response | ,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"} | | one of error and response
          ended while it runs        | "done":true        | "done":false      | one of error and response
          a number instead of a text | "bytesVerified":"7" | "bytesVerified":7 | must be of type string
          no progress                | ,"shardsDone":1    | | the fields must be
          another message            | VerifyBackupMetadata | VerifyMetadata  | no message that the contract names
          another operation          | "id":"f4k2q7xw5nbd3mzt6ahc" | "id":"n6c3tz5wq2xk7bmh4dra" | id must be
          changed before it began    | "modifiedAt":"2026-11-22T03:15:41Z" | "modifiedAt":"2026-11-21T03:15:41Z" | must not be before
          """)
  void aDriftOfAnOperationFails(String what, String from, @Nullable String to, String reason) {
    String path = "/operations/f4k2q7xw5nbd3mzt6ahc";
    String good =
        "{\"id\":\"f4k2q7xw5nbd3mzt6ahc\",\"description\":\"Verify backup c:s\","
            + "\"createdAt\":\"2026-11-22T03:15:00Z\",\"createdBy\":\"anonymous\","
            + "\"modifiedAt\":\"2026-11-22T03:15:41Z\",\"done\":true,\"metadata\":{\"@type\":"
            + "\"type.googleapis.com/managedredis.v1.VerifyBackupMetadata\",\"backupId\":\"c:s\","
            + "\"bytesVerified\":\"7\",\"shardsDone\":1,\"shardsTotal\":1},\"response\":"
            + "{\"@type\":\"type.googleapis.com/google.protobuf.Empty\"}}";
    assertThatCode(() -> validator.check(exchange(path, 200, JSON, ID, good), false))
        .doesNotThrowAnyException();
    String drifted = good.replace(from, to == null ? "" : to);

    assertThat(drifted).as(what).isNotEqualTo(good);
    assertFails(exchange(path, 200, JSON, ID, drifted), reason);
  }

  @Test
  void anUndeclaredHeaderFails() {
    assertFails(
        exchange(LIST, 200, JSON, ID, "{\"backups\":[]}", "x-powered-by", "us"),
        "the header x-powered-by is not declared");
  }

  @Test
  void aParameterOfTheMediaTypeFails() {
    assertFails(
        exchange(LIST, 200, JSON + ";charset=utf-8", ID, "{\"backups\":[]}"), "Content-Type");
  }

  @Test
  void aLengthThatIsNotTheBodysFails() {
    assertFails(
        exchange(LIST, 200, JSON, ID, "{\"backups\":[]}", "content-length", "13"),
        "Content-Length 13 with a body of 14 bytes");
  }

  @Test
  void anUndeclaredParameterFails() {
    assertFails(exchange(LIST + "&x=1", 200, JSON, ID, "{\"backups\":[]}"), "'x'");
  }

  private void assertFails(Exchange exchange, String reason) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> validator.check(exchange, false))
        .withMessageContaining(reason);
  }

  private static String refusal(String field) {
    return "{\"code\":3,\"message\":\"%1$s is bad\",\"details\":[".formatted(field)
        + "{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":"
        + "[{\"field\":\"%1$s\",\"description\":\"is bad\"}]},".formatted(field)
        + "{\"@type\":\"type.googleapis.com/google.rpc.RequestInfo\",\"requestId\":\"%s\"}]}"
            .formatted(ID);
  }

  private static Exchange exchange(
      String path, int status, String mediaType, String requestId, String body, String... more) {
    Map<String, List<String>> headers = new TreeMap<>();
    headers.put("content-type", List.of(mediaType));
    if (!requestId.isEmpty()) {
      headers.put("x-request-id", List.of(requestId));
    }
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], List.of(more[i + 1]));
    }
    return Exchange.of(
        "GET",
        URI.create("http://127.0.0.1" + path),
        HttpHeaders.of(Map.of(), (name, value) -> true),
        "",
        status,
        HttpHeaders.of(headers, (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8));
  }
}
