package io.managedredis.client.sdk;

import io.managedredis.client.ApiClient;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call as its caller means it, however often it is sent. What changes something has a key, by
 * which the server knows a repeat: that is what makes sending it again safe.
 *
 * @param target path and query, encoded
 */
record Call(String method, String target, @Nullable UUID idempotencyKey) {

  static Call get(String target) {
    return new Call("GET", target, null);
  }

  static Call change(String method, String target) {
    return new Call(method, target, UUID.randomUUID());
  }

  /**
   * Puts the values, encoded, where the template has {@code {}}.
   *
   * @throws IllegalArgumentException if a value is empty, or one or two dots, which proxies take
   *     out of a path even if they are encoded (RFC 3986, 5.2.4): it would be another one
   */
  static String path(String template, String... values) {
    String path = template;
    for (String value : values) {
      if (value.isEmpty() || value.equals(".") || value.equals("..")) {
        throw new IllegalArgumentException(
            "An id or name in " + template + " must not be \"" + value + "\"");
      }
      path = path.replaceFirst("\\{}", ApiClient.urlEncode(value));
    }
    return path;
  }

  /** Adds the parameters that have a value; names and values in turn. */
  static String query(String target, @Nullable Object... parameters) {
    StringBuilder all = new StringBuilder(target);
    for (int i = 0; i < parameters.length; i += 2) {
      Object value = parameters[i + 1];
      if (value != null) {
        all.append(all.indexOf("?") < 0 ? '?' : '&')
            .append(parameters[i])
            .append('=')
            .append(ApiClient.urlEncode(value.toString()));
      }
    }
    return all.toString();
  }

  /** For messages: the path without the query. */
  @Override
  public String toString() {
    int query = target.indexOf('?');
    return method + " " + (query < 0 ? target : target.substring(0, query));
  }
}
