package io.managedredis.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * An error as a caller sees it.
 *
 * @param httpStatus the HTTP status
 * @param code the gRPC code in the body
 * @param fields the arguments that the body names, in its order
 * @param message the text for people
 */
public record StatusAnswer(int httpStatus, int code, List<String> fields, String message) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What this answer says. */
  public static StatusAnswer of(HttpResponse<String> answer) {
    return of(answer.statusCode(), answer.body());
  }

  /** What an answer with this status and body says. */
  public static StatusAnswer of(int httpStatus, String body) {
    JsonNode status;
    try {
      status = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError(httpStatus + " with a body that is not JSON: " + body, e);
    }
    List<String> fields = new ArrayList<>();
    for (JsonNode detail : status.path("details")) {
      for (JsonNode violation : detail.path("fieldViolations")) {
        fields.add(violation.path("field").asText());
      }
    }
    return new StatusAnswer(
        httpStatus, status.path("code").asInt(), fields, status.path("message").asText());
  }
}
