package io.managedredis.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.AuditLog;
import io.managedredis.access.CredentialVerifier;
import io.managedredis.catalog.Catalog;
import io.managedredis.cluster.ClusterHealth;
import io.managedredis.cluster.Clusters;
import io.managedredis.operation.Operations;
import io.managedredis.repository.Repository;
import io.managedredis.tls.ServerTls;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ext.ContextResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;
import org.glassfish.jersey.jackson.JacksonFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.validation.ValidationFeature;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: Jersey with the resources on Grizzly, and the pages beside the API. */
public final class ApiServer implements AutoCloseable {

  /** Every answer carries the id that the server gave to the request. */
  static final String REQUEST_ID_HEADER = "x-request-id";

  private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

  /** A download keeps a worker as long as its caller reads; these stay free for the others. */
  private static final int WORKERS = 24;

  /** Requests that have a worker or wait for one: what is answered in some tens of milliseconds. */
  private static final int IN_FLIGHT = 256;

  /** What may wait in memory for one slow client; by default four times the socket's buffer. */
  private static final int PENDING = 1 << 20;

  /** How long a client may take nothing of its answer. */
  private static final Duration STALLED_CLIENT = Duration.ofSeconds(30);

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final HttpServer server;
  private final NetworkListener listener;
  private final Readiness readiness;
  private final ConnectionGuard guard;
  private final LateRecords late = new LateRecords();
  private final @Nullable TlsFilter tls;

  /**
   * Listens.
   *
   * @param host a name or address of this host
   * @param port 0 to 65535; 0 takes a free one
   * @param contract what it answers by
   * @param settings how calls are taken
   * @param verifiers who tell whom a token belongs to; without any, nobody has to say who they are
   * @param openMetrics whether the metrics are for everybody all the same
   * @param audit where calls are put on record
   * @param filters further Jersey components, registered beside ours
   * @throws io.managedredis.tls.TlsFileException when the server's certificate can't be used
   * @throws IOException when the address can't be bound
   */
  public ApiServer(
      String host,
      int port,
      Contract contract,
      Catalog catalog,
      Repository repository,
      Operations operations,
      Clusters clusters,
      ClusterHealth health,
      Metrics metrics,
      HttpSettings settings,
      List<CredentialVerifier> verifiers,
      boolean openMetrics,
      AuditLog audit,
      List<Object> filters)
      throws IOException {
    ObjectMapper json = Json.mapper();
    Limits limits = settings.limits();
    boolean loopback = InetAddress.getByName(host).isLoopbackAddress();
    tls = tls(settings.tls());
    SecurityHeaders headers = new SecurityHeaders(tls != null);
    guard = new ConnectionGuard(limits, STALLED_CLIENT);
    MalformedRequests malformed = new MalformedRequests(json, headers, guard, limits);
    CrossOrigin crossOrigin = new CrossOrigin(settings.origins());
    readiness = new Readiness(catalog, repository);
    Authentication authentication = new Authentication(verifiers);
    CurrentCall call = new CurrentCall();
    CallRecords records = new CallRecords(audit);
    ResourceConfig application =
        application(
            json,
            contract.constraints(),
            catalog,
            repository,
            operations,
            clusters,
            health,
            new DownloadSlots(limits.downloads()),
            call,
            records);
    BrowserOrigin pagesOfOthers =
        new BrowserOrigin(crossOrigin, tls != null, host, !authentication.isRequired(), loopback);
    Entrance entrance = new Entrance(pagesOfOthers, authentication, limits.requestsPerMinute());
    application.register(new CallerFilter(entrance, call));
    // Behind the one that finds out which operation answers.
    application.register(
        new RequiredRoleFilter(contract.document().requiredRoles(), call, records),
        Priorities.USER + 1);
    filters.forEach(application::register);
    PromptCalls prompt =
        new PromptCalls(verifiers.stream().allMatch(CredentialVerifier::answersPromptly), late);
    Admission admission = new Admission(guard, prompt, IN_FLIGHT);
    metrics.limits(guard, admission);
    metrics.records(audit);
    FrontHandler front =
        new FrontHandler(
            new ApiHandler(application),
            admission,
            prompt,
            new Pages(
                contract.document(),
                readiness,
                metrics,
                openMetrics,
                // What is declared here is nobody's business who has not said who they are.
                authentication.isRequired() ? new Clusters(List.of()) : clusters,
                authentication.isRequired()),
            entrance,
            call,
            records,
            late,
            metrics,
            json,
            headers,
            crossOrigin,
            pagesOfOthers);
    listener = new NetworkListener("api", host, port);
    if (tls != null) {
      listener.setSecure(true);
      listener.registerAddOn(tls);
    }
    listener.registerAddOn(malformed);
    listener.setMaxPendingBytes(PENDING);
    listener.setMaxHttpHeaderSize(limits.headerBytes());
    // Ours watches over idle connections, and how often one is used does not matter.
    listener.getKeepAlive().setIdleTimeoutInSeconds(-1);
    listener.getKeepAlive().setMaxRequestsCount(-1);
    listener.getTransport().setWriteTimeout(STALLED_CLIENT.toSeconds(), TimeUnit.SECONDS);
    listener
        .getTransport()
        .setWorkerThreadPoolConfig(
            ThreadPoolConfig.defaultConfig()
                .setPoolName("http")
                .setDaemon(true)
                .setCorePoolSize(WORKERS + limits.downloads())
                .setMaxPoolSize(WORKERS + limits.downloads()));
    server = new HttpServer();
    server.addListener(listener);
    server.getServerConfiguration().setDefaultErrorPageGenerator(malformed);
    server.getServerConfiguration().setPassTraceRequest(true);
    server.getServerConfiguration().addHttpHandler(front, "/");
    try {
      server.start();
    } catch (IOException e) {
      closeOwn();
      throw e;
    }
  }

