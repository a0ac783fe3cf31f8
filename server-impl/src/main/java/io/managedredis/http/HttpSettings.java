package io.managedredis.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls are taken.
 *
 * @param tls the server's certificate; null to speak plain HTTP
 * @param origins whose pages may call from a browser, such as {@code https://console.example}
 */
public record HttpSettings(@Nullable TlsSettings tls, List<String> origins, Limits limits) {

  /** Copies the list. */
  public HttpSettings {
    origins = List.copyOf(origins);
  }
}
