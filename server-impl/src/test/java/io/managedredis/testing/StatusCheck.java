package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds for the body of every error, beyond its schema. */
final class StatusCheck {

  private static final String TYPES = "type.googleapis.com/google.rpc.";
  private static final int INVALID_ARGUMENT = 3;
  private static final int OUT_OF_RANGE = 11;

  private final List<String> wrong = new ArrayList<>();

  private StatusCheck() {}

  /**
   * All that is wrong with an error.
   *
   * @param sent what the request asked for; null when it is no call of the contract
   */
  static List<String> violations(
      Exchange exchange, JsonNode status, @Nullable SentParameters sent) {
    StatusCheck check = new StatusCheck();
    check.check(exchange, status, sent);
    return check.wrong;
  }

  private void check(Exchange exchange, JsonNode status, @Nullable SentParameters sent) {
    int code = status.path("code").asInt();
    if (!StatusCodes.of(exchange.status()).contains(code)) {
      wrong.add("code " + code + " does not go with HTTP " + exchange.status());
    }
    List<String> requestIds = new ArrayList<>();
    List<String> blamed = new ArrayList<>();
    int badRequests = 0;
    for (JsonNode detail : status.path("details")) {
      String type = detail.path("@type").asText();
      switch (type) {
        case TYPES + "RequestInfo" -> {
          requestIds.add(detail.path("requestId").asText());
          requireFields(detail, Set.of("@type", "requestId"));
        }
        case TYPES + "BadRequest" -> {
          badRequests++;
          requireFields(detail, Set.of("@type", "fieldViolations"));
          detail
              .path("fieldViolations")
              .forEach(violation -> blamed.add(violation.path("field").asText()));
        }
        default -> wrong.add("a detail of the unknown type " + type);
      }
    }
    List<String> headers = exchange.headers().allValues("x-request-id");
    if (!requestIds.equals(headers)) {
      wrong.add("RequestInfo must hold x-request-id, " + headers + ", not " + requestIds);
    }
    if (sent != null) {
      requireBlame(code, badRequests, blamed, sent);
    }
  }

  private void requireBlame(int code, int badRequests, List<String> blamed, SentParameters sent) {
    boolean blames = code == INVALID_ARGUMENT || code == OUT_OF_RANGE;
    if (badRequests != (blames ? 1 : 0) || blames == blamed.isEmpty()) {
      wrong.add("code " + code + " with the violations " + blamed);
    }
    for (String field : blamed) {
      if (!sent.mayBeBlamed(field)) {
        wrong.add("a violation of " + field + ", which is neither declared nor sent");
      }
    }
  }

  private void requireFields(JsonNode detail, Set<String> names) {
    names.stream()
        .filter(name -> !detail.has(name))
        .forEach(name -> wrong.add("a detail without " + name + ": " + detail));
    detail
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                wrong.add("a detail with a strange " + name + ": " + detail);
              }
            });
  }
}
