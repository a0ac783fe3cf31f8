package io.managedredis.testing;

import io.managedredis.Service;
import io.managedredis.client.ApiClient;
import io.managedredis.client.ApiException;
import io.managedredis.client.api.BackupApi;
import io.managedredis.client.api.ClusterApi;
import io.managedredis.client.api.OperationApi;
import io.managedredis.client.model.Operation;
import io.managedredis.config.ConfigException;
import io.managedredis.config.ConfigReader;
import io.managedredis.drift.DriftFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The service, in this process, on a free port of 127.0.0.1 and a data folder of its own, with the
 * generated client before it. Every exchange is held against the contract.
 */
public final class RunningService implements AutoCloseable {

  private static final Duration LONGEST_OPERATION = Duration.ofSeconds(30);

  private final Path folder;
  private final Path config;
  private final ValidatingHttpClient http;
  private final List<Object> components;
  private Service service;
  private @Nullable String authorization;

  /** What to start. */
  public static final class Builder {
    private final Path folder;
    private final List<String> clusters = new ArrayList<>();
    private final List<String> backup = new ArrayList<>();
    private final List<String> settings = new ArrayList<>();
    private final List<Object> components = new ArrayList<>();
    private ValidatingHttpClient http = new ValidatingHttpClient();

    private Builder(Path folder) {
      this.folder = folder;
    }

    /** Declares a cluster; its name is its id's. */
    public Builder cluster(String id, String folderId, String... nodes) {
      clusters.add("  - id: " + id);
      clusters.add("    folderId: " + folderId);
      clusters.add("    name: name-of-" + id);
      clusters.add("    nodes: [\"" + String.join("\", \"", nodes) + "\"]");
      return this;
    }

    /** Declares a cluster of that many shards, each with this one node. */
    public Builder shards(String id, String folderId, int shards, String node) {
      clusters.add("  - id: " + id);
      clusters.add("    folderId: " + folderId);
      clusters.add("    shards:");
      String[] address = node.split(":", -1);
      for (int i = 0; i < shards; i++) {
        // A node belongs to one shard, so each has another port.
        int port = Integer.parseInt(address[1]) + i;
        clusters.add(
            "      - {name: shard-%03d, nodes: [\"%s:%d\"]}".formatted(i, address[0], port));
      }
      return this;
    }

    /** A further key of the cluster that was declared last. */
    public Builder with(String key, String value) {
      clusters.add("    " + key + ": " + value);
      return this;
    }

    /** A key at the top of the configuration. */
    public Builder setting(String key, String value) {
      settings.add(key + ": " + value);
      return this;
    }

    /** A Jersey component beside those of the service. */
    public Builder component(Object component) {
      components.add(component);
      return this;
    }

    /** How to call it when it speaks TLS. */
    public Builder calledWith(SSLContext tls) {
      http = new ValidatingHttpClient(tls);
      return this;
    }

    /** A key of the section {@code backup}. */
    public Builder backup(String key, String value) {
      backup.add("  " + key + ": " + value);
      return this;
    }

    /** Writes the configuration and starts. */
    public RunningService start() {
      List<String> lines = new ArrayList<>();
      lines.add("listen: 127.0.0.1:0");
      lines.add("dataDir: data");
      lines.add(clusters.isEmpty() ? "clusters: []" : "clusters:");
      lines.addAll(clusters);
      if (!backup.isEmpty()) {
        lines.add("backup:");
        lines.addAll(backup);
      }
      lines.addAll(settings);
      return new RunningService(folder, lines, components, http);
    }
  }

  /** A service whose configuration and data lie in this folder. */
  public static Builder in(Path folder) {
    return new Builder(folder);
  }

  private RunningService(
      Path folder, List<String> configuration, List<Object> components, ValidatingHttpClient http) {
    this.http = http;
    this.folder = folder;
    this.components = List.copyOf(components);
    try {
      this.config = Files.write(folder.resolve("config.yaml"), configuration);
      this.service = open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Service open() throws IOException {
    try {
      List<Object> filters = new ArrayList<>(components);
      filters.addAll(DriftFilter.ifAsked());
      return new Service(ConfigReader.read(config, Map.of()), filters);
    } catch (ConfigException e) {
      throw new IllegalStateException(String.join("\n", e.problems()), e);
    }
  }

  /** Ends in order and starts again on the same data; the port is another one afterwards. */
  public void restart() {
    service.close();
    try {
      service = open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends in order; {@link #restart()} starts it again. */
  @Override
  public void close() {
    service.close();
  }

  /** {@code http://127.0.0.1:port}, or with https. */
  public String url() {
    return service.url();
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return URI.create(service.url()).getPort();
  }

  /** The file of the catalogue. */
  public Path catalogFile() {
    return folder.resolve("data").resolve("catalog.db");
  }

  /** The folder of the repository. */
  public Path repository() {
    return folder.resolve("data").resolve("repository");
  }

  /** From now on the generated client sends this header Authorization. */
  public RunningService as(String bearer) {
    authorization = bearer;
    return this;
  }

  /** The generated client of the backups. */
  public BackupApi backups() {
    return new BackupApi(apiClient());
  }

  /** The generated client of the clusters. */
  public ClusterApi clusters() {
    return new ClusterApi(apiClient());
  }

  /** The generated client of the operations. */
  public OperationApi operations() {
    return new OperationApi(apiClient());
  }

  private ApiClient apiClient() {
    ApiClient client = new ApiClient().setHttpClientBuilder(http.asBuilder());
    client.setRequestInterceptor(
        request -> {
          if (authorization != null) {
            request.header("Authorization", authorization);
          }
        });
    client.updateBaseUri(url());
    return client;
  }

  /** The client that checks every exchange. */
  public ValidatingHttpClient http() {
    return http;
  }

  /**
   * Sends a request that the contract allows.
   *
   * @param headers names and values in turn
   */
  public HttpResponse<String> send(String method, String pathAndQuery, String... headers) {
    return sent(method, pathAndQuery, headers, false);
  }

  /** Sends a request that the contract forbids; only the answer is checked. */
  public HttpResponse<String> sendBroken(String method, String pathAndQuery, String... headers) {
    return sent(method, pathAndQuery, headers, true);
  }

  private HttpResponse<String> sent(
      String method, String pathAndQuery, String[] headers, boolean broken) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + pathAndQuery))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return broken
          ? http.sendBroken(request.build())
          : http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Polls until the operation is done, well or not, and answers it. */
  public Operation awaitDone(Operation operation) {
    return Awaitility.await("operation " + operation.getId() + " is done")
        .atMost(LONGEST_OPERATION)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> operations().getOperation(operation.getId()), Operation::getDone);
  }

  /** Takes a backup and answers its id once it is done without an error. */
  public String takeBackup(String clusterId) throws ApiException {
    Operation done = awaitDone(clusters().backupCluster(clusterId, null));
    if (done.getError() != null) {
      throw new AssertionError("the backup failed: " + done.getError());
    }
    return done.getMetadata().getBackupId();
  }
}
