package io.managedredis.http;

import io.managedredis.tls.ServerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.ssl.SSLConnectionContext;
import org.glassfish.grizzly.ssl.SSLEngineConfigurator;
import org.glassfish.grizzly.ssl.SSLUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of each connection. No handshake holds a thread while its client is silent, and each has to
 * be done within 10 seconds from the connection's first moment.
 */
final class TlsFilter extends SSLBaseFilter implements AddOn, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TlsFilter.class);
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** What a record of TLS begins with (RFC 8446, section 5.1). */
  private static final int FIRST_TYPE = 20;

  private static final int LAST_TYPE = 23;

  private final ServerTls tls;
  private final ScheduledThreadPoolExecutor clock;

  /** Connections that have not shaken hands yet, each with what ends it. */
  private final Map<Connection<?>, Future<?>> deadlines = new ConcurrentHashMap<>();

  TlsFilter(ServerTls tls) {
    super(new Engines(tls));
    this.tls = tls;
    clock =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "tls-handshakes");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void setup(NetworkListener listener, FilterChainBuilder builder) {
    builder.set(builder.indexOfType(SSLBaseFilter.class), this);
  }

  @Override
  public NextAction handleAccept(FilterChainContext ctx) throws IOException {
    Connection<?> connection = ctx.getConnection();
    deadlines.put(
        connection,
        clock.schedule(
            () -> {
              if (deadlines.remove(connection) != null) {
                log.debug("{}: no TLS handshake within {}", connection.getPeerAddress(), HANDSHAKE);
                connection.terminateSilently();
              }
            },
            HANDSHAKE.toMillis(),
            TimeUnit.MILLISECONDS));
    return super.handleAccept(ctx);
  }

  @Override
  public NextAction handleClose(FilterChainContext ctx) throws IOException {
    settle(ctx.getConnection());
    return super.handleClose(ctx);
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) throws IOException {
    if (!deadlines.containsKey(ctx.getConnection())) {
      return super.handleRead(ctx);
    }
    Buffer received = ctx.getMessage();
    SSLConnectionContext session = obtainSslConnectionContext(ctx.getConnection());
    try {
      requireRecord(received);
      return super.handleRead(ctx);
    } catch (SSLException e) {
      log.debug("{}: no TLS: {}", ctx.getConnection().getPeerAddress(), e.toString());
      tellWhy(ctx, session);
      throw e;
    }
  }

  /** Grizzly would take the letters of plain HTTP for a length, and wait for the rest. */
  private static void requireRecord(Buffer received) throws SSLException {
    if (received.hasRemaining()) {
      byte type = received.get(received.position());
      if (type < FIRST_TYPE || type > LAST_TYPE) {
        throw new SSLException("a record of TLS can't begin with " + type);
      }
    }
  }

  /** The alert that the engine has ready says more to the client than a closed connection. */
  private static void tellWhy(FilterChainContext ctx, SSLConnectionContext session) {
    try {
      if (session.getSslEngine() != null
          && session.getSslEngine().getHandshakeStatus()
              == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
        ctx.write(SSLUtils.handshakeWrap(ctx.getConnection(), session, null));
      }
    } catch (SSLException e) {
      log.debug("{}: no alert: {}", ctx.getConnection().getPeerAddress(), e.toString());
    }
  }

  @Override
  protected void notifyHandshakeComplete(Connection<?> connection, SSLEngine engine) {
    settle(connection);
    super.notifyHandshakeComplete(connection, engine);
  }

  private void settle(Connection<?> connection) {
    Future<?> deadline = deadlines.remove(connection);
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /**
   * What the engine wants after the handshake: an answer to a new key, to the session's end, or to
   * a renegotiation of TLS 1.2. Grizzly would wait here for the client without a limit, on a worker
   * thread, and lose what the client sent behind it.
   */
  @Override
  protected Buffer doHandshakeSync(
      SSLConnectionContext session, FilterChainContext ctx, Buffer input, long timeoutMillis)
      throws IOException {
    SSLEngine engine = session.getSslEngine();
    if (!engine.isInboundDone() && engine.getSession().getProtocol().equals("TLSv1.2")) {
      throw new SSLException("a renegotiation");
    }
    Buffer unused = doHandshakeStep(session, ctx, null);
    if (SSLUtils.isHandshaking(engine)) {
      throw new SSLException("more of a handshake than an answer ends");
    }
    return ctx.getMessage();
  }

  /** Ends the clock; {@link ServerTls} looks no more at its files. */
  @Override
  public void close() {
    clock.shutdownNow();
    tls.close();
  }

  /** Engines with the certificate of the moment. */
  private static final class Engines extends SSLEngineConfigurator {

    private final ServerTls tls;

    Engines(ServerTls tls) {
      this.tls = tls;
    }

    @Override
    public SSLEngine createSSLEngine() {
      return tls.engine();
    }

    @Override
    public SSLEngine createSSLEngine(String peerHost, int peerPort) {
      return tls.engine();
    }
  }
}
