package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The contract tells a caller all that it promises to tell. */
class ContractSanityTest {

  private static final Map<Integer, Set<Integer>> CODES =
      Map.of(
          400,
          Set.of(3, 9, 11),
          404,
          Set.of(5),
          406,
          Set.of(3),
          409,
          Set.of(6, 10),
          416,
          Set.of(11),
          429,
          Set.of(8),
          500,
          Set.of(2, 13, 15),
          503,
          Set.of(14));

  private final JsonNode contract;

  ContractSanityTest() throws IOException {
    contract =
        new ObjectMapper()
            .valueToTree(
                new Load(LoadSettings.builder().build())
                    .loadFromString(Files.readString(ContractFile.path())));
  }

  @Test
  void everyOperationIsDescribed() {
    List<String> tags = new ArrayList<>();
    contract.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
    Set<String> ids = new HashSet<>();
    for (JsonNode operation : operations()) {
      String id = operation.path("operationId").asText();
      assertThat(id).matches("[a-z][a-zA-Z]+");
      assertThat(ids.add(id)).as("%s is there once", id).isTrue();
      assertThat(operation.path("tags")).as(id).hasSize(1);
      assertThat(tags).contains(operation.path("tags").path(0).asText());
      assertThat(operation.path("summary").asText()).as(id).hasSizeBetween(5, 80);
      assertThat(operation.path("description").asText()).as(id).hasSizeGreaterThan(40);
    }
    assertThat(ids).hasSize(13);
  }

  @Test
  void everySuccessHasAnExample() {
    for (JsonNode operation : operations()) {
      JsonNode content = operation.path("responses").path("200").path("content");
      if (content.has("application/octet-stream")) {
        // A file of megabytes is no example; its headers have theirs.
        operation
            .path("responses")
            .path("200")
            .path("headers")
            .forEach(header -> assertThat(resolved(header).has("example")).isTrue());
        continue;
      }
      JsonNode examples = content.path("application/json");
      assertThat(examples.path("examples")).as("%s", operation.path("operationId")).isNotEmpty();
    }
  }

  @Test
  void everyParameterIsAComponentWithLimits() {
    for (JsonNode operation : operations()) {
      for (JsonNode reference : operation.path("parameters")) {
        String where = operation.path("operationId") + " " + reference;
        assertThat(reference.path("$ref").asText()).startsWith("#/components/parameters/");
        JsonNode parameter = resolved(reference);
        assertThat(parameter.path("description").asText()).as(where).isNotBlank();
        assertLimited(parameter.path("schema"), where);
      }
    }
  }

  @Test
  void everyPropertyIsDescribedAndLimited() {
    forEachProperty(
        (name, property) -> {
          JsonNode schema = resolved(property);
          assertThat(schema.path("description").asText()).as(name).isNotBlank();
          assertLimited(schema, name);
        });
  }

  @Test
  void everyErrorAnswerIsAComponentWithANamedExamplePerCause() {
    for (JsonNode operation : operations()) {
      operation
          .path("responses")
          .fields()
          .forEachRemaining(
              response -> {
                if (response.getKey().startsWith("2")) {
                  return;
                }
                String where = operation.path("operationId") + " " + response.getKey();
                assertThat(response.getValue().path("$ref").asText())
                    .as(where)
                    .startsWith("#/components/responses/");
                JsonNode body =
                    resolved(response.getValue()).path("content").path("application/json");
                assertThat(body.path("schema").path("$ref").asText())
                    .isEqualTo("#/components/schemas/Status");
                assertThat(body.path("examples")).as(where).isNotEmpty();
              });
    }
  }

  @Test
  void theExampleOfAnErrorHasACodeOfItsHttpStatus() {
    for (JsonNode operation : operations()) {
      operation
          .path("responses")
          .fields()
          .forEachRemaining(
              response -> {
                int status = Integer.parseInt(response.getKey());
                JsonNode body =
                    resolved(response.getValue()).path("content").path("application/json");
                for (JsonNode example : body.path("examples")) {
                  if (status >= 300) {
                    assertThat(CODES.getOrDefault(status, Set.of()))
                        .as("%s %s", operation.path("operationId"), example)
                        .contains(resolved(example).path("value").path("code").asInt());
                  }
                }
              });
    }
  }

  @Test
  void everyAnswerCarriesTheRequestId() {
    for (JsonNode operation : operations()) {
      for (JsonNode response : operation.path("responses")) {
        JsonNode header = resolved(resolved(response).path("headers").path("x-request-id"));
        assertThat(header.path("required").asBoolean())
            .as("%s", operation.path("operationId"))
            .isTrue();
      }
    }
  }

  @Test
  void everyExampleIsNamedAndUsed() {
    String text = contract.toString();
    contract
        .path("components")
        .path("examples")
        .fields()
        .forEachRemaining(
            example -> {
              assertThat(example.getValue().path("summary").asText()).isNotBlank();
              assertThat(text).contains("\"#/components/examples/" + example.getKey() + "\"");
            });
  }

  @Test
  void exactlyOurAdditionsAreMarkedAsExtensions() {
    List<String> marked = new ArrayList<>();
    forEachProperty(
        (name, property) -> {
          if (property.has("x-extension")) {
            assertThat(property.path("x-extension").isBoolean()).as(name).isTrue();
            marked.add(name);
          }
        });

    assertThat(marked)
        .containsExactlyInAnyOrder(
            "OperationMetadata.backupId",
            "OperationMetadata.bytesCaptured",
            "OperationMetadata.bytesVerified",
            "OperationMetadata.shardsDone",
            "OperationMetadata.shardsTotal");
  }

  @Test
  void callersMaySendABearerToken() {
    JsonNode bearer = contract.path("components").path("securitySchemes").path("bearer");

    assertThat(bearer.path("type").asText()).isEqualTo("http");
    assertThat(bearer.path("scheme").asText()).isEqualTo("bearer");
    assertThat(contract.path("security").path(0).has("bearer")).isTrue();
  }

  private static void assertLimited(JsonNode schema, String where) {
    switch (schema.path("type").asText()) {
      case "string" ->
          assertThat(
                  schema.has("maxLength")
                      || schema.has("enum")
                      || schema.path("format").asText().equals("date-time"))
              .as("%s has a limit", where)
              .isTrue();
      case "integer" ->
          assertThat(schema.has("minimum") && schema.has("maximum"))
              .as("%s has limits", where)
              .isTrue();
      case "array" -> assertThat(schema.has("maxItems")).as("%s has a limit", where).isTrue();
      case "boolean", "object" -> assertThat(schema.has("description")).as(where).isTrue();
      default -> throw new AssertionError(where + " has the type " + schema.path("type"));
    }
  }

  private void forEachProperty(BiConsumer<String, JsonNode> check) {
    contract
        .path("components")
        .path("schemas")
        .fields()
        .forEachRemaining(
            schema ->
                schema
                    .getValue()
                    .path("properties")
                    .fields()
                    .forEachRemaining(
                        property ->
                            check.accept(
                                schema.getKey() + "." + property.getKey(), property.getValue())));
  }

  private List<JsonNode> operations() {
    List<JsonNode> operations = new ArrayList<>();
    contract.path("paths").forEach(path -> path.forEach(operations::add));
    return operations;
  }

  private JsonNode resolved(JsonNode node) {
    String reference = node.path("$ref").asText();
    if (reference.isEmpty() && node.path("allOf").size() == 1) {
      // The way of OpenAPI 3.0 to say something about a reference.
      return resolved(node.path("allOf").get(0));
    }
    return reference.isEmpty() ? node : contract.at(reference.substring(1));
  }
}
