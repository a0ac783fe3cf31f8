package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    Exchange broken = exchange(LIST + "&pageSize=1001", 200, JSON, ID, "{\"backups\":[]}");

    assertFails(broken, "1001");
    assertThatCode(() -> validator.check(broken, true)).doesNotThrowAnyException();
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

  private static Exchange exchange(
      String path, int status, String mediaType, String requestId, String body) {
    Map<String, List<String>> headers =
        requestId.isEmpty()
            ? Map.of("content-type", List.of(mediaType))
            : Map.of("content-type", List.of(mediaType), "x-request-id", List.of(requestId));
    return new Exchange(
        "GET",
        URI.create("http://127.0.0.1" + path),
        HttpHeaders.of(Map.of(), (name, value) -> true),
        "",
        status,
        HttpHeaders.of(headers, (name, value) -> true),
        body);
  }
}
