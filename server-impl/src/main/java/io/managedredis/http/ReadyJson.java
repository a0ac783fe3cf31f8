package io.managedredis.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

/** A model of the contract whose JSON is there already. What it holds besides is nobody's. */
interface ReadyJson {

  /** The JSON, in UTF-8. Not a copy: nobody changes it. */
  byte[] json();

  /** Sends it as it is. */
  final class Writer implements MessageBodyWriter<ReadyJson> {
    @Override
    public boolean isWriteable(
        Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
      return ReadyJson.class.isAssignableFrom(type);
    }

    @Override
    public void writeTo(
        ReadyJson ready,
        Class<?> type,
        Type genericType,
        Annotation[] annotations,
        MediaType mediaType,
        MultivaluedMap<String, Object> httpHeaders,
        OutputStream out)
        throws IOException {
      out.write(ready.json());
    }
  }

  /** Puts it into a larger document. */
  final class Serializer extends StdSerializer<ReadyJson> {
    private static final long serialVersionUID = 1L;

    Serializer() {
      super(ReadyJson.class);
    }

    @Override
    public void serialize(ReadyJson value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeRawValue(new String(value.json(), StandardCharsets.UTF_8));
    }
  }
}
