package io.managedredis;

import io.managedredis.access.AccessSettings;
import io.managedredis.access.AuditLog;
import io.managedredis.access.CredentialVerifier;
import io.managedredis.access.JwtVerifier;
import io.managedredis.access.TokenFile;
import io.managedredis.backup.BackupRemover;
import io.managedredis.backup.BackupTaker;
import io.managedredis.backup.BackupVerifier;
import io.managedredis.backup.Listing;
import io.managedredis.backup.Reconciliation;
import io.managedredis.capture.Deadlines;
import io.managedredis.capture.SnapshotClient;
import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.OperationKind;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterHealth;
import io.managedredis.cluster.Clusters;
import io.managedredis.cluster.TopologyReader;
import io.managedredis.config.BackupSettings;
import io.managedredis.config.ServiceConfig;
import io.managedredis.http.ApiServer;
import io.managedredis.http.BackupJson;
import io.managedredis.http.Contract;
import io.managedredis.http.Metrics;
import io.managedredis.operation.Operations;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Repository;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running service: everything that {@code serve} needs, put together by hand. */
public final class Service implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final Duration HEALTH_NODE_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration HEALTH_KEEP = Duration.ofSeconds(3);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

  /** What to close, the last opened first. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private final String scheme;
  private final String host;
  private final ApiServer server;

  /**
   * Opens the data folder, puts right what a crash left, and listens.
   *
   * @throws io.managedredis.repository.KeysetException when the keyset can't be used; nothing was
   *     opened then
   * @throws io.managedredis.access.TokenFileException when the file of tokens can't be used;
   *     nothing was opened then
   * @throws io.managedredis.tls.TlsFileException when the server's certificate can't be used
   * @throws IOException when the repository can't be opened or the address not bound
   * @throws io.managedredis.catalog.CatalogException when the catalogue can't be opened
   */
  public Service(ServiceConfig config) throws IOException {
    this(config, List.of());
  }

  /**
   * The same with further Jersey components, such as a filter that a test puts before the
   * resources.
   */
  public Service(ServiceConfig config, List<Object> filters) throws IOException {
    Keyring keyring = DataOptions.keyring(config);
    if (config.keysetFile() != null) {
      log.info("New backups are encrypted with key {}", keyring.primaryKeyId());
    }
    boolean complete = false;
    try {
      Beside<Contract> contract = Beside.start("contract", Contract::read);
      List<CredentialVerifier> verifiers = verifiers(config.access());
      Repository repository =
          opened(
              LocalRepository.open(
                  DataOptions.repository(config), config.backup().compressionLevel(), keyring));
      Catalog catalog = opened(Catalog.open(DataOptions.catalog(config), new BackupJson()));
      catalog.bindRepository(repository.id());
      if (config.reconcileAtStart()) {
        new Reconciliation(repository, catalog.backups()).run();
      }

      Clusters clusters = new Clusters(config.clusters());
      for (ClusterDeclaration cluster : clusters.all()) {
        Instant since =
            catalog.clusters().declared(cluster.id(), Instant.now().truncatedTo(ChronoUnit.MICROS));
        log.debug("Cluster {} is declared since {}", cluster.id(), since);
      }
      TopologyReader topologies = opened(new TopologyReader());
      ClusterHealth health =
          opened(new ClusterHealth(topologies, HEALTH_NODE_TIMEOUT, HEALTH_KEEP));
      Metrics metrics = opened(new Metrics(clusters, catalog.backups()));
      Listing listing = new Listing(repository, catalog.backups());
      BackupTaker taker =
          new BackupTaker(
              topologies,
              new SnapshotClient(deadlines(config.backup())),
              repository,
              listing,
              new BackupTaker.Policy(
                  config.backup().parallelShards(),
                  config.backup().attempts(),
                  config.backup().connectTimeout(),
                  RETRY_PAUSE));
      Operations operations =
          opened(
              new Operations(
                  catalog.operations(),
                  Map.of(
                      OperationKind.BACKUP_CLUSTER,
                      new BackupOperation(clusters, taker, catalog.backups(), metrics),
                      OperationKind.DELETE_BACKUP,
                      new DeleteOperation(
                          new BackupRemover(repository, catalog.backups(), listing)),
                      OperationKind.VERIFY_BACKUP,
                      new VerifyOperation(
                          new BackupVerifier(repository), catalog.backups(), metrics)),
                  config.backup().parallelOperations()));
      operations.recover();
      scheme = config.http().tls() == null ? "http" : "https";
      host = config.listen().host();
      server =
          opened(
              new ApiServer(
                  host,
                  config.listen().port(),
                  contract.result(),
                  catalog,
                  repository,
                  operations,
                  clusters,
                  health,
                  metrics,
                  config.http(),
                  verifiers,
                  config.access().openMetrics(),
                  opened(AuditLog.open(config.access().audit().in(config.dataDir()))),
                  filters));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** The address that is really bound. */
  public String url() {
    return scheme
        + "://"
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + server.port();
  }

  /**
   * Ends in order: requests in flight finish, a running backup is cancelled and says so, then the
   * files are closed.
   */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        // What is left must be closed all the same.
        log.error("Closing {} failed", next.getClass().getSimpleName(), e);
      }
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  /** Whoever tells whom a token belongs to; each is closed with the rest. */
  private List<CredentialVerifier> verifiers(AccessSettings access) throws IOException {
    List<CredentialVerifier> verifiers = new ArrayList<>();
    if (access.tokensFile() != null) {
      verifiers.add(opened(TokenFile.open(access.tokensFile())));
    }
    if (access.jwt() != null) {
      verifiers.add(opened(JwtVerifier.of(access.jwt())));
    }
    return verifiers;
  }

  private static Deadlines deadlines(BackupSettings settings) {
    return new Deadlines(
        settings.connectTimeout(),
        settings.handshakeTimeout(),
        settings.firstByteTimeout(),
        settings.stallTimeout(),
        settings.timeout());
  }
}
