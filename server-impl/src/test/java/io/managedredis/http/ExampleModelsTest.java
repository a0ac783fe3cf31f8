package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.managedredis.client.ApiClient;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.Example;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example of the contract is what its schema says, and the models on both sides read it and
 * write back the same.
 */
@Tag("contract")
class ExampleModelsTest {

  private static final Contract CONTRACT = Contract.present();

  private final ObjectMapper server = Json.mapper();
  private final ObjectMapper client = ApiClient.createDefaultObjectMapper();

  static Stream<Example> examples() {
    return CONTRACT.examples().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void anExampleIsWhatTheContractSays(Example example) {
    assertThat(CONTRACT.violations(example)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void theServersModelsReadAndWriteAnExample(Example example) throws Exception {
    Class<?> model = Class.forName("io.managedredis.api.model." + example.schema());

    // The very text of the answer, instants included.
    assertThat(normal(written(server, example, model))).isEqualTo(normal(example.value()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void theClientsModelsReadAndWriteAnExample(Example example) throws Exception {
    Class<?> model = Class.forName("io.managedredis.client.model." + example.schema());

    assertThat(instants(normal(written(client, example, model))))
        .isEqualTo(instants(normal(example.value())));
  }

  @Test
  void theExamplesOfHeadersAreWhatTheirSchemasSay() {
    for (JsonNode header : CONTRACT.document().path("components").path("headers")) {
      assertThat(header.has("example")).as("%s", header).isTrue();
      assertThat(CONTRACT.violations(header.path("schema"), header.path("example"))).isEmpty();
    }
  }

  @Test
  void theExamplesOfParametersAreWhatTheirSchemasSay() {
    for (JsonNode parameter : CONTRACT.document().path("components").path("parameters")) {
      // The documentation would send it, and a token can't be made up.
      assertThat(parameter.has("example"))
          .as("%s", parameter)
          .isEqualTo(!parameter.path("name").asText().equals("pageToken"));
      if (parameter.has("example")) {
        assertThat(CONTRACT.violations(parameter.path("schema"), number(parameter))).isEmpty();
      }
    }
  }

  private static JsonNode number(JsonNode parameter) {
    return normal(parameter.path("example"));
  }

  private static JsonNode written(ObjectMapper mapper, Example example, Class<?> model)
      throws Exception {
    return mapper.readTree(
        mapper.writeValueAsString(mapper.readValue(example.value().toString(), model)));
  }

  /** JSON knows one kind of number, whatever Java reads it into. */
  private static JsonNode normal(JsonNode node) {
    return node.isIntegralNumber()
        ? BigIntegerNode.valueOf(node.bigIntegerValue())
        : node.isObject() || node.isArray() ? copy(node, ExampleModelsTest::normal) : node;
  }

  /** The client may write an instant with fewer zeros; it is the same instant. */
  private static JsonNode instants(JsonNode node) {
    if (node.isTextual()) {
      try {
        return TextNode.valueOf(OffsetDateTime.parse(node.asText()).toInstant().toString());
      } catch (DateTimeParseException e) {
        return node;
      }
    }
    return node.isObject() || node.isArray() ? copy(node, ExampleModelsTest::instants) : node;
  }

  private static JsonNode copy(JsonNode node, UnaryOperator<JsonNode> ofPart) {
    if (node.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      node.forEach(entry -> array.add(ofPart.apply(entry)));
      return array;
    }
    var object = JsonNodeFactory.instance.objectNode();
    for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      object.set(field.getKey(), ofPart.apply(field.getValue()));
    }
    return object;
  }
}
