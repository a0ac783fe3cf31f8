package io.managedredis.http;

import io.managedredis.access.AuditLog;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.Clusters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the service measures of itself, in Prometheus' text format. */
public final class Metrics implements AutoCloseable {

  /** How a backup ended. */
  public enum BackupResult {
    /** It is listed. */
    SUCCEEDED,
    /** It failed, and nothing of it is left. */
    FAILED,
    /** The server was shut down meanwhile. */
    CANCELLED
  }

  /** How a verification ended. */
  public enum VerificationResult {
    /** Everything was read back, and nothing was wrong. */
    INTACT,
    /** Something was wrong; the backup's manifest says what. */
    DAMAGED,
    /** It could not be told: a key was missing, or the server was shut down. */
    UNFINISHED
  }

  private static final String BACKUPS = "managed_redis_backups";
  private static final String ENDED = "managed_redis_http_connections_ended";
  private static final String ENDED_DESCRIPTION =
      "Connections that were one too many, or too slow or idle for too long";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Timer> requests = new ConcurrentHashMap<>();
  private final JvmGcMetrics garbage = new JvmGcMetrics();

  /**
   * Registers the meters of every declared cluster, so that a cluster that was never backed up
   * shows as well.
   */
  public Metrics(Clusters clusters, BackupCatalog backups) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbage.bindTo(registry);
    for (ClusterDeclaration cluster : clusters.all()) {
      Gauge.builder("managed_redis_last_good_backup_age_seconds", () -> age(backups, cluster.id()))
          .description("Age of the cluster's last good backup; +Inf when there is none")
          .tag("cluster", cluster.id())
          .strongReference(true)
          .register(registry);
      Gauge.builder("managed_redis_backups_damaged", () -> backups.countDamaged(cluster.id()))
          .description("Backups that were found damaged when they were last looked at")
          .tag("cluster", cluster.id())
          .strongReference(true)
          .register(registry);
      for (BackupResult result : BackupResult.values()) {
        ended(cluster.id(), result).increment(0);
      }
      for (VerificationResult result : VerificationResult.values()) {
        verified(cluster.id(), result).increment(0);
      }
    }
  }

  /** An alert on a great age fires for a cluster without a backup as well. */
  private static double age(BackupCatalog backups, String clusterId) {
    return backups
        .lastCreatedAt(clusterId)
        .map(last -> Duration.between(last, Instant.now()).toMillis() / 1000.0)
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Shows whether calls can be put on record. */
  void records(AuditLog audit) {
    Gauge.builder("managed_redis_audit_log_broken", () -> audit.isBroken() ? 1 : 0)
        .description("1 when the audit log could not be written last, and so nothing is changed")
        .strongReference(true)
        .register(registry);
  }

  /** Shows what the server's limits are about. */
  void limits(ConnectionGuard guard, Admission admission) {
    Gauge.builder("managed_redis_http_connections", guard::connections)
        .description("Open connections")
        .strongReference(true)
        .register(registry);
    Gauge.builder("managed_redis_http_requests_in_flight", admission::inFlight)
        .description("Requests that have a worker or wait for one")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder(ENDED, guard, ConnectionGuard::surplusConnections)
        .description(ENDED_DESCRIPTION)
        .tag("reason", "surplus")
        .register(registry);
    FunctionCounter.builder(ENDED, guard, ConnectionGuard::overdueConnections)
        .description(ENDED_DESCRIPTION)
        .tag("reason", "overdue")
        .register(registry);
  }

  /**
   * Notes an answered request.
   *
   * @param operation the operationId, the group of a page, or {@code none} when no route matched
   * @param status the HTTP status
   * @param nanos how long it took
   */
  void answered(String operation, int status, long nanos) {
    requests
        .computeIfAbsent(operation + " " + status, key -> request(operation, status))
        .record(Duration.ofNanos(nanos));
  }

  private Timer request(String operation, int status) {
    return Timer.builder("managed_redis_http_requests")
        .description("Answered requests")
        .tag("operation", operation)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofNanos(2_500_000),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(2500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10))
        .register(registry);
  }

  /**
   * Notes that a backup ended.
   *
   * @param rawBytes what the nodes sent; 0 unless it succeeded
   * @param storedBytes what the repository holds of it; 0 unless it succeeded
   */
  public void backupEnded(
      String clusterId, BackupResult result, Duration took, long rawBytes, long storedBytes) {
    ended(clusterId, result).increment();
    Tags cluster = Tags.of("cluster", clusterId);
    Timer.builder(BACKUPS + "_duration")
        .description("How long backups took, by how they ended")
        .tags(cluster.and("result", result.name().toLowerCase(java.util.Locale.ROOT)))
        .register(registry)
        .record(took);
    if (result == BackupResult.SUCCEEDED) {
      DistributionSummary.builder(BACKUPS + "_raw_bytes")
          .description("Bytes that the nodes sent for good backups")
          .tags(cluster)
          .register(registry)
          .record((double) rawBytes);
      DistributionSummary.builder(BACKUPS + "_stored_bytes")
          .description("Bytes that good backups take in the repository")
          .tags(cluster)
          .register(registry)
          .record((double) storedBytes);
    }
  }

  /** Notes that a verification ended. */
  public void verificationEnded(String clusterId, VerificationResult result) {
    verified(clusterId, result).increment();
  }

  private Counter verified(String clusterId, VerificationResult result) {
    return Counter.builder("managed_redis_verifications")
        .description("Verifications that ended")
        .tag("cluster", clusterId)
        .tag("result", result.name().toLowerCase(java.util.Locale.ROOT))
        .register(registry);
  }

  private Counter ended(String clusterId, BackupResult result) {
    return Counter.builder(BACKUPS)
        .description("Backups that ended")
        .tag("cluster", clusterId)
        .tag("result", result.name().toLowerCase(java.util.Locale.ROOT))
        .register(registry);
  }

  /** All meters, in the text format of Prometheus. */
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbage.close();
    registry.close();
  }
}
