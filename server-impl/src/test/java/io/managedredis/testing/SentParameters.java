package io.managedredis.testing;

import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The arguments of one request, as the contract names them. */
final class SentParameters {

  private final DeclaredOperation operation;
  private final Map<String, List<String>> query;
  private final Map<String, String> path;
  private final Exchange exchange;

  SentParameters(DeclaredOperation operation, Exchange exchange) {
    this.operation = operation;
    this.exchange = exchange;
    this.query = query(exchange.uri());
    this.path = path(operation, exchange.uri());
  }

  /** What was sent for a parameter, decoded; null when nothing was. */
  @Nullable String value(Parameter parameter) {
    return switch (parameter.in()) {
      case "path" -> path.get(parameter.name());
      case "query" ->
          query.getOrDefault(parameter.name(), List.of()).stream().findFirst().orElse(null);
      case "header" -> exchange.requestHeaders().firstValue(parameter.name()).orElse(null);
      default -> throw new IllegalStateException("a parameter in " + parameter.in());
    };
  }

  /**
   * The path with its arguments encoded as far as can be: the library takes the first colon for the
   * one before the verb.
   */
  String path() {
    String encoded = operation.path();
    for (Map.Entry<String, String> argument : path.entrySet()) {
      encoded =
          encoded.replace(
              "{" + argument.getKey() + "}",
              URLEncoder.encode(argument.getValue(), StandardCharsets.UTF_8).replace("+", "%20"));
    }
    return encoded;
  }

  /** Whether a name may be blamed: declared, sent, or a header that every call understands. */
  boolean mayBeBlamed(String field) {
    return operation.parameter(field).isPresent()
        || query.containsKey(field)
        || exchange.uri().getRawPath().contains(";")
        || field.equals("Accept")
        || field.equals("Content-Type");
  }

  private static Map<String, String> path(DeclaredOperation operation, URI uri) {
    Map<String, String> values = new LinkedHashMap<>();
    Matcher matcher = operation.pathPattern().matcher(uri.getRawPath());
    List<String> names = operation.pathNames();
    for (int i = 0; matcher.matches() && i < names.size(); i++) {
      values.put(names.get(i), decoded(matcher.group(i + 1).replace("+", "%2B")));
    }
    return values;
  }

  static Map<String, List<String>> query(URI uri) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    String raw = uri.getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        if (!pair.isEmpty()) {
          String[] parts = pair.split("=", 2);
          values
              .computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>())
              .add(decoded(parts.length == 2 ? parts[1] : ""));
        }
      }
    }
    return values;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
