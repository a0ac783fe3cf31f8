package io.managedredis.testing;

import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for an operation, argument by argument. To begin with, what is required has the value
 * of its example, and nothing else is sent.
 */
public final class Call {

  private final DeclaredOperation operation;
  private final Map<String, String> arguments;
  private final Map<String, String> more;

  private Call(
      DeclaredOperation operation, Map<String, String> arguments, Map<String, String> more) {
    this.operation = operation;
    this.arguments = arguments;
    this.more = more;
  }

  /** The smallest call of an operation that the contract allows. */
  public static Call of(DeclaredOperation operation) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Parameter parameter : operation.parameters()) {
      if (parameter.required()) {
        arguments.put(parameter.name(), parameter.example().orElseThrow().asText());
      }
    }
    return new Call(operation, arguments, Map.of());
  }

  /** The same with this argument; null leaves it out. */
  public Call with(String parameter, @Nullable String value) {
    if (operation.parameter(parameter).isEmpty()) {
      throw new IllegalArgumentException(operation + " has no parameter " + parameter);
    }
    Map<String, String> changed = new LinkedHashMap<>(arguments);
    if (value == null) {
      changed.remove(parameter);
    } else {
      changed.put(parameter, value);
    }
    return new Call(operation, changed, more);
  }

  /** The same with a header that is no parameter. */
  public Call header(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(more);
    changed.put(name, value);
    return new Call(operation, arguments, changed);
  }

  /** What it calls. */
  public DeclaredOperation operation() {
    return operation;
  }

  /** Path and query, as they stand in the request line. */
  public String target() {
    StringBuilder path = new StringBuilder(operation.path());
    List<String> query = new ArrayList<>();
    arguments.forEach(
        (name, value) -> {
          switch (in(name)) {
            case "path" -> {
              String variable = "{" + name + "}";
              int at = path.indexOf(variable);
              path.replace(at, at + variable.length(), encoded(value).replace("%3A", ":"));
            }
            case "query" -> query.add(name + "=" + encoded(value));
            default -> {}
          }
        });
    return query.isEmpty() ? path.toString() : path + "?" + String.join("&", query);
  }

  /** Sends it, as the contract allows it. */
  public HttpResponse<String> send(RunningService service) {
    return service.send(operation.method(), target(), headers());
  }

  /** Sends it, although the contract forbids it; only the answer is checked. */
  public HttpResponse<String> sendBroken(RunningService service) {
    return service.sendBroken(operation.method(), target(), headers());
  }

  private String[] headers() {
    List<String> headers = new ArrayList<>();
    arguments.forEach(
        (name, value) -> {
          if (in(name).equals("header")) {
            headers.add(name);
            headers.add(value);
          }
        });
    more.forEach(
        (name, value) -> {
          headers.add(name);
          headers.add(value);
        });
    return headers.toArray(String[]::new);
  }

  private String in(String name) {
    return operation.parameter(name).orElseThrow().in();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return operation.method() + " " + target();
  }
}
