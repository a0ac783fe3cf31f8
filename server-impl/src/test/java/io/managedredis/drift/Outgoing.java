package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.glassfish.grizzly.http.server.Response;

/** An answer that a drift may change before it is written. */
final class Outgoing {

  static final String MARK = "drift.mark";
  private static final String REQUEST_ID = "x-request-id";

  private final ContainerRequestContext request;
  private final ContainerResponseContext response;
  private final ObjectMapper json;

  /** Holds the headers that are set before the API is asked. */
  private final Response front;

  Outgoing(
      ContainerRequestContext request,
      ContainerResponseContext response,
      ObjectMapper json,
      Response front) {
    this.request = request;
    this.response = response;
    this.json = json;
    this.front = front;
  }

  /** Whether {@link Incoming#mark()} was called for this request. */
  boolean isMarked() {
    return request.getProperty(MARK) != null;
  }

  int status() {
    return response.getStatus();
  }

  void status(int status) {
    response.setStatus(status);
  }

  Optional<String> header(String name) {
    return name.equals(REQUEST_ID)
        ? Optional.ofNullable(front.getHeader(name))
        : Optional.ofNullable(response.getHeaderString(name));
  }

  void header(String name, String value) {
    if (name.equals(REQUEST_ID)) {
      front.setHeader(name, value);
    } else {
      response.getHeaders().putSingle(name, value);
    }
  }

  void dropHeader(String name) {
    if (name.equals(REQUEST_ID)) {
      front.getResponse().getHeaders().removeHeader(name);
    } else {
      response.getHeaders().remove(name);
    }
  }

  /** The body as it will be written; empty when it is no JSON. */
  Optional<JsonNode> body() {
    MediaType type = response.getMediaType();
    if (!response.hasEntity() || type == null || !type.getSubtype().equals("json")) {
      return Optional.empty();
    }
    try {
      JsonNode tree = json.readTree(json.writeValueAsBytes(response.getEntity()));
      return Optional.of(tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void body(JsonNode tree) {
    response.setEntity(tree, new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
  }

  void body(byte[] bytes, String mediaType) {
    response.setEntity(bytes, new Annotation[0], MediaType.valueOf(mediaType));
  }

  void noBody() {
    response.setEntity(null);
  }

  /** Sends the same bytes under another name. */
  void mediaType(String mediaType) {
    Optional<JsonNode> body = body();
    if (body.isPresent()) {
      body(body.get().toString().getBytes(StandardCharsets.UTF_8), mediaType);
    } else {
      response.getHeaders().putSingle("Content-Type", mediaType);
    }
  }

  boolean isDownload() {
    return response.getEntity() instanceof StreamingOutput;
  }

  /** Puts something between the download and the wire. */
  void download(UnaryOperator<OutputStream> change) {
    StreamingOutput whole = (StreamingOutput) response.getEntity();
    StreamingOutput changed =
        out -> {
          OutputStream between = change.apply(out);
          whole.write(between);
          between.flush();
        };
    response.setEntity(
        changed, new Annotation[0], MediaType.valueOf(MediaType.APPLICATION_OCTET_STREAM));
  }
}
