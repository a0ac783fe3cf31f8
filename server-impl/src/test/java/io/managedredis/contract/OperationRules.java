package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.access.Role;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What every operation says of itself: tag, name, text, parameters. */
final class OperationRules {

  /** With which words the operationId of a method begins; a custom method begins with its verb. */
  private static final Map<String, Set<String>> VERBS =
      Map.of(
          "get", Set.of("get", "list", "download"),
          "delete", Set.of("delete"),
          "post", Set.of("create"),
          "patch", Set.of("update"),
          "put", Set.of("replace"));

  /** All that an operation says; servers or security of its own would be the contract's no more. */
  private static final Set<String> SAYS =
      Set.of(
          "tags",
          "operationId",
          "summary",
          "description",
          "deprecated",
          "parameters",
          "requestBody",
          "responses",
          "x-required-role",
          "x-extension");

  private static final Pattern VERB_AND_NOUN = Pattern.compile("([a-z]+)([A-Z][a-z]+)+");
  private static final Pattern CUSTOM = Pattern.compile(".*\\{([^}]+)}:([a-z]+)");
  private static final int LONGEST_SUMMARY = 60;
  private static final int SHORTEST_DESCRIPTION = 60;

  private final Lint lint;

  OperationRules(Lint lint) {
    this.lint = lint;
  }

  void check() {
    Map<String, String> tags = new HashMap<>();
    for (JsonNode tag : lint.contract().document().path("tags")) {
      tags.put(tag.path("name").asText(), tag.path("description").asText());
    }
    Set<String> names = new HashSet<>();
    Set<String> used = new HashSet<>();
    for (Lint.Written operation : lint.operations()) {
      String name = operation.name();
      lint.require(
          operation.node().path("tags").size() == 1
              && tags.containsKey(operation.node().path("tags").path(0).asText()),
          name,
          "has exactly one tag, a declared one");
      used.add(operation.node().path("tags").path(0).asText());
      lint.require(names.add(name), name, "has an operationId of its own");
      lint.require(isVerbAndNoun(operation), name, "is named verb and noun, by its method");
      operation
          .node()
          .fieldNames()
          .forEachRemaining(
              word -> lint.require(SAYS.contains(word), name, "has no " + word + " of its own"));
      checkText(operation);
      lint.require(
          Role.named(operation.node().path("x-required-role").asText()).isPresent(),
          name,
          "says in x-required-role who may call it, one of " + List.of(Role.values()));
      lint.require(
          !operation.changes() || has(operation, "#/components/parameters/IdempotencyKey"),
          name,
          "takes Idempotency-Key, as it changes something");
      for (JsonNode parameter : operation.node().path("parameters")) {
        lint.require(parameter.has("$ref"), name, "has its parameters as components");
      }
    }
    tags.forEach(
        (tag, description) ->
            lint.require(
                used.contains(tag) && !description.isBlank(),
                "tag " + tag,
                "is described and has an operation"));
    lint.contract().operations().forEach(this::checkCustomMethod);
    lint.contract().operations().forEach(this::checkPath);
  }

  private static boolean isVerbAndNoun(Lint.Written operation) {
    var name = VERB_AND_NOUN.matcher(operation.node().path("operationId").asText());
    var custom = CUSTOM.matcher(operation.path());
    return name.matches()
        && (custom.matches()
            ? name.group(1).equals(custom.group(2))
            : VERBS.getOrDefault(operation.method(), Set.of()).contains(name.group(1)));
  }

  private void checkText(Lint.Written operation) {
    String summary = operation.node().path("summary").asText();
    lint.require(
        !summary.isBlank() && summary.length() <= LONGEST_SUMMARY && !summary.endsWith("."),
        operation.name(),
        "has a summary of at most " + LONGEST_SUMMARY + " characters without a full stop");
    lint.require(
        operation.node().path("description").asText().strip().length() >= SHORTEST_DESCRIPTION,
        operation.name(),
        "has a description of at least " + SHORTEST_DESCRIPTION + " characters");
  }

  private static boolean has(Lint.Written operation, String reference) {
    for (JsonNode parameter : operation.node().path("parameters")) {
      if (parameter.path("$ref").asText().equals(reference)) {
        return true;
      }
    }
    return false;
  }

  /** An id with a verb behind it must not look like an id, or GET would take it for one. */
  private void checkCustomMethod(DeclaredOperation operation) {
    var custom = CUSTOM.matcher(operation.path());
    if (!custom.matches()) {
      return;
    }
    Parameter id = operation.parameter(custom.group(1)).orElse(null);
    String example =
        id == null
            ? ""
            : id.example().map(JsonNode::asText).filter(text -> !text.isEmpty()).orElse("");
    String pattern = id == null ? "" : id.schema().path("pattern").asText();
    lint.require(
        !pattern.isEmpty()
            && Pattern.matches(pattern, example)
            && !Pattern.matches(pattern, example + ":" + custom.group(2)),
        operation.id(),
        "has an id with an example, and a pattern that the id with :"
            + custom.group(2)
            + " behind it does not match");
  }

  private void checkPath(DeclaredOperation operation) {
    Set<String> declared = new HashSet<>();
    for (Parameter parameter : operation.parameters()) {
      if (parameter.in().equals("path")) {
        declared.add(parameter.name());
        lint.require(
            parameter.required(), operation.id() + " " + parameter, "is required in the path");
      }
    }
    Set<String> written = new HashSet<>();
    var variable = Pattern.compile("\\{([^}]+)}").matcher(operation.path());
    while (variable.find()) {
      written.add(variable.group(1));
    }
    lint.require(
        declared.equals(written), operation.id(), "declares just the parameters of its path");
  }
}
