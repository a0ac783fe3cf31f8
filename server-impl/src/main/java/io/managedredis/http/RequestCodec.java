package io.managedredis.http;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.FilterChainEvent;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpContext;
import org.glassfish.grizzly.http.HttpEvents;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpPacketParsing;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.http.util.MimeHeaders;

/**
 * Grizzly's codec, stricter: refuses what could be read in more than one way and what is too large,
 * and tells the {@link ConnectionGuard} what a connection is at.
 */
class RequestCodec extends HttpServerFilter {

  private final ConnectionGuard guard;
  private final Limits limits;

  /** Grizzly's: the request whose head or body is not complete. */
  private final Attribute<HttpRequestPacket> arriving =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(HTTP_SERVER_REQUEST_ATTR_NAME);

  RequestCodec(NetworkListener listener, ConnectionGuard guard, Limits limits) {
    super(
        listener.isChunkingEnabled(),
        limits.headerBytes(),
        null,
        listener.getKeepAlive(),
        null,
        RequestHead.MOST_HEADERS,
        listener.getMaxResponseHeaders());
    this.guard = guard;
    this.limits = limits;
    setAllowPayloadForUndefinedHttpMethods(true);
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) throws IOException {
    Connection<?> connection = ctx.getConnection();
    WatchedConnection watched = guard.of(connection);
    watched.reading(arriving.get(connection) == null);
    NextAction next = super.handleRead(ctx);
    if (watched.broken()) {
      // As Grizzly does with a broken head: nobody may take what follows for a request.
      NextAction deaf = ctx.getSuspendAction();
      ctx.completeAndRecycle();
      return deaf;
    }
    if (watched.bodyTooLarge()) {
      // The answer was given before; what comes now is for nobody.
      connection.terminateSilently();
    }
    watched.read(arriving.get(connection) == null);
    return next;
  }

  @Override
  protected boolean decodeHttpPacket(
      FilterChainContext ctx, HttpPacketParsing packet, Buffer input) {
    Optional<RequestHead.Flaw> flaw = guard.of(ctx.getConnection()).head().read(input);
    if (flaw.isPresent()) {
      throw refused((HttpRequestPacket) packet, flaw.get().httpStatus());
    }
    return super.decodeHttpPacket(ctx, packet, input);
  }

  /**
   * Grizzly looks at the port in Host, or in an absolute target, only when its handler asks for it,
   * and then takes one that is none for a failure of its own: 500. Asked for here, it is 400.
   */
  @Override
  protected void onHttpHeadersParsed(
      HttpHeader httpHeader, MimeHeaders headers, FilterChainContext ctx) {
    super.onHttpHeadersParsed(httpHeader, headers, ctx);
    if (httpHeader instanceof HttpRequestPacket request) {
      DataChunk unused = request.serverName();
    }
  }

  @Override
  protected boolean onHttpHeaderParsed(HttpHeader header, Buffer buffer, FilterChainContext ctx) {
    HttpRequestPacket request = (HttpRequestPacket) header;
    guard.of(ctx.getConnection()).headComplete(buffer.remaining());
    boolean error = super.onHttpHeaderParsed(header, buffer, ctx);
    if (!error) {
      requireOneReading(request);
      if (request.getContentLength() > limits.bodyBytes()) {
        throw refused(request, HttpStatus.REQUEST_ENTITY_TOO_LARGE_413.getStatusCode());
      }
    }
    return error;
  }

  @Override
  protected void onHttpContentParsed(HttpContent content, FilterChainContext ctx) {
    if (guard.of(ctx.getConnection()).content(content.getContent().remaining())) {
      throw refused(
          (HttpRequestPacket) content.getHttpHeader(),
          HttpStatus.REQUEST_ENTITY_TOO_LARGE_413.getStatusCode());
    }
  }

  @Override
  protected void onHttpContentError(HttpHeader header, FilterChainContext ctx, Throwable error)
      throws IOException {
    guard.of(ctx.getConnection()).breaks();
    if (((HttpRequestPacket) header).getResponse().isCommitted()) {
      ctx.getConnection().terminateSilently();
    }
    super.onHttpContentError(header, ctx, error);
  }

  /** RFC 9112, sections 3.2 and 6.1 to 6.3: one host, and one way to tell where a body ends. */
  private static void requireOneReading(HttpRequestPacket request) {
    Optional<String> length = single(request, Header.ContentLength);
    Optional<String> encoding = single(request, Header.TransferEncoding);
    Optional<String> unused = single(request, Header.Host);
    // Grizzly drops a length that chunks follow, but counts it.
    int lengths = ((HttpPacketParsing) request).getHeaderParsingState().contentLengthHeadersCount;
    boolean readable;
    if (encoding.isPresent()) {
      readable =
          lengths == 0
              && length.isEmpty()
              && encoding.get().toLowerCase(Locale.ROOT).equals("chunked")
              && request.getProtocol() == Protocol.HTTP_1_1;
    } else {
      readable = lengths <= 1 && (length.isEmpty() || length.get().matches("[0-9]{1,18}"));
    }
    if (!readable) {
      throw refused(request, HttpStatus.BAD_REQUEST_400.getStatusCode());
    }
  }

  private static Optional<String> single(HttpRequestPacket request, Header header) {
    if (request.getHeaders().indexOf(header, 0) < 0) {
      return Optional.empty();
    }
    Iterator<String> values = request.getHeaders().values(header).iterator();
    String first = values.next();
    if (values.hasNext()) {
      throw refused(request, HttpStatus.BAD_REQUEST_400.getStatusCode());
    }
    return Optional.of(first);
  }

  /** What Grizzly answers with the response's status, and then closes the connection. */
  private static IllegalArgumentException refused(HttpRequestPacket request, int httpStatus) {
    HttpStatus.newHttpStatus(httpStatus, Statuses.reason(httpStatus))
        .setValues(request.getResponse());
    return new IllegalArgumentException("refused with " + httpStatus);
  }

  /**
   * An offer to speak another protocol may be left alone (RFC 9110, section 7.8). Java's own client
   * makes it with every request, and Grizzly would close the connection afterwards without a word:
   * the next request on it, which nobody may repeat when it is a POST, would be lost.
   */
  @Override
  protected void onIncomingUpgrade(FilterChainContext ctx, HttpHeader httpHeader) {
    httpHeader.getUpgradeDC().recycle();
  }

  @Override
  public NextAction handleEvent(FilterChainContext ctx, FilterChainEvent event) throws IOException {
    if (event.type() == HttpEvents.ResponseCompleteEvent.TYPE && ctx.getConnection().isOpen()) {
      boolean whole = !HttpContext.get(ctx).getRequest().isExpectContent();
      NextAction next = super.handleEvent(ctx, event);
      guard.of(ctx.getConnection()).answered(whole);
      return next;
    }
    return super.handleEvent(ctx, event);
  }
}
