package io.managedredis.http;

import io.managedredis.api.model.FieldViolation;
import io.managedredis.api.model.Status;
import io.managedredis.api.model.StatusDetail;
import io.managedredis.operation.StatusCode;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the {@code google.rpc.Status} bodies, the one shape that every error has. */
final class Statuses {

  private static final String TYPES = "type.googleapis.com/google.rpc.";

  /** When to come back where nothing better is known. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** Longer texts from outside are cut before they are quoted. */
  private static final int MOST_QUOTED = 100;

  private Statuses() {}

  static Status of(StatusCode code, String message, List<ApiException.Violation> violations) {
    Status status = new Status().code(code.number()).message(message);
    if (!violations.isEmpty()) {
      List<FieldViolation> fields = new ArrayList<>();
      for (ApiException.Violation violation : violations) {
        fields.add(
            new FieldViolation().field(violation.field()).description(violation.description()));
      }
      status.addDetailsItem(
          new StatusDetail().atType(TYPES + "BadRequest").fieldViolations(fields));
    }
    return status;
  }

  static Status withRequestId(Status status, String requestId) {
    return status.addDetailsItem(
        new StatusDetail().atType(TYPES + "RequestInfo").requestId(requestId));
  }

  /** 406. */
  static Status notAcceptable(String mediaType) {
    return of(
        StatusCode.INVALID_ARGUMENT,
        "No answer in the media type that Accept asks for; this "
            + (mediaType.equals(MediaType.APPLICATION_JSON) ? "server" : "call")
            + " answers "
            + mediaType,
        List.of(new ApiException.Violation(HttpHeaders.ACCEPT, "must allow " + mediaType)));
  }

  static Response response(ApiException e) {
    return response(
        e.code().httpStatus(), of(e.code(), e.getMessage(), e.violations()), e.retryAfter());
  }

  static Response response(int httpStatus, Status status) {
    return response(httpStatus, status, RETRY_AFTER);
  }

  private static Response response(int httpStatus, Status status, Duration retryAfter) {
    Response.ResponseBuilder response =
        Response.status(httpStatus).type(MediaType.APPLICATION_JSON_TYPE).entity(status);
    headers(httpStatus, retryAfter).forEach(response::header);
    return response.build();
  }

  /** The headers that go with a status, whoever answers it. */
  static Map<String, String> headers(int httpStatus, Duration retryAfter) {
    return switch (httpStatus) {
      case 401 -> Map.of(HttpHeaders.WWW_AUTHENTICATE, Authentication.CHALLENGE);
      case 429, 503 -> Map.of(HttpHeaders.RETRY_AFTER, Long.toString(seconds(retryAfter)));
      default -> Map.of();
    };
  }

  /** The words beside a status: those of the RFCs, where Grizzly would put its own. */
  static String reason(int httpStatus) {
    Response.Status known = Response.Status.fromStatusCode(httpStatus);
    return known == null ? "" : known.getReasonPhrase();
  }

  /** Whole seconds, 1 or more; a part of one counts: who comes too early is refused again. */
  static long seconds(Duration wait) {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }

  /** A text from outside as it may stand in a message: bounded, and without control characters. */
  static String quoted(String text) {
    String shown = text.length() > MOST_QUOTED ? text.substring(0, MOST_QUOTED) + "…" : text;
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
