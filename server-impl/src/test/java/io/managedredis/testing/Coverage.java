package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of the contract was seen: each line names one thing that a test has to bring about, and the
 * same words stand for it in what was seen and in what is declared.
 */
public final class Coverage {

  /** Marks what the vendor's resource has and this service does not answer. */
  private static final String UNANSWERED = "x-unanswered";

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

  /**
   * Every property of every answer in JSON, by the schema it belongs to; but not those of the
   * vendor that this service does not answer, which the contract marks {@code x-unanswered}.
   */
  public static Set<String> declaredProperties(Contract contract) {
    Set<String> lines = new TreeSet<>();
    for (DeclaredOperation operation : contract.operations()) {
      for (JsonNode answer : operation.responses().values()) {
        declareProperties(contract, bodySchema(answer), lines);
      }
    }
    return lines;
  }

  private static void declareProperties(Contract contract, JsonNode written, Set<String> lines) {
    JsonNode schema = contract.resolved(written);
    if (schema.has("items")) {
      declareProperties(contract, schema.path("items"), lines);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      boolean unanswered =
          property.getValue().has(UNANSWERED)
              || contract.resolved(property.getValue()).has(UNANSWERED);
      // A schema that was there before has all of its lines.
      if (!unanswered && lines.add(property(written, property.getKey()))) {
        declareProperties(contract, property.getValue(), lines);
      }
    }
  }

  private static void seeProperties(
      Contract contract, JsonNode written, JsonNode value, Collection<String> lines) {
    JsonNode schema = contract.resolved(written);
    for (JsonNode item : schema.has("items") ? value : MissingNode.getInstance()) {
      seeProperties(contract, schema.path("items"), item, lines);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (value.has(property.getKey())) {
        lines.add(property(written, property.getKey()));
        seeProperties(contract, property.getValue(), value.path(property.getKey()), lines);
      }
    }
  }

  private static JsonNode bodySchema(JsonNode answer) {
    return answer.path("content").path("application/json").path("schema");
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
   * @param body the answer's, missing when it is no JSON
   * @param blamed the fields that the answer's violations name
   */
  static Collection<String> seen(
      Contract contract,
      DeclaredOperation operation,
      Exchange exchange,
      JsonNode body,
      List<String> blamed) {
    List<String> lines = new ArrayList<>();
    if (exchange.method().equals("HEAD")) {
      return lines;
    }
    lines.add(status(operation, exchange.status()));
    operation
        .response(exchange.status())
        .ifPresent(
            answer -> {
              seeProperties(contract, bodySchema(answer), body, lines);
              answer
                  .path("headers")
                  .fieldNames()
                  .forEachRemaining(
                      name -> {
                        if (exchange.headers().firstValue(name).isPresent()) {
                          lines.add(header(operation, exchange.status(), name));
                        }
                      });
            });
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

  /** Schemas have names, so what many answers share is one line. */
  private static String property(JsonNode written, String name) {
    JsonNode named = written.path("allOf").size() == 1 ? written.path("allOf").get(0) : written;
    String schema = named.path("$ref").asText().replace("#/components/schemas/", "");
    if (schema.isEmpty()) {
      throw new IllegalStateException("a schema without a name has the property " + name);
    }
    return String.format(Locale.ROOT, "property %s.%s", schema, name);
  }

  private static String valid(DeclaredOperation operation, Parameter parameter) {
    return String.format(Locale.ROOT, "parameter %s %s valid", operation.id(), parameter.name());
  }

  private static String broken(DeclaredOperation operation, Parameter parameter, Limit limit) {
    return String.format(
        Locale.ROOT, "parameter %s %s beyond %s", operation.id(), parameter.name(), limit);
  }
}
