package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the contract promises in words, where no schema can say it. */
final class PromiseCheck {

  private static final String VENDOR = "type.googleapis.com/yandex.cloud.mdb.redis.v1.";
  private static final String EMPTY = "type.googleapis.com/google.protobuf.Empty";

  /** The fields of each message that an operation's metadata or response can be. */
  private static final Map<String, Set<String>> MESSAGES =
      Map.of(
          VENDOR + "BackupClusterMetadata",
          Set.of("clusterId", "backupId", "bytesCaptured", "shardsDone", "shardsTotal"),
          VENDOR + "DeleteBackupMetadata",
          Set.of("backupId"),
          "type.googleapis.com/managedredis.v1.VerifyBackupMetadata",
          Set.of("backupId", "bytesVerified", "shardsDone", "shardsTotal"),
          VENDOR + "Cluster",
          Set.of("id", "folderId", "name"),
          EMPTY,
          Set.of());

  /** What an answer calls the thing that a parameter asked for. */
  private static final Map<String, List<String>> ECHOES =
      Map.of(
          "getBackup", List.of("id"),
          "getBackupManifest", List.of("backupId"),
          "deleteBackup", List.of("metadata/backupId"),
          "verifyBackup", List.of("metadata/backupId"),
          "getCluster", List.of("id"),
          "backupCluster", List.of("metadata/clusterId"),
          "getOperation", List.of("id"));

  private static final Comparator<JsonNode> NEWEST_FIRST =
      Comparator.comparing(PromiseCheck::createdAt)
          .reversed()
          .thenComparing(entry -> entry.path("id").asText());

  private static final Comparator<JsonNode> BY_NAME =
      Comparator.comparing(
          entry -> entry.has("id") ? entry.path("id").asText() : entry.path("name").asText());

  private static final int DEFAULT_PAGE = 100;

  private final List<String> wrong = new ArrayList<>();

  private PromiseCheck() {}

  /** All promises that an example breaks, which says nothing of the request that it answers. */
  static List<String> violations(JsonNode example) {
    PromiseCheck check = new PromiseCheck();
    check.operations(example);
    check.times(example);
    check.arrays(example);
    check.ordered(entries(example));
    return check.wrong;
  }

  /** All promises that a success breaks. Only for a body that is what its schema says. */
  static List<String> violations(DeclaredOperation operation, SentParameters sent, JsonNode body) {
    PromiseCheck check = new PromiseCheck();
    check.operations(body);
    check.times(body);
    check.arrays(body);
    check.echo(operation, sent, body);
    if (operation.isPaged()) {
      check.page(operation, sent, body);
    }
    return check.wrong;
  }

  private void operations(JsonNode node) {
    if (node.has("done") && node.has("metadata")) {
      operation(node);
    }
    node.forEach(this::operations);
  }

  private void operation(JsonNode operation) {
    int ends = (operation.has("error") ? 1 : 0) + (operation.has("response") ? 1 : 0);
    if (ends != (operation.path("done").asBoolean() ? 1 : 0)) {
      wrong.add("an operation has one of error and response once it is done: " + operation);
    }
    message(operation.path("metadata"));
    if (operation.has("response")) {
      message(operation.path("response"));
    }
    if (operation.path("error").has("details")) {
      wrong.add("an operation's error has no details: " + operation);
    }
  }

  private void message(JsonNode message) {
    Set<String> fields = new TreeSet<>();
    message.fieldNames().forEachRemaining(fields::add);
    fields.remove("@type");
    Set<String> declared = MESSAGES.get(message.path("@type").asText());
    if (declared == null) {
      wrong.add("no message that the contract names: " + message);
      return;
    }
    Set<String> always = new TreeSet<>(declared);
    // Absent when the cluster is no longer declared.
    always.remove("name");
    if (!declared.containsAll(fields) || !fields.containsAll(always)) {
      wrong.add("the fields must be " + declared + " in " + message);
    }
  }

