package io.managedredis.client.sdk;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.client.model.Status;
import io.managedredis.client.model.StatusDetail;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer other than the one that was asked for, which may come from something between.
 *
 * @param status the body, if it is a Status
 */
record Refusal(
    String message,
    StatusCode code,
    int httpStatus,
    @Nullable Status status,
    @Nullable String requestId) {

  private static final int LONGEST_QUOTE = 120;

  /** Characters in an exception's message; the Status keeps the original. */
  static final int LONGEST_MESSAGE = 1000;

  static Refusal read(
      Call call, int httpStatus, HttpHeaders headers, byte[] body, ObjectMapper json) {
    Status status = status(body, json);
    String requestId =
        ManagedRedisException.details(status)
            .map(StatusDetail::getRequestId)
            .filter(Objects::nonNull)
            .findFirst()
            .or(() -> headers.firstValue("x-request-id"))
            .orElse(null);
    StatusCode code =
        status == null ? StatusCode.ofHttp(httpStatus) : StatusCode.of(status.getCode());
    String said = status == null ? "no Status came with it, but: " + quote(body) : said(status);
    String message =
        call
            + ": "
            + httpStatus
            + " "
            + (code == StatusCode.UNRECOGNIZED && status != null ? status.getCode() : code)
            + ": "
            + said
            + (requestId == null
                ? ""
                : " (request " + Printable.of(requestId, LONGEST_QUOTE) + ")");
    return new Refusal(message, code, httpStatus, status, requestId);
  }

  /** The exception that a caller catches. */
  ManagedRedisException exception(HttpHeaders headers, Instant now) {
    if (mayGoWellLater()) {
      return new UnavailableException(this, retryAfter(headers, now));
    }
    return switch (code) {
      case NOT_FOUND -> new NotFoundException(this);
      case INVALID_ARGUMENT -> new InvalidArgumentException(this);
      case ABORTED, ALREADY_EXISTS -> new ConflictException(this);
      default -> new ManagedRedisException(this);
    };
  }

  private boolean mayGoWellLater() {
    return switch (httpStatus) {
      case 429, 502, 503, 504 -> true;
      default -> false;
    };
  }

  private static @Nullable Status status(byte[] body, ObjectMapper json) {
    try {
      Status status = json.readValue(body, Status.class);
      return status == null || status.getCode() == null ? null : status;
    } catch (IOException e) {
      // Something between answered; its status says what is known.
      return null;
    }
  }

  private static String quote(byte[] body) {
    String text =
        Printable.of(
            new String(body, 0, Math.min(body.length, 8 * LONGEST_QUOTE), StandardCharsets.UTF_8),
            LONGEST_QUOTE);
    return text.isEmpty() ? "nothing" : "\"" + text + "\"";
  }

  /** The message of a Status, for one of an exception. */
  static String said(Status status) {
    return Printable.of(
        Objects.requireNonNullElse(status.getMessage(), "no message came with it"),
        LONGEST_MESSAGE);
  }

  /** RFC 9110, 10.2.3: a number of seconds, or a date. What is neither is as if not there. */
  private static @Nullable Duration retryAfter(HttpHeaders headers, Instant now) {
    String value = headers.firstValue("Retry-After").orElse("");
    if (value.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
