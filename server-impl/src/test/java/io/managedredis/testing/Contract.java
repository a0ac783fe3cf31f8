package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The contract as data: its operations with their parameters and answers, references resolved. */
public final class Contract {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
  private static final Pattern STATUS = Pattern.compile("[0-9]{3}");
  private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

  private final JsonNode document;
  private final List<DeclaredOperation> operations;

  /**
   * One operation.
   *
   * @param method upper case
   * @param path the template, such as {@code /operations/{operationId}}
   * @param parameters in the order in which they are declared
   * @param responses by HTTP status, resolved
   */
  public record DeclaredOperation(
      String id,
      String method,
      String path,
      List<Parameter> parameters,
      Map<Integer, JsonNode> responses) {

    /** The parameter of this name. */
    public Optional<Parameter> parameter(String name) {
      return parameters.stream().filter(parameter -> parameter.name().equals(name)).findFirst();
    }

    /** What is declared of the answer with this HTTP status. */
    public Optional<JsonNode> response(int status) {
      return Optional.ofNullable(responses.get(status));
    }

    /** The names in the path, in order. */
    public List<String> pathNames() {
      return VARIABLE
          .matcher(path)
          .results()
          .map(r -> path.substring(r.start() + 1, r.end() - 1))
          .toList();
    }

    /** What a path in a request line looks like; a group for each of {@link #pathNames()}. */
    public Pattern pathPattern() {
      StringBuilder regex = new StringBuilder();
      int end = 0;
      for (Matcher variable = VARIABLE.matcher(path); variable.find(); ) {
        regex.append(Pattern.quote(path.substring(end, variable.start()))).append("([^/]+)");
        end = variable.end();
      }
      return Pattern.compile(regex.append(Pattern.quote(path.substring(end))).toString());
    }

    /** Whether it answers a list page by page. */
    public boolean isPaged() {
      return parameter("pageToken").isPresent();
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /**
   * One parameter of an operation.
   *
   * @param in {@code path}, {@code query} or {@code header}
   * @param schema resolved
   * @param example absent when the contract has none
   */
  public record Parameter(
      String name, String in, boolean required, JsonNode schema, Optional<JsonNode> example) {

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * One example of one answer.
   *
   * @param name as the answer calls it
   * @param component the one place where it stands, by its name; several answers can share it
   * @param schema the name of the answer's schema, which is also that of the generated models
   */
  public record Example(
      DeclaredOperation operation,
      int status,
      String name,
      String component,
      String schema,
      JsonNode value) {

    @Override
    public String toString() {
      return operation + " " + status + " " + name;
    }
  }

  private Contract(JsonNode document) {
    this.document = document;
    List<DeclaredOperation> found = new ArrayList<>();
    document
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        method -> {
                          if (METHODS.contains(method.getKey())) {
                            found.add(operation(path.getKey(), method.getKey(), method.getValue()));
                          }
                        }));
    operations = List.copyOf(found);
  }

  /** The hand-written contract of this source tree. */
  public static Contract present() {
    try {
      return parse(Files.readString(ContractFile.path()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The contract that this document is; it must not change afterwards. */
  public static Contract of(JsonNode document) {
    return new Contract(document);
  }

  /** The contract that this text is. */
  public static Contract parse(String yaml) {
    return new Contract(
        new ObjectMapper()
            .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml)));
  }

  private DeclaredOperation operation(String path, String method, JsonNode operation) {
    List<Parameter> parameters = new ArrayList<>();
    for (JsonNode reference : operation.path("parameters")) {
      JsonNode parameter = resolved(reference);
      parameters.add(
          new Parameter(
              parameter.path("name").asText(),
              parameter.path("in").asText(),
              parameter.path("required").asBoolean(),
              resolved(parameter.path("schema")),
              Optional.ofNullable(parameter.get("example"))));
    }
    Map<Integer, JsonNode> responses = new TreeMap<>();
    operation
        .path("responses")
        .fields()
        .forEachRemaining(
            response -> {
              // A range or a default, which our rules forbid, is no status.
              if (STATUS.matcher(response.getKey()).matches()) {
                responses.put(Integer.valueOf(response.getKey()), resolved(response.getValue()));
              }
            });
    return new DeclaredOperation(
        operation.path("operationId").asText(),
        method.toUpperCase(Locale.ROOT),
        path,
        List.copyOf(parameters),
        responses);
  }

  /** The whole document. */
  public JsonNode document() {
    return document;
  }

  /** All operations, in the order in which they are written. */
  public List<DeclaredOperation> operations() {
    return operations;
  }

  /** All examples of all answers, in the order in which they are written. */
  public List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (DeclaredOperation operation : operations) {
      operation
          .responses()
          .forEach(
              (status, response) -> {
                JsonNode content = response.path("content").path("application/json");
                content
                    .path("examples")
                    .fields()
                    .forEachRemaining(
                        example ->
                            examples.add(
                                new Example(
                                    operation,
                                    status,
                                    example.getKey(),
                                    lastPart(example.getValue()),
                                    lastPart(content.path("schema")),
                                    resolved(example.getValue()).path("value"))));
              });
    }
    return examples;
  }

  /**
   * What is wrong with an example, by its schema and by what the contract promises in words; empty
   * when nothing is. Stricter than JSON Schema: what is not declared is not allowed.
   */
  public List<String> violations(Example example) {
    JsonNode schema = document.path("components").path("schemas").path(example.schema());
    List<String> wrong =
        new ArrayList<>(SchemaCheck.violations(this, schema, example.value(), example.schema()));
    if (wrong.isEmpty() && example.status() < 300) {
      wrong.addAll(PromiseCheck.violations(example.value()));
    }
    if (example.status() >= 400
        && !StatusCodes.of(example.status()).contains(example.value().path("code").asInt())) {
      wrong.add("the code does not go with HTTP " + example.status());
    }
    return wrong;
  }

  /** What is wrong with a value that stands beside its schema, as in a header or a parameter. */
  public List<String> violations(JsonNode schema, JsonNode value) {
    return SchemaCheck.violations(this, schema, value, "example");
  }

  private static String lastPart(JsonNode reference) {
    String path = reference.path("$ref").asText();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * The operation of this operationId.
   *
   * @throws IllegalArgumentException when there is none
   */
  public DeclaredOperation operation(String id) {
    return operations.stream()
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the contract has no operation " + id));
  }

  /**
   * The operation that answers a request: among those whose path fits, the one with most literal
   * characters, as in JAX-RS 3.7.2.
   *
   * @param rawPath as it stands in the request line, without the query
   */
  public Optional<DeclaredOperation> at(String method, String rawPath) {
    return operations.stream()
        .filter(
            operation ->
                operation.method().equals(method)
                    && operation.pathPattern().matcher(rawPath).matches())
        .max(Comparator.comparingInt(operation -> literals(operation.path())));
  }

  private static int literals(String path) {
    return VARIABLE.matcher(path).replaceAll("").length();
  }

  /**
   * What a reference points to, also one that stands alone in an {@code allOf}; anything else is
   * itself.
   */
  public JsonNode resolved(JsonNode node) {
    if (node.has("$ref")) {
      JsonNode target = document.at(node.path("$ref").asText().substring(1));
      if (target.isMissingNode()) {
        throw new IllegalStateException("the contract lacks " + node.path("$ref").asText());
      }
      return resolved(target);
    }
    // The way of OpenAPI 3.0 to say something about a reference.
    return node.path("allOf").size() == 1 ? resolved(node.path("allOf").get(0)) : node;
  }
}
