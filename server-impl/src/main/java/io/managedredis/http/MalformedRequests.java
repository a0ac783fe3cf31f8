package io.managedredis.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.operation.StatusCode;
import java.util.List;
import java.util.UUID;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.ErrorPageGenerator;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.jspecify.annotations.Nullable;

/**
 * Answers in the contract's shape what never reaches a handler: requests that are no HTTP, and what
 * Grizzly itself refuses.
 */
final class MalformedRequests implements AddOn, ErrorPageGenerator {

  private final ObjectMapper json;
  private final SecurityHeaders headers;
  private final ConnectionGuard guard;
  private final Limits limits;

  MalformedRequests(
      ObjectMapper json, SecurityHeaders headers, ConnectionGuard guard, Limits limits) {
    this.json = json;
    this.headers = headers;
    this.guard = guard;
    this.limits = limits;
  }

  @Override
  public void setup(NetworkListener listener, FilterChainBuilder builder) {
    int codec = builder.indexOfType(HttpServerFilter.class);
    builder.set(codec, new StatusAnsweringFilter(listener));
    builder.add(codec, guard);
  }

  /** What Grizzly would answer with a page of HTML. */
  @Override
  public String generate(
      Request request,
      int status,
      @Nullable String reasonPhrase,
      @Nullable String description,
      @Nullable Throwable exception) {
    request.getResponse().setContentType("application/json");
    Object known = request.getAttribute(RequestAttributes.REQUEST_ID);
    String id = known instanceof String text ? text : UUID.randomUUID().toString();
    request.getResponse().setHeader(ApiServer.REQUEST_ID_HEADER, id);
    headers.all().forEach(request.getResponse()::setHeader);
    return body(status, id);
  }

  private String body(int httpStatus, String requestId) {
    StatusCode code =
        httpStatus == 503
            ? StatusCode.UNAVAILABLE
            : httpStatus == 501 || httpStatus == 505
                ? StatusCode.UNIMPLEMENTED
                : httpStatus >= 500
                    ? StatusCode.INTERNAL
                    : httpStatus == 404 ? StatusCode.NOT_FOUND : StatusCode.INVALID_ARGUMENT;
    String message =
        switch (code) {
          case UNAVAILABLE -> "The server is shutting down. Try again later";
          case UNIMPLEMENTED -> "This server speaks HTTP/1.0 and HTTP/1.1 only";
          case INTERNAL -> ErrorMappers.Unexpected.MESSAGE + " " + requestId;
          default -> refused(httpStatus);
        };
    try {
      return json.writeValueAsString(
          Statuses.withRequestId(Statuses.of(code, message, List.of()), requestId));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a Status can always be written", e);
    }
  }

  private String refused(int httpStatus) {
    return switch (httpStatus) {
      case 413 -> "The request's body is larger than " + limits.bodyBytes() + " bytes. Send none";
      case 414 -> "The request line is larger than " + limits.headerBytes() + " bytes";
      case 431 ->
          "The request has more than "
              + RequestHead.MOST_HEADERS
              + " headers, or they are larger than "
              + limits.headerBytes()
              + " bytes together with the request line";
      default -> "The request is not well-formed HTTP, or larger than this server takes";
    };
  }

  /** The codec with a body for what it refuses. */
  private final class StatusAnsweringFilter extends RequestCodec {

    StatusAnsweringFilter(NetworkListener listener) {
      super(listener, guard, limits);
    }

    @Override
    protected HttpContent customizeErrorResponse(HttpResponsePacket response) {
      if (response.getStatus() < 400) {
        return super.customizeErrorResponse(response);
      }
      response.getHeaders().setValue(Header.Connection).setString("close");
      String id = UUID.randomUUID().toString();
      Buffer body =
          Buffers.wrap(
              MemoryManager.DEFAULT_MEMORY_MANAGER,
              body(response.getStatus(), id),
              java.nio.charset.StandardCharsets.UTF_8);
      response.setHeader(ApiServer.REQUEST_ID_HEADER, id);
      headers.all().forEach(response::setHeader);
      // Not by the response: it drops its media type when the request line never ended.
      response.getHeaders().setValue(Header.ContentType).setString("application/json");
      response.setContentLength(body.remaining());
      return HttpContent.builder(response).content(body).last(true).build();
    }
  }
}
