package io.managedredis.repository;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Documents as JSON: readable, in a stable order, instants in UTC to the nanosecond. Reading
 * refuses what is missing, there twice or of another type; unknown properties are left to later
 * versions of the same format.
 */
final class StrictJson {
  private final JsonMapper mapper = mapper();
  private final ObjectWriter writer = mapper.writer(prettyPrinter());

  /** The document as UTF-8. */
  byte[] write(Document document, Object value) throws ManifestException {
    try {
      return writer.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new ManifestException(document, "", "cannot be written: " + e.getOriginalMessage(), e);
    }
  }

  /** Takes the text apart, whatever it means. */
  JsonNode parse(Document document, byte[] json) throws ManifestException {
    try {
      return mapper.readTree(json);
    } catch (IOException e) {
      throw new ManifestException(
          document,
          "",
          "is not JSON, so its file was damaged or cut short; restore the file from a copy of the"
              + " repository, or delete the backup",
          e);
    }
  }

  /** The version of the format, looked at first, since a newer one may have other fields. */
  static int formatVersion(Document document, JsonNode parsed, int newest)
      throws ManifestException {
    JsonNode version = parsed.get("formatVersion");
    if (version == null || !version.isIntegralNumber() || version.bigIntegerValue().signum() < 1) {
      throw new ManifestException(document, "formatVersion", "is missing or not a positive number");
    }
    if (!version.canConvertToInt() || version.intValue() > newest) {
      throw new ManifestException(
          document,
          "formatVersion",
          "is "
              + Names.printable(version.asText())
              + ", this program knows "
              + newest
              + ": use a newer version of it");
    }
    return version.intValue();
  }

  /** The document as a value of ours. */
  <T> T map(Document document, JsonNode parsed, Class<T> type) throws ManifestException {
    try {
      return mapper.treeToValue(parsed, type);
    } catch (JsonMappingException e) {
      throw new ManifestException(
          document, path(e), "is missing or wrong: " + Names.printable(e.getOriginalMessage()), e);
    } catch (JsonProcessingException e) {
      throw new ManifestException(
          document, "", "cannot be read: " + Names.printable(e.getOriginalMessage()), e);
    }
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      String name = step.getFieldName();
      if (name == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(name);
      }
    }
    return path.toString();
  }

  private static JsonMapper mapper() {
    SimpleModule instants = new SimpleModule("instants");
    instants.addSerializer(new InstantWriter());
    instants.addDeserializer(Instant.class, new InstantReader());
    return JsonMapper.builder()
        .addModule(instants)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
        .withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  private static DefaultPrettyPrinter prettyPrinter() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    return printer;
  }

  private static final class InstantWriter extends StdScalarSerializer<Instant> {
    private static final long serialVersionUID = 1L;

    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant instant, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(instant.toString());
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1L;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
      String text = json.getValueAsString();
      try {
        // Instant.parse alone would also take another offset than Z, and years of ten digits.
        if (text != null && text.endsWith("Z") && Character.isDigit(text.charAt(0))) {
          return Instant.parse(text);
        }
      } catch (DateTimeException e) {
        return (Instant)
            context.handleWeirdStringValue(Instant.class, text, "not an instant in UTC");
      }
      return (Instant) context.handleUnexpectedToken(Instant.class, json);
    }
  }
}
