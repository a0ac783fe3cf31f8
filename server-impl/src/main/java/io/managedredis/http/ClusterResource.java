package io.managedredis.http;

import io.managedredis.access.Grant;
import io.managedredis.api.ClusterApi;
import io.managedredis.api.model.Cluster;
import io.managedredis.api.model.ListBackupsResponse;
import io.managedredis.api.model.ListClusterOperationsResponse;
import io.managedredis.api.model.ListClusterShardsResponse;
import io.managedredis.api.model.ListClustersResponse;
import io.managedredis.api.model.Operation;
import io.managedredis.api.model.Shard;
import io.managedredis.backup.BackupOrder;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupDocuments;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.ClusterCatalog;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Position;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterHealth;
import io.managedredis.cluster.Clusters;
import io.managedredis.cluster.Topology;
import io.managedredis.operation.NewOperation;
import io.managedredis.operation.Operations;
import io.managedredis.operation.StatusCode;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reading the declared clusters, and taking backups of them. */
public final class ClusterResource implements ClusterApi {

  /** Lists of things without an instant of their own are ordered by name alone. */
  private static final Instant NO_INSTANT = Instant.EPOCH;

  private final Clusters clusters;
  private final ClusterHealth health;
  private final ClusterCatalog declared;
  private final BackupCatalog backups;
  private final Operations operations;
  private final StartedOperations started;
  private final PageTokens tokens;
  private final CurrentCall call;
  private final SecureRandom random = new SecureRandom();

  ClusterResource(
      Clusters clusters,
      ClusterHealth health,
      ClusterCatalog declared,
      BackupCatalog backups,
      Operations operations,
      StartedOperations started,
      PageTokens tokens,
      CurrentCall call) {
    this.clusters = clusters;
    this.health = health;
    this.declared = declared;
    this.backups = backups;
    this.operations = operations;
    this.started = started;
    this.tokens = tokens;
    this.call = call;
  }

  @Override
  public Cluster getCluster(String clusterId) {
    return wire(List.of(find(clusterId))).get(0);
  }

  @Override
  public ListClustersResponse listClusters(
      String folderId,
      @Nullable Long pageSize,
      @Nullable String pageToken,
      @Nullable String filter) {
    Predicate<String> wanted = NameFilter.parse(filter);
    List<ClusterDeclaration> all =
        clusters.inFolder(call.folder(folderId)).stream()
            .filter(c -> wanted.test(c.name()))
            .toList();
    Page<ClusterDeclaration> page =
        Page.read(
            tokens,
            "listClusters/" + folderId + "/" + (filter == null ? "" : filter),
            pageSize,
            pageToken,
            (after, limit) ->
                all.stream().filter(c -> isAfter(c.id(), after)).limit(limit).toList(),
            cluster -> new Position(NO_INSTANT, cluster.id()));
    return new ListClustersResponse()
        .clusters(wire(page.entries()))
        .nextPageToken(page.nextPageToken());
  }

  @Override
  public ListClusterShardsResponse listClusterShards(
      String clusterId, @Nullable Long pageSize, @Nullable String pageToken) {
    ClusterDeclaration cluster = find(clusterId);
    Page<String> page =
        Page.read(
            tokens,
            "listClusterShards/" + clusterId,
            pageSize,
            pageToken,
            // Asked for only now: a bad token is the caller's fault whatever the nodes say.
            (after, limit) ->
                shardNames(cluster).stream().filter(n -> isAfter(n, after)).limit(limit).toList(),
            name -> new Position(NO_INSTANT, name));
    return new ListClusterShardsResponse()
        .shards(
            page.entries().stream()
                .map(name -> new Shard().name(name).clusterId(clusterId))
                .toList())
        .nextPageToken(page.nextPageToken());
  }

  @Override
  public ListBackupsResponse listClusterBackups(
      String clusterId, @Nullable Long pageSize, @Nullable String pageToken) {
    String id = find(clusterId).id();
    String list = "listClusterBackups/" + id;
    if (call.caller().sees(Grant.ANY_FOLDER)) {
      Page.Wanted wanted = Page.Wanted.of(tokens, list, pageSize, pageToken);
      BackupResource.requirePrompt(call, wanted);
      BackupDocuments documents = call.mayWait() ? backups.documents() : backups.now();
      return BackupResource.page(
          call, tokens, list, documents.byCluster(id, wanted.after(), wanted.size()));
    }
    call.requireMayWait();
    return BackupResource.page(
        Page.read(
            tokens,
            list,
            pageSize,
            pageToken,
            visible(
                (after, limit) -> backups.listByCluster(id, after, limit),
                BackupEntry::folderId,
                BackupResource::position),
            BackupResource::position));
  }

