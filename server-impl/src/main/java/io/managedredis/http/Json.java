package io.managedredis.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** JSON as the contract has it. */
final class Json {

  private Json() {}

  /**
   * Absent instead of null; instants in UTC with 0, 3, 6 or 9 digits of a fraction; nothing is
   * coerced or overlooked when reading.
   */
  static ObjectMapper mapper() {
    JavaTimeModule time = new JavaTimeModule();
    time.addSerializer(new CanonicalInstant());
    time.addSerializer(ReadyJson.class, new ReadyJson.Serializer());
    return JsonMapper.builder()
        .addModule(time)
        .serializationInclusion(JsonInclude.Include.NON_NULL)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /** The canonical form of a protobuf timestamp, which is what {@code ISO_INSTANT} prints. */
  private static final class CanonicalInstant extends StdSerializer<OffsetDateTime> {

    private static final long serialVersionUID = 1L;

    CanonicalInstant() {
      super(OffsetDateTime.class);
    }

    @Override
    public void serialize(OffsetDateTime value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(DateTimeFormatter.ISO_INSTANT.format(value.toInstant()));
    }
  }
}
