package io.managedredis.testing;

import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of the contract was seen: each line names one thing that a test has to bring about, and the
 * same words stand for it in what was seen and in what is declared.
 */
public final class Coverage {

  private Coverage() {}

  /** Every operation with each of its statuses. */
  public static Set<String> declaredStatuses(Contract contract) {
    Set<String> lines = new TreeSet<>();
    for (DeclaredOperation operation : contract.operations()) {
      operation.responses().keySet().forEach(status -> lines.add(status(operation, status)));
    }
    return lines;
  }

  /** Every header of every answer. */
  public static Set<String> declaredHeaders(Contract contract) {
    Set<String> lines = new TreeSet<>();
    for (DeclaredOperation operation : contract.operations()) {
      operation
          .responses()
          .forEach(
              (status, answer) ->
                  answer
                      .path("headers")
                      .fieldNames()
                      .forEachRemaining(name -> lines.add(header(operation, status, name))));
    }
    return lines;
  }

  /** Every parameter, sent as it should be, and broken in each way in which a request can. */
  public static Set<String> declaredParameters(Contract contract) {
    Set<String> lines = new TreeSet<>();
    for (DeclaredOperation operation : contract.operations()) {
      for (Parameter parameter : operation.parameters()) {
        lines.add(valid(operation, parameter));
        for (Limit limit : Limit.breakable(parameter)) {
          lines.add(broken(operation, parameter, limit));
        }
      }
    }
    return lines;
  }

  /**
   * What one exchange shows.
   *
   * @param blamed the fields that the answer's violations name
   */
  static Collection<String> seen(
      DeclaredOperation operation, Exchange exchange, List<String> blamed) {
    List<String> lines = new ArrayList<>();
    if (exchange.method().equals("HEAD")) {
      return lines;
    }
    lines.add(status(operation, exchange.status()));
    operation
        .response(exchange.status())
        .ifPresent(
            answer ->
                answer
                    .path("headers")
                    .fieldNames()
                    .forEachRemaining(
                        name -> {
                          if (exchange.headers().firstValue(name).isPresent()) {
                            lines.add(header(operation, exchange.status(), name));
                          }
                        }));
    SentParameters sent = new SentParameters(operation, exchange);
    for (Parameter parameter : operation.parameters()) {
      String value = sent.value(parameter);
      Set<Limit> limits = Limit.broken(parameter, value);
      boolean refused = blamed.contains(parameter.name());
      if (refused) {
        limits.forEach(limit -> lines.add(broken(operation, parameter, limit)));
      } else if (limits.isEmpty() && value != null) {
        lines.add(valid(operation, parameter));
      }
    }
    return lines;
  }

  private static String status(DeclaredOperation operation, int status) {
    return String.format(Locale.ROOT, "status %s %d", operation.id(), status);
  }

  private static String header(DeclaredOperation operation, int status, String name) {
    return String.format(Locale.ROOT, "header %s %d %s", operation.id(), status, name);
  }

  private static String valid(DeclaredOperation operation, Parameter parameter) {
    return String.format(Locale.ROOT, "parameter %s %s valid", operation.id(), parameter.name());
  }

  private static String broken(DeclaredOperation operation, Parameter parameter, Limit limit) {
    return String.format(
        Locale.ROOT, "parameter %s %s beyond %s", operation.id(), parameter.name(), limit);
  }
}
