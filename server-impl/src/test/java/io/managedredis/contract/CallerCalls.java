package io.managedredis.contract;

import io.managedredis.access.Grant;
import io.managedredis.access.Role;
import io.managedredis.client.ApiException;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Calls that are refused for who makes them, or how many. */
final class CallerCalls implements AutoCloseable {

  private static final String FOLDER = "b1g4c2t7qf0s8m3n5k6d";
  private static final String CLUSTER = "c9q287aqv5rf11isjeql";

  private final RedisProcess redis = RedisProcess.start();
  private final RunningService asking;
  private final RunningService open;
  private final RunningService sparing;
  private final String viewer;
  private final String backup;

  CallerCalls(Path folder) throws IOException, ApiException {
    Tokens tokens = new Tokens(Files.createDirectory(folder.resolve("asking")));
    viewer = tokens.bearer("viewer", Role.VIEWER, FOLDER);
    String admin = tokens.bearer("admin", Role.ADMIN, Grant.ANY_FOLDER);
    asking =
        RunningService.in(folder.resolve("asking"))
            .cluster(CLUSTER, FOLDER, redis.address())
            .setting("auth", tokens.setting())
            .start()
            .as(admin);
    backup = asking.takeBackup(CLUSTER);
    open = service(folder, "open", "limits", "{}");
    sparing = service(folder, "sparing", "limits", "{requestsPerMinute: 1}");
  }

  private static RunningService service(Path folder, String name, String key, String value)
      throws IOException {
    return RunningService.in(Files.createDirectory(folder.resolve(name)))
        .cluster(CLUSTER, FOLDER, "127.0.0.1:1")
        .setting(key, value)
        .start();
  }

  /** By the name of the example. */
  Map<String, Situation> situations() {
    return Map.of(
        "ErrorUnauthenticated",
        operation -> Call.of(operation).send(asking),
        "ErrorRoleMissing",
        this::asViewer,
        "ErrorRestorerMissing",
        this::asViewer,
        "ErrorOtherSite",
        operation -> Call.of(operation).header("Sec-Fetch-Site", "cross-site").send(open),
        "ErrorTooManyRequests",
        this::oneTooMany);
  }

  private HttpResponse<String> asViewer(DeclaredOperation operation) {
    Call call = Call.of(operation).header("Authorization", viewer);
    return (operation.parameter("backupId").isPresent() ? call.with("backupId", backup) : call)
        .send(asking);
  }

  private HttpResponse<String> oneTooMany(DeclaredOperation operation) {
    HttpResponse<String> unused = sparing.send("GET", "/managed-redis/v1/clusters/" + CLUSTER);
    return Call.of(operation).send(sparing);
  }

  @Override
  public void close() {
    asking.close();
    open.close();
    sparing.close();
    redis.close();
  }
}
