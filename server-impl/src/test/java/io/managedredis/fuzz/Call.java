package io.managedredis.fuzz;

import io.managedredis.testing.Contract.DeclaredOperation;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to an operation, as it is meant; {@link #request} is how it is written.
 *
 * @param headers beside those that are parameters: names and values in turn
 */
record Call(
    DeclaredOperation operation, List<Argument> arguments, List<String> headers, Style style) {

  Call {
    arguments = List.copyOf(arguments);
    headers = List.copyOf(headers);
  }

  /**
   * A request as it goes to the wire.
   *
   * @param headers names and values in turn
   */
  record Request(String method, String target, List<String> headers) {

    Request withHeader(String name, String value) {
      List<String> more = new ArrayList<>(headers);
      more.add(name);
      more.add(value);
      return new Request(method, target, more);
    }

    /** With something behind the query, as it is written. */
    Request withQuery(String part) {
      return new Request(method, target + (target.contains("?") ? "&" : "?") + part, headers);
    }

    /** With another method. */
    Request by(String other) {
      return new Request(other, target, headers);
    }
  }

  /** This one, without what is sent for a parameter. */
  Call without(String parameter) {
    return new Call(
        operation,
        arguments.stream().filter(a -> !a.parameter().name().equals(parameter)).toList(),
        headers,
        style);
  }

  /** This one, with this argument instead of what is sent for its parameter. */
  Call with(Argument argument) {
    List<Argument> changed = new ArrayList<>(without(argument.parameter().name()).arguments());
    changed.add(argument);
    return new Call(operation, changed, headers, style);
  }

  /** This one, with these headers instead of its own. */
  Call withHeaders(List<String> others) {
    return new Call(operation, arguments, others, style);
  }

  /** As it goes to a server that has shown these values. */
  Request request(KnownValues values) {
    String path = operation.path();
    Request request = new Request(operation.method(), path, headers);
    for (Argument argument : arguments) {
      String name = argument.parameter().name();
      String value = argument.value(values);
      request =
          switch (argument.parameter().in()) {
            case "path" ->
                new Request(
                    request.method(),
                    request.target().replace("{" + name + "}", style.path(value)),
                    request.headers());
            case "query" -> request.withQuery(style.query(name) + "=" + style.query(value));
            default -> request.withHeader(name, value);
          };
    }
    return request;
  }
}
