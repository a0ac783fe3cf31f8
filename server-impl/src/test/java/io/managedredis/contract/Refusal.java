package io.managedredis.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an answer says against the arguments of its request.
 *
 * @param status the HTTP status
 * @param code the gRPC code; 0 when the answer is no error
 * @param violations what is said of each field that is named
 */
record Refusal(int status, int code, Map<String, String> violations) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Refusal of(HttpResponse<String> answer) {
    if (answer.statusCode() < 400) {
      return new Refusal(answer.statusCode(), 0, Map.of());
    }
    try {
      return of(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + answer.body(), e);
    }
  }

  static Refusal of(int httpStatus, JsonNode status) {
    Map<String, String> violations = new LinkedHashMap<>();
    for (JsonNode detail : status.path("details")) {
      for (JsonNode violation : detail.path("fieldViolations")) {
        violations.put(violation.path("field").asText(), violation.path("description").asText());
      }
    }
    return new Refusal(httpStatus, status.path("code").asInt(), violations);
  }
}