  private void times(JsonNode node) {
    if (node.has("createdAt")) {
      if (node.has("startedAt") && instant(node, "startedAt").isAfter(createdAt(node))) {
        wrong.add("startedAt must not be after createdAt: " + node);
      }
      if (node.has("modifiedAt") && instant(node, "modifiedAt").isBefore(createdAt(node))) {
        wrong.add("modifiedAt must not be before createdAt: " + node);
      }
    }
    if (node.has("sourceClusterId")
        && !node.path("id").asText().startsWith(node.path("sourceClusterId").asText() + ":")) {
      wrong.add("a backup's id begins with its cluster's: " + node);
    }
    node.forEach(this::times);
  }

  /** Names, slots and databases stand in ascending order, wherever they do. */
  private void arrays(JsonNode node) {
    ascending(node.path("sourceShardNames"), Comparator.comparing(JsonNode::asText));
    ascending(node.path("shards"), Comparator.comparing(shard -> shard.path("name").asText()));
    ascending(node.path("slots"), Comparator.comparing(range -> range.path("from").asInt()));
    ascending(node.path("databases"), Comparator.comparing(d -> d.path("index").asLong()));
    node.forEach(this::arrays);
  }

  private void ascending(JsonNode array, Comparator<JsonNode> order) {
    // A proof is called slots, too.
    for (int i = 1; array.isArray() && i < array.size(); i++) {
      if (order.compare(array.get(i - 1), array.get(i)) >= 0) {
        wrong.add("not ascending: " + array.get(i - 1) + " before " + array.get(i));
      }
    }
  }

  private void echo(DeclaredOperation operation, SentParameters sent, JsonNode body) {
    for (String path : ECHOES.getOrDefault(operation.id(), List.of())) {
      String id = sent.value(operation.parameters().get(0));
      if (!body.at("/" + path).asText().equals(id)) {
        wrong.add(path + " must be " + id + ", not " + body.at("/" + path));
      }
    }
    for (JsonNode entry : entries(body)) {
      for (Map.Entry<String, List<String>> known :
          Map.of(
                  "folderId",
                  List.of("folderId"),
                  "clusterId",
                  List.of("clusterId", "sourceClusterId"))
              .entrySet()) {
        Optional<Parameter> parameter = operation.parameter(known.getKey());
        for (String field : parameter.isPresent() ? known.getValue() : List.<String>of()) {
          String asked = sent.value(parameter.get());
          if (entry.has(field) && !entry.path(field).asText().equals(asked)) {
            wrong.add("an entry whose " + field + " is not " + asked + ": " + entry);
          }
        }
      }
    }
  }

  private void page(DeclaredOperation operation, SentParameters sent, JsonNode body) {
    List<JsonNode> entries = entries(body);
    String asked = sent.value(operation.parameter("pageSize").orElseThrow());
    if (asked != null && !asked.matches("[0-9]{1,9}")) {
      wrong.add("a page of the size " + asked);
      return;
    }
    long most = asked == null || asked.equals("0") ? DEFAULT_PAGE : Long.parseLong(asked);
    if (entries.size() > most) {
      wrong.add(entries.size() + " entries in a page of " + most);
    }
    if (body.has("nextPageToken") && entries.size() != most) {
      wrong.add("a token after a page of " + entries.size() + " entries instead of " + most);
    }
    ordered(entries);
  }

  private void ordered(List<JsonNode> entries) {
    // Clusters have an instant, too, but are listed by their id.
    boolean timed = entries.stream().allMatch(e -> e.has("createdAt") && !e.has("health"));
    Comparator<JsonNode> order = timed ? NEWEST_FIRST : BY_NAME;
    for (int i = 1; i < entries.size(); i++) {
      if (order.compare(entries.get(i - 1), entries.get(i)) >= 0) {
        wrong.add("out of order: " + entries.get(i - 1) + " before " + entries.get(i));
      }
    }
  }

  /** The entries of a page: its only array. */
  private static List<JsonNode> entries(JsonNode body) {
    List<JsonNode> entries = new ArrayList<>();
    for (JsonNode property : body) {
      if (property.isArray() && !body.has("backupId")) {
        property.forEach(
            entry -> {
              if (entry.isObject()) {
                entries.add(entry);
              }
            });
      }
    }
    return entries;
  }

  private static Instant createdAt(JsonNode entry) {
    return instant(entry, "createdAt");
  }

  private static Instant instant(JsonNode entry, String field) {
    return Instant.parse(entry.path(field).asText());
  }
}
