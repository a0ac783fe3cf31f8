package io.managedredis.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.BackupType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract shows as an example, the client reads, and writes back as it was. */
class ModelRoundTripTest {

  private static final Path CONTRACT = Path.of("..", "openapi", "managed-redis.yaml");

  private final ObjectMapper json = ApiClient.createDefaultObjectMapper();

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void anExampleOfTheContractIsWrittenBackAsItWasRead(String name, String model, String example)
      throws Exception {
    Class<?> type = Class.forName("io.managedredis.client.model." + model);

    JsonNode written = json.valueToTree(json.readValue(example, type));

    assertThat(comparable(written)).as(name).isEqualTo(comparable(json.readTree(example)));
  }

  /** Every example of every answer, with the model of that answer. */
  static Stream<Arguments> examples() throws IOException {
    JsonNode contract = new YAMLMapper().readTree(CONTRACT.toFile());
    Map<String, Arguments> examples = new LinkedHashMap<>();
    for (JsonNode path : contract.path("paths")) {
      for (JsonNode operation : path) {
        for (JsonNode declared : operation.path("responses")) {
          JsonNode content = resolved(contract, declared).path("content").path("application/json");
          String model = lastPart(content.path("schema").path("$ref").asText());
          for (JsonNode reference : content.path("examples")) {
            String name = lastPart(reference.path("$ref").asText());
            examples.put(
                model + " " + name,
                Arguments.of(name, model, resolved(contract, reference).path("value").toString()));
          }
        }
      }
    }
    assertThat(examples).hasSizeGreaterThan(20);
    return examples.values().stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.000000001Z",
        "1969-12-31T23:59:59.999999999Z",
        "2026-11-22T03:15:00.123456789Z",
        "9999-12-31T23:59:59.999999999Z"
      })
  void anInstantSurvivesToTheNanosecond(String instant) throws JsonProcessingException {
    String text =
        "{\"id\":\"c:s\",\"folderId\":\"f\",\"createdAt\":\"%s\",\"sourceClusterId\":\"c\",\"startedAt\":\"%s\"}"
            .formatted(instant, instant);

    Backup read = json.readValue(text, Backup.class);

    assertThat(read.getCreatedAt()).isEqualTo(OffsetDateTime.parse(instant));
    assertThat(json.writeValueAsString(read)).contains("\"createdAt\":\"" + instant + "\"");
  }

  @Test
  void aTypeThatANewerServerAddsIsReadAsUnknown() throws JsonProcessingException {
    Backup read = json.readValue("{\"id\":\"c:s\",\"type\":\"IMPORTED\"}", Backup.class);

    assertThat(read.getType()).isEqualTo(BackupType.UNKNOWN_DEFAULT_OPEN_API);
  }

  @Test
  void aFieldThatANewerServerAddsDoesNoHarm() throws JsonProcessingException {
    Backup read = json.readValue("{\"id\":\"c:s\",\"sizeBytes\":\"5\"}", Backup.class);

    assertThat(read.getId()).isEqualTo("c:s");
  }

  private static JsonNode resolved(JsonNode contract, JsonNode node) {
    String reference = node.path("$ref").asText();
    return reference.isEmpty() ? node : contract.at(reference.substring(1));
  }

  private static String lastPart(String reference) {
    return reference.substring(reference.lastIndexOf('/') + 1);
  }

  /** Trailing zeros of an instant's fraction say nothing, so instants are compared as such. */
  private static JsonNode comparable(JsonNode node) {
    if (node instanceof TextNode text) {
      try {
        return new TextNode(OffsetDateTime.parse(text.asText()).toInstant().toString());
      } catch (DateTimeParseException e) {
        return text;
      }
    }
    if (node.isIntegralNumber()) {
      // JSON knows one kind of number, whatever Java reads it into.
      return new BigIntegerNode(node.bigIntegerValue());
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = object.objectNode();
      object.fields().forEachRemaining(f -> copy.set(f.getKey(), comparable(f.getValue())));
      return copy;
    }
    if (node.isArray()) {
      var copy = ((com.fasterxml.jackson.databind.node.ArrayNode) node).arrayNode();
      node.forEach(element -> copy.add(comparable(element)));
      return copy;
    }
    return node;
  }
}
