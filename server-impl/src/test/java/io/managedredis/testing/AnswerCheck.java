package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds the answer of a declared operation against what is declared of it: status, headers, media
 * type and body.
 */
final class AnswerCheck {

  /** What HTTP itself says about an answer, and what keeps a browser from guessing. */
  private static final Set<String> NEVER_DECLARED =
      Set.of(
          "allow",
          "cache-control",
          "strict-transport-security",
          "connection",
          "content-length",
          "content-type",
          "date",
          "transfer-encoding",
          "content-security-policy",
          "referrer-policy",
          "retry-after",
          "x-content-type-options",
          "x-frame-options",
          "vary",
          "access-control-allow-origin",
          "access-control-expose-headers");

  private final Contract contract;
  private final Exchange exchange;
  private final List<String> wrong = new ArrayList<>();

  private AnswerCheck(Contract contract, Exchange exchange) {
    this.contract = contract;
    this.exchange = exchange;
  }

  /**
   * All that is wrong with an answer.
   *
   * @param body null where there is none that is JSON
   */
  static List<String> violations(
      Contract contract, DeclaredOperation operation, Exchange exchange, JsonNode body) {
    AnswerCheck check = new AnswerCheck(contract, exchange);
    operation
        .response(exchange.status())
        .ifPresentOrElse(
            declared -> check.answer(declared, body),
            () -> check.wrong.add(operation + " does not declare status " + exchange.status()));
    return check.wrong;
  }

  private void answer(JsonNode declared, JsonNode body) {
    headers(declared.path("headers"));
    JsonNode content = declared.path("content");
    List<String> types = exchange.headers().allValues("content-type");
    if (types.size() != 1 || !content.has(types.get(0))) {
      Set<String> allowed = new TreeSet<>();
      content.fieldNames().forEachRemaining(allowed::add);
      wrong.add("Content-Type must be one of " + allowed + ", not " + types);
      return;
    }
    if (exchange.method().equals("HEAD")) {
      return;
    }
    if (types.get(0).equals("application/json")) {
      wrong.addAll(
          SchemaCheck.violations(
              contract, content.path("application/json").path("schema"), body, "body"));
    }
  }

  private void headers(JsonNode declared) {
    declared
        .fields()
        .forEachRemaining(header -> header(header.getKey(), contract.resolved(header.getValue())));
    Set<String> known = new TreeSet<>(NEVER_DECLARED);
    declared.fieldNames().forEachRemaining(name -> known.add(name.toLowerCase(Locale.ROOT)));
    for (Map.Entry<String, List<String>> header : exchange.headers().map().entrySet()) {
      if (!known.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        wrong.add("the header " + header.getKey() + " is not declared");
      }
    }
  }

  private void header(String name, JsonNode header) {
    List<String> values = exchange.headers().allValues(name);
    if (values.size() > 1 || (values.isEmpty() && header.path("required").asBoolean())) {
      wrong.add("the header " + name + " must be there once, not as " + values);
      return;
    }
    if (!values.isEmpty()) {
      wrong.addAll(
          SchemaCheck.violations(
              contract,
              header.path("schema"),
              value(header.path("schema"), values.get(0)),
              "header " + name));
    }
  }

  private static JsonNode value(JsonNode schema, String text) {
    return schema.path("type").asText().equals("integer") && text.matches("-?[0-9]+")
        ? BigIntegerNode.valueOf(new BigInteger(text))
        : TextNode.valueOf(text);
  }
}