  @Override
  public ListClusterOperationsResponse listClusterOperations(
      String clusterId, @Nullable Long pageSize, @Nullable String pageToken) {
    String id = find(clusterId).id();
    Page<OperationEntry> page =
        Page.read(
            tokens,
            "listClusterOperations/" + id,
            pageSize,
            pageToken,
            visible(
                (after, limit) -> operations.list(id, after, limit),
                OperationEntry::folderId,
                ClusterResource::position),
            ClusterResource::position);
    return new ListClusterOperationsResponse()
        .operations(page.entries().stream().map(started::wire).toList())
        .nextPageToken(page.nextPageToken());
  }

  @Override
  public Operation backupCluster(String clusterId, @Nullable String idempotencyKey) {
    ClusterDeclaration cluster = find(clusterId);
    return started.start(
        new NewOperation(
            OperationKind.BACKUP_CLUSTER,
            cluster.id(),
            cluster.folderId(),
            BackupOrder.newId(cluster.id(), Instant.now(), random).toString(),
            "Back up cluster " + cluster.id(),
            call.caller().subject(),
            StartedOperations.key(idempotencyKey)));
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  private ClusterDeclaration find(String clusterId) {
    return call.allowed(
        clusters.find(clusterId),
        ClusterDeclaration::folderId,
        () -> ApiException.notFound("Cluster", clusterId));
  }

  private List<Cluster> wire(List<ClusterDeclaration> declarations) {
    Map<String, ClusterHealth.Finding> findings = probe(declarations);
    return declarations.stream()
        .map(
            cluster ->
                WireModels.cluster(
                    cluster,
                    declared.declared(cluster.id(), now()),
                    Objects.requireNonNull(findings.get(cluster.id()))))
        .toList();
  }

  private Map<String, ClusterHealth.Finding> probe(List<ClusterDeclaration> declarations) {
    try {
      return health.of(declarations);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.of(StatusCode.UNAVAILABLE, "The server is shutting down. Try again later");
    }
  }

  private List<String> shardNames(ClusterDeclaration cluster) {
    if (!cluster.shards().isEmpty()) {
      return cluster.shards().stream()
          .map(ClusterDeclaration.ShardDeclaration::name)
          .sorted()
          .toList();
    }
    ClusterHealth.Finding finding =
        Objects.requireNonNull(probe(List.of(cluster)).get(cluster.id()));
    Topology topology = finding.topology();
    if (topology == null) {
      throw ApiException.of(
          StatusCode.UNAVAILABLE,
          "The shards of cluster "
              + cluster.id()
              + " are discovered from its nodes, and none of them could be asked"
              + (finding.trouble() == null ? "" : ": " + finding.trouble().getMessage()));
    }
    return topology.shards().stream().map(Topology.Shard::name).sorted().toList();
  }

  private static Position position(OperationEntry operation) {
    return new Position(operation.createdAt(), operation.id());
  }

  /**
   * Leaves out what lies in a folder that the caller does not see: a cluster that was moved to
   * another folder left its past behind.
   */
  private <T> Page.Source<T> visible(
      Page.Source<T> all, Function<T, String> folder, Function<T, Position> position) {
    return (after, limit) -> {
      List<T> visible = new ArrayList<>();
      @Nullable Position from = after;
      for (boolean more = true; more && visible.size() < limit; ) {
        List<T> next = all.after(from, limit);
        next.stream()
            .filter(entry -> call.sees(folder.apply(entry)))
            .limit(limit - visible.size())
            .forEach(visible::add);
        more = next.size() == limit;
        if (more) {
          from = position.apply(next.get(limit - 1));
        }
      }
      return visible;
    };
  }

  private static boolean isAfter(String name, @Nullable Position position) {
    return position == null || name.compareTo(position.id()) > 0;
  }
}
