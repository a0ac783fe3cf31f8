package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the vendor does not have is marked {@code x-extension: true}, and nothing else is. What the
 * vendor has stands here, from its public definitions (state of July 2026).
 */
final class ExtensionRules {

  private static final String MARK = "x-extension";

  private static final Set<String> OPERATIONS =
      Set.of(
          "GET /managed-redis/v1/backups",
          "GET /managed-redis/v1/backups/{backupId}",
          "DELETE /managed-redis/v1/backups/{backupId}",
          "GET /managed-redis/v1/clusters",
          "GET /managed-redis/v1/clusters/{clusterId}",
          "POST /managed-redis/v1/clusters/{clusterId}:backup",
          "GET /managed-redis/v1/clusters/{clusterId}/backups",
          "GET /managed-redis/v1/clusters/{clusterId}/operations",
          "GET /managed-redis/v1/clusters/{clusterId}/shards",
          "GET /operations/{operationId}");

  private static final Set<String> PARAMETERS =
      Set.of(
          "backupId",
          "clusterId",
          "operationId",
          "folderId",
          "pageSize",
          "pageToken",
          "filter",
          "Idempotency-Key");

  /** Messages with their fields; scalar types and enums have none. An Any's fields are inline. */
  private static final Map<String, List<String>> SCHEMAS =
      Map.ofEntries(
          Map.entry(
              "Backup",
              List.of(
                  "id",
                  "folderId",
                  "createdAt",
                  "sourceClusterId",
                  "startedAt",
                  "sourceShardNames",
                  "type")),
          Map.entry("BackupType", List.of()),
          Map.entry("ListBackupsResponse", List.of("backups", "nextPageToken")),
          Map.entry("NextPageToken", List.of()),
          Map.entry(
              "Cluster",
              List.of(
                  "id",
                  "folderId",
                  "createdAt",
                  "name",
                  "environment",
                  "config",
                  "status",
                  "health",
                  "sharded")),
          Map.entry("ClusterEnvironment", List.of()),
          Map.entry("ClusterStatus", List.of()),
          Map.entry("ClusterHealth", List.of()),
          Map.entry(
              "ClusterConfig", List.of("version", "backupWindowStart", "backupRetainPeriodDays")),
          Map.entry("TimeOfDay", List.of("hours", "minutes", "seconds", "nanos")),
          Map.entry("ListClustersResponse", List.of("clusters", "nextPageToken")),
          Map.entry("Shard", List.of("name", "clusterId")),
          Map.entry("ListClusterShardsResponse", List.of("shards", "nextPageToken")),
          Map.entry(
              "Operation",
              List.of(
                  "id",
                  "description",
                  "createdAt",
                  "createdBy",
                  "modifiedAt",
                  "done",
                  "metadata",
                  "error",
                  "response")),
          Map.entry("OperationMetadata", List.of("@type", "clusterId")),
          Map.entry("OperationResponse", List.of("@type", "id", "folderId", "name")),
          Map.entry("ListClusterOperationsResponse", List.of("operations", "nextPageToken")),
          Map.entry("Status", List.of("code", "message", "details")),
          Map.entry("StatusDetail", List.of("@type", "requestId", "fieldViolations")),
          Map.entry("FieldViolation", List.of("field", "description")));

  private final Lint lint;

  ExtensionRules(Lint lint) {
    this.lint = lint;
  }

  void check() {
    for (Lint.Written operation : lint.operations()) {
      String route = operation.method().toUpperCase(java.util.Locale.ROOT) + " " + operation.path();
      boolean ofTheVendor = OPERATIONS.contains(route);
      checkMark(operation.name(), operation.node(), !ofTheVendor);
      if (ofTheVendor) {
        for (JsonNode written : operation.node().path("parameters")) {
          JsonNode parameter = lint.contract().resolved(written);
          String name = parameter.path("name").asText();
          checkMark(operation.name() + " " + name, parameter, !PARAMETERS.contains(name));
        }
      }
    }
    for (Map.Entry<String, JsonNode> schema : lint.components("schemas").properties()) {
      List<String> known = SCHEMAS.get(schema.getKey());
      String where = "schemas " + schema.getKey();
      checkMark(where, schema.getValue(), known == null);
      for (Map.Entry<String, JsonNode> property :
          schema.getValue().path("properties").properties()) {
        // In a schema of ours all is ours; one mark says so.
        checkMark(
            where + "." + property.getKey(),
            property.getValue(),
            known != null && !known.contains(property.getKey()));
      }
    }
  }

  private void checkMark(String where, JsonNode node, boolean isOurs) {
    JsonNode mark = node.path(MARK);
    lint.require(
        mark.isMissingNode() != isOurs && (mark.isMissingNode() || mark.asBoolean()),
        where,
        isOurs
            ? "is marked " + MARK + ": true, as the vendor does not have it"
            : "is not marked " + MARK + ", as the vendor or the schema around it has it");
  }
}
