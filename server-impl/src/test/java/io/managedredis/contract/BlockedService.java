package io.managedredis.contract;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.Insertion;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Progress;
import io.managedredis.http.BackupJson;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.ScriptedServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A service whose only worker waits for a node that says nothing: whatever is started now stays as
 * it was started.
 */
final class BlockedService implements AutoCloseable {

  static final String CLUSTER = "c9q287aqv5rf11isjeql";

  /** The cluster whose backup keeps the worker. */
  static final String BLOCKED = "c9qm4t0zv81kd2rw6xna";

  private static final String FOLDER = "b1g4c2t7qf0s8m3n5k6d";
  private static final int LETTERS = 26;

  private final ScriptedServer silent = ScriptedServer.script().start();
  private final RunningService service;
  private final Catalog catalog;
  private int backups;

  BlockedService(Path folder) {
    String node = "127.0.0.1:" + silent.port();
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, node)
            .cluster(BLOCKED, FOLDER, node)
            .backup("parallelOperations", "1")
            // Longer than any test: the node stays silent, and the worker waits.
            .backup("connectTimeout", "10m")
            .backup("handshakeTimeout", "10m")
            .start();
    catalog = Catalog.open(service.catalogFile(), new BackupJson());
    HttpResponse<String> unused =
        send(Call.of(Contract.present().operation("backupCluster")).with("clusterId", BLOCKED));
  }

  HttpResponse<String> send(Call call) {
    return call.send(service);
  }

  /** The id of a new backup that nothing is being done with. */
  String backup() {
    String id = CLUSTER + ":20261122T031500-k7m2qz" + letters();
    Instant at = Instant.parse("2026-11-22T03:15:41Z");
    BackupEntry backup =
        new BackupEntry(id, FOLDER, CLUSTER, at, at, BackupType.MANUAL, List.of("shard1"), 1, 1);
    if (!catalog.backups().add(backup)) {
      throw new IllegalStateException(id + " was there already");
    }
    return id;
  }

  /** A deletion first takes the backup out of the lists, and then the data off the disk. */
  String backupThatIsBeingDeleted() {
    String backup = backup();
    Instant now = Instant.now();
    OperationEntry deletion =
        new OperationEntry(
            "n6c3tz5wq2xk7bmh4d" + letters(),
            OperationKind.DELETE_BACKUP,
            CLUSTER,
            FOLDER,
            backup,
            "Delete backup " + backup,
            "anonymous",
            now,
            now,
            false,
            null,
            Progress.NONE,
            null);
    if (!(catalog.operations().insert(deletion) instanceof Insertion.Inserted)
        || !catalog.backups().remove(backup)) {
      throw new IllegalStateException(backup + " is deleted already");
    }
    return backup;
  }

  /** Whether so much is waiting that soon nothing more can be started. */
  boolean isNearlyFull() {
    return backups > 80;
  }

  private String letters() {
    int number = backups++;
    return "" + (char) ('a' + number / LETTERS) + (char) ('a' + number % LETTERS);
  }

  @Override
  public void close() {
    // First, so that what waits for it ends at once.
    silent.close();
    catalog.close();
    service.close();
  }
}
