package io.managedredis.testing;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/**
 * One request and its answer, as they were on the wire.
 *
 * @param method the HTTP method
 * @param uri where the request went, as it was written
 * @param requestHeaders what was asked with
 * @param requestBody UTF-8; empty without one
 * @param status the HTTP status of the answer
 * @param headers the answer's
 * @param body the answer's, decoded as UTF-8; empty without one, and for a file, whose bytes are no
 *     text
 * @param length how many bytes the answer's body had
 */
public record Exchange(
    String method,
    URI uri,
    HttpHeaders requestHeaders,
    String requestBody,
    int status,
    HttpHeaders headers,
    String body,
    long length) {

  /** An exchange whose answer was read whole. */
  static Exchange of(
      String method,
      URI uri,
      HttpHeaders requestHeaders,
      String requestBody,
      int status,
      HttpHeaders headers,
      byte[] body) {
    boolean file = isFile(headers);
    return new Exchange(
        method,
        uri,
        requestHeaders,
        requestBody,
        status,
        headers,
        file ? "" : text(body),
        body.length);
  }

  /** Whether the answer is a file instead of a text. */
  boolean isFile() {
    return isFile(headers);
  }

  private static boolean isFile(HttpHeaders headers) {
    return headers
        .firstValue("content-type")
        .filter("application/octet-stream"::equals)
        .isPresent();
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Whether the answer says that it has this media type. */
  boolean hasType(String mediaType) {
    return headers
        .firstValue("content-type")
        .map(type -> type.split(";", 2)[0].strip().equals(mediaType))
        .orElse(false);
  }

  /** For a message: request line and answer, the body in full. */
  @Override
  public String toString() {
    return method + " " + uri + " -> " + status + " " + headers.map() + "\n" + body;
  }
}
