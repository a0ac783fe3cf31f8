package io.managedredis.contract;

import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RunningService;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls that a service refuses which has declared clusters and nothing else. */
final class RefusedCalls implements AutoCloseable {

  private static final String CLUSTER = "c9q287aqv5rf11isjeql";

  private final RunningService service;
  private final Defect defect = new Defect();
  private final Map<String, Situation> situations = new HashMap<>();

  /** What nobody foresaw can't be brought about, so it is put in: an exception out of nowhere. */
  private static final class Defect implements ContainerRequestFilter {
    private final AtomicBoolean there = new AtomicBoolean();

    @Override
    public void filter(ContainerRequestContext request) {
      if (there.get()) {
        throw new IllegalStateException("a defect, put in by a test");
      }
    }
  }

  RefusedCalls(Path folder) {
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, "b1g4c2t7qf0s8m3n5k6d", "127.0.0.1:1")
            .cluster("c9qm4t0zv81kd2rw6xna", "b1g4c2t7qf0s8m3n5k6d", "127.0.0.1:1")
            .component(defect)
            .start();
    broken("ErrorBackupIdShape", "backupId", "20181113T133617");
    broken("ErrorClusterIdShape", "clusterId", "C9Q");
    broken("ErrorOperationIdShape", "operationId", "f4k2q7xw5nbd3mzt6ah1");
    broken("ErrorShardNameShape", "shardName", "shard.1");
    broken("ErrorFolderTooLong", "folderId", "b".repeat(51));
    broken("ErrorPageSizeRange", "pageSize", "1001");
    broken("ErrorPageSizeNumber", "pageSize", "abc");
    broken("ErrorPageToken", "pageToken", "Ag3mT0pYx7Jb0S1qkV9c4ZrUuWw6hHn2d8EoLfQyXtR5aKjN");
    broken("ErrorFilter", "filter", "nmae=demo");
    broken("ErrorIdempotencyKeyShape", "Idempotency-Key", "retry-1");
    situations.put(
        "ErrorFolderMissing",
        operation -> Call.of(operation).with("folderId", null).sendBroken(service));
    for (String example :
        new String[] {
          "ErrorUndeclaredParameter",
          "ErrorUndeclaredOfClusters",
          "ErrorUndeclaredOfPage",
          "ErrorUndeclaredAtAll"
        }) {
      situations.put(example, this::undeclared);
    }
    String used = usedKey();
    situations.put(
        "ErrorIdempotencyKeyReused",
        operation -> Call.of(operation).with("Idempotency-Key", used).send(service));
    situations.put(
        "ErrorNotAcceptable",
        operation -> Call.of(operation).header("Accept", "application/xml").sendBroken(service));
    situations.put("BackupsNone", operation -> Call.of(operation).send(service));
    situations.put("ErrorBackupNotFound", operation -> Call.of(operation).send(service));
    situations.put(
        "ErrorClusterNotFound",
        operation -> Call.of(operation).with("clusterId", "c9qnotdeclared000001").send(service));
    situations.put("ErrorOperationNotFound", operation -> Call.of(operation).send(service));
    situations.put("ErrorInternal", this::defect);
  }

  /** By the name of the example. */
  Map<String, Situation> situations() {
    return situations;
  }

  private void broken(String example, String parameter, String value) {
    situations.put(
        example, operation -> Call.of(operation).with(parameter, value).sendBroken(service));
  }

  private HttpResponse<String> undeclared(DeclaredOperation operation) {
    String target = Call.of(operation).target();
    return service.sendBroken(
        operation.method(), target + (target.contains("?") ? "&" : "?") + "pagesize=5");
  }

  /** The key that another change was started with. */
  private String usedKey() {
    String key = UUID.randomUUID().toString();
    HttpResponse<String> started =
        Call.of(Contract.present().operation("backupCluster"))
            .with("clusterId", "c9qm4t0zv81kd2rw6xna")
            .with("Idempotency-Key", key)
            .send(service);
    if (started.statusCode() != 200) {
      throw new IllegalStateException("no backup was started: " + started.body());
    }
    return key;
  }

  private HttpResponse<String> defect(DeclaredOperation operation) {
    defect.there.set(true);
    try {
      return Call.of(operation).send(service);
    } finally {
      defect.there.set(false);
    }
  }

  @Override
  public void close() {
    service.close();
  }
}