  private static ResourceConfig application(
      ObjectMapper json,
      Constraints constraints,
      Catalog catalog,
      Repository repository,
      Operations operations,
      Clusters clusters,
      ClusterHealth health,
      DownloadSlots downloads,
      CurrentCall call,
      CallRecords records) {
    PageTokens tokens = new PageTokens(catalog.secret("page-token", PageTokens.SECRET_BYTES));
    StartedOperations started = new StartedOperations(operations, clusters, call);
    ResourceConfig application = new ResourceConfig();
    application.register(
        new BackupResource(catalog.backups(), repository, started, tokens, downloads, call));
    application.register(
        new ClusterResource(
            clusters,
            health,
            catalog.clusters(),
            catalog.backups(),
            operations,
            started,
            tokens,
            call));
    application.register(new OperationResource(operations, started, call));
    application.register(new DeclaredParametersFilter());
    application.register(new StatusFilter(call, records));
    // Before the others: it may turn the answer into an error.
    application.register(new DownloadFilter(), Priorities.USER + 1000);
    ErrorMappers.all(call).forEach(application::register);
    application.register(new MapperResolver(json));
    application.register(new ReadyJson.Writer());
    application.register(constraints.binder());
    // Ours are complete; Jackson's own mappers would name Java classes in their answers.
    application.register(JacksonFeature.withoutExceptionMappers());
    application.register(ValidationFeature.class);
    application.property(ServerProperties.WADL_FEATURE_DISABLE, true);
    application.property(ServerProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true);
    application.property(ServerProperties.METAINF_SERVICES_LOOKUP_DISABLE, true);
    application.property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
    application.property(ServerProperties.MONITORING_ENABLED, false);
    application.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
    return application;
  }

  /** The port that is really bound. */
  public int port() {
    return listener.getPort();
  }

  /** Takes no more requests and lets those in flight finish, for up to 10 seconds. */
  @Override
  public void close() {
    try {
      HttpServer unused =
          server
              .shutdown(GRACE.toMillis(), TimeUnit.MILLISECONDS)
              .get(GRACE.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("Requests were cut off at shutdown: {}", e.toString());
      server.shutdownNow();
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    closeOwn();
  }

  private static @Nullable TlsFilter tls(@Nullable TlsSettings settings) throws IOException {
    return settings == null
        ? null
        : new TlsFilter(
            ServerTls.open(settings.certFile(), settings.keyFile(), settings.clientCaFile()));
  }

  private void closeOwn() {
    late.close();
    guard.close();
    readiness.close();
    if (tls != null) {
      tls.close();
    }
  }

  /** The one mapper, for Jersey. */
  private record MapperResolver(ObjectMapper json) implements ContextResolver<ObjectMapper> {
    @Override
    public ObjectMapper getContext(Class<?> type) {
      return json;
    }
  }
}
