package io.managedredis.contract;

import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Calls while something runs, and while too much is waiting. */
final class BusyCalls implements AutoCloseable {

  private static final Contract CONTRACT = Contract.present();

  /** How many operations may wait. */
  private static final int QUEUE = 100;

  private final Path folder;
  private BlockedService busy;
  private final BlockedService full;

  BusyCalls(Path folder) throws IOException {
    this.folder = folder;
    busy = new BlockedService(Files.createDirectory(folder.resolve("busy")));
    full = new BlockedService(Files.createDirectory(folder.resolve("full")));
  }

  /** By the name of the example. */
  Map<String, Situation> situations() {
    return Map.of(
        "BackupStarted", this::running,
        "DeleteStarted", operation -> busy().send(of(operation, busy.backup())),
        "VerifyStarted", operation -> busy().send(of(operation, busy.backup())),
        "ErrorBackupRunning",
            operation -> busy.send(Call.of(operation).with("clusterId", BlockedService.BLOCKED)),
        "ErrorDeleteRunning",
            operation -> busy().send(of(operation, busy.backupThatIsBeingDeleted())),
        "ErrorVerifyRunning", this::twice,
        "ErrorTooManyOperations", this::queueFull);
  }

  /** Each call leaves something that waits, so it takes another service now and then. */
  private BlockedService busy() throws IOException {
    if (busy.isNearlyFull()) {
      busy.close();
      busy = new BlockedService(Files.createTempDirectory(folder, "busy"));
    }
    return busy;
  }

  private HttpResponse<String> running(DeclaredOperation operation) {
    if (operation.id().equals("backupCluster")) {
      return busy.send(Call.of(operation));
    }
    Call list =
        Call.of(CONTRACT.operation("listClusterOperations"))
            .with("clusterId", BlockedService.BLOCKED);
    String id = Bodies.of(busy.send(list)).at("/operations/0/id").asText();
    return busy.send(Call.of(operation).with("operationId", id));
  }

  private HttpResponse<String> twice(DeclaredOperation operation) throws IOException {
    Call call = of(operation, busy().backup());
    HttpResponse<String> unused = busy.send(call);
    return busy.send(call);
  }

  private HttpResponse<String> queueFull(DeclaredOperation operation) {
    DeclaredOperation verify = CONTRACT.operation("verifyBackup");
    int status = 200;
    for (int i = 0; status == 200 && i <= QUEUE; i++) {
      status = full.send(of(verify, full.backup())).statusCode();
    }
    return full.send(
        operation.parameter("backupId").isPresent()
            ? of(operation, full.backup())
            : Call.of(operation));
  }

  private static Call of(DeclaredOperation operation, String backup) {
    return Call.of(operation).with("backupId", backup);
  }

  @Override
  public void close() {
    busy.close();
    full.close();
  }
}
