package io.managedredis.client.sdk;

import io.managedredis.client.model.Backup;
import io.managedredis.client.model.BackupManifest;
import io.managedredis.client.model.Cluster;
import io.managedredis.client.model.ListBackupsResponse;
import io.managedredis.client.model.ListClusterOperationsResponse;
import io.managedredis.client.model.ListClusterShardsResponse;
import io.managedredis.client.model.ListClustersResponse;
import io.managedredis.client.model.Operation;
import io.managedredis.client.model.Shard;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The backup service, as a Java program calls it. Methods are named after the contract's operations
 * and wait for the answer.
 *
 * <p>Every method that asks the server throws {@link ManagedRedisException}, or the subclass that
 * says what happened. Calls are sent again when no answer comes, other than for a certificate that
 * does not fit, or the answer is 429, 502, 503 or 504, which is safe: what changes something
 * carries an {@code Idempotency-Key}, the same each time. An interrupt ends a call with the code
 * {@link StatusCode#CANCELLED}, and the thread stays interrupted.
 *
 * <p>Safe for use by many threads. It needs not be closed.
 */
public final class ManagedRedis {

  private final Calls calls;

  private ManagedRedis(Settings settings) {
    this.calls = new Calls(settings);
  }

  /**
   * Begins to build a client.
   *
   * @param baseUri where the server is, such as {@code http://127.0.0.1:8080}; it may have a path
   * @throws IllegalArgumentException if it is no http or https URI with a host, or has user info, a
   *     query or a fragment
   */
  public static Builder at(String baseUri) {
    return new Builder(baseUri);
  }

  // Backups

  /**
   * The backups in a folder, newest first; pages are asked for as the stream gets on.
   *
   * @param folderId 1 to 50 characters
   */
  public Stream<Backup> listBackups(String folderId) {
    return pages(
        "/managed-redis/v1/backups",
        ListBackupsResponse.class,
        page -> new Pages.Page<>(page.getBackups(), page.getNextPageToken()),
        "folderId",
        folderId);
  }

  /**
   * One backup.
   *
   * @throws NotFoundException if there is none with that id
   */
  public Backup getBackup(String backupId) {
    return calls.get(backup(backupId, ""), Backup.class);
  }

  /**
   * What a backup holds and what was proven of it.
   *
   * @throws NotFoundException if there is no backup with that id
   */
  public BackupManifest getBackupManifest(String backupId) {
    return calls.get(backup(backupId, "/manifest"), BackupManifest.class);
  }

  /**
   * Starts to delete a backup, with its data.
   *
   * @return what to {@link #await} for
   * @throws NotFoundException if there is no backup with that id
   * @throws ConflictException if it is being deleted
   */
  public Operation deleteBackup(String backupId) {
    return calls.start("DELETE", backup(backupId, ""));
  }

  /**
   * Starts to read a backup back and to prove it again. The operation fails with the code {@link
   * StatusCode#DATA_LOSS} when the backup is damaged.
   *
   * @return what to {@link #await} for
   * @throws NotFoundException if there is no backup with that id
   * @throws ConflictException if it is being verified
   */
  public Operation verifyBackup(String backupId) {
    return calls.start("POST", backup(backupId, ":verify"));
  }

  /**
   * Downloads the snapshot of one shard into a new file: a plain RDB file. It appears under its
   * name only when it is whole and its SHA-256 is the announced one; until then, it is beside it,
   * under a name that begins with a dot. A download whose connection breaks goes on where it was.
   *
   * @param file is not there yet, its folder is
   * @return how many bytes it has
   * @throws java.nio.file.FileAlreadyExistsException if the file is there
   * @throws IOException if it can't be written
   * @throws NotFoundException if there is no such shard in such a backup
   */
  public long downloadBackupShard(String backupId, String shardName, Path file) throws IOException {
    return download(backupId, shardName).to(file);
  }

  /**
   * Downloads the snapshot of one shard into a stream, which gets the bytes before they are proven:
   * what it got is right only when this returns.
   *
   * @param out is not closed
   * @return how many bytes it has
   * @throws IOException if the stream throws it
   * @throws NotFoundException if there is no such shard in such a backup
   */
  public long downloadBackupShard(String backupId, String shardName, OutputStream out)
      throws IOException {
    return download(backupId, shardName).to(out);
  }

  private ShardDownload download(String backupId, String shardName) {
    return new ShardDownload(
        calls, Call.path("/managed-redis/v1/backups/{}/shards/{}/rdb", backupId, shardName));
  }

  private static String backup(String backupId, String rest) {
    return Call.path("/managed-redis/v1/backups/{}", backupId) + rest;
  }

  // Clusters

  /**
   * The clusters in a folder, by id; pages are asked for as the stream gets on.
   *
   * @param folderId 1 to 50 characters
   */
  public Stream<Cluster> listClusters(String folderId) {
    return clusters(folderId, null);
  }

  /**
   * Those clusters in a folder whose name fits.
   *
   * @param folderId 1 to 50 characters
   * @param filter {@code name="demo"} or {@code name!="demo"}
   */
  public Stream<Cluster> listClusters(String folderId, String filter) {
    return clusters(folderId, filter);
  }

  private Stream<Cluster> clusters(String folderId, @Nullable String filter) {
    return pages(
        "/managed-redis/v1/clusters",
        ListClustersResponse.class,
        page -> new Pages.Page<>(page.getClusters(), page.getNextPageToken()),
        "folderId",
        folderId,
        "filter",
        filter);
  }

  /**
   * One cluster, with what a probe of its nodes found.
   *
   * @throws NotFoundException if none with that id is declared
   */
  public Cluster getCluster(String clusterId) {
    return calls.get(cluster(clusterId, ""), Cluster.class);
  }

  /**
   * Starts a backup of a cluster. The metadata has the id that the backup will have.
   *
   * @return what to {@link #await} for
   * @throws NotFoundException if no cluster with that id is declared
   * @throws ConflictException if a backup of it is running
   */
  public Operation backupCluster(String clusterId) {
    return calls.start("POST", cluster(clusterId, ":backup"));
  }

  /** The backups of a declared cluster, newest first; otherwise as {@link #listBackups}. */
  public Stream<Backup> listClusterBackups(String clusterId) {
    return pages(
        cluster(clusterId, "/backups"),
        ListBackupsResponse.class,
        page -> new Pages.Page<>(page.getBackups(), page.getNextPageToken()));
  }

  /** The shards of a cluster, by name; pages are asked for as the stream gets on. */
  public Stream<Shard> listClusterShards(String clusterId) {
    return pages(
        cluster(clusterId, "/shards"),
        ListClusterShardsResponse.class,
        page -> new Pages.Page<>(page.getShards(), page.getNextPageToken()));
  }

  /** The operations on a cluster, newest first; pages are asked for as the stream gets on. */
  public Stream<Operation> listClusterOperations(String clusterId) {
    return pages(
        cluster(clusterId, "/operations"),
        ListClusterOperationsResponse.class,
        page -> new Pages.Page<>(page.getOperations(), page.getNextPageToken()));
  }

  private static String cluster(String clusterId, String rest) {
    return Call.path("/managed-redis/v1/clusters/{}", clusterId) + rest;
  }

  // Operations

  /**
   * The present state of one operation.
   *
   * @throws NotFoundException if there is none with that id
   */
  public Operation getOperation(String operationId) {
    return calls.get(Call.path("/operations/{}", operationId), Operation.class);
  }

  /** Waits as {@link #await(Operation, Duration, Consumer)} does, in silence. */
  public Operation await(Operation operation, Duration timeout) {
    return await(operation, timeout, progress -> {});
  }

  /**
   * Waits until an operation is done. It is looked at after 50 ms, then less and less often, down
   * to every 2 s. A server that is away (no answer, 429, 502, 503, 504) does not end the wait: it
   * is polled on, with longer pauses where {@code Retry-After} asks for them. Every other error of
   * a look, such as a 404, ends the wait at once.
   *
   * @param operation as a call answered it
   * @param timeout how long to wait
   * @param listener is told at once, and whenever the operation has changed, by this thread
   * @return the operation, done and without an error
   * @throws OperationFailedException if it ends with an error
   * @throws StillRunningException if it is not done by then, or the next look would come later than
   *     that; it goes on. The cause is the {@link UnavailableException} of the last look, if it was
   *     one
   * @throws NotFoundException if there is no operation with that id
   */
  public Operation await(Operation operation, Duration timeout, Consumer<Progress> listener) {
    return Calls.uninterrupted(
        "Waiting for operation " + operation.getId(),
        () -> new OperationWait(calls, timeout, listener).await(operation));
  }

  private <R, T> Stream<T> pages(
      String path,
      Class<R> type,
      Function<R, Pages.Page<T>> reader,
      @Nullable Object... parameters) {
    Integer size = calls.settings().pageSize();
    String list = Call.query(path, parameters);
    return Pages.stream(
        token ->
            reader.apply(calls.get(Call.query(list, "pageSize", size, "pageToken", token), type)));
  }

  /** Where it calls, and no secret. */
  @Override
  public String toString() {
    return calls.settings().toString();
  }

  /** What a client is to be like. */
  public static final class Builder {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final String base;
    private @Nullable HttpClient http;
    private @Nullable Supplier<String> token;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration attemptTimeout = Duration.ofSeconds(30);
    private Duration callTimeout = Duration.ofMinutes(2);
    private Duration downloadTimeout = Duration.ofHours(6);
    private int attempts = 4;
    private Duration firstPause = Duration.ofMillis(200);
    private @Nullable Integer pageSize;
    private Time time = Time.REAL;

    private Builder(String baseUri) {
      URI uri;
      try {
        uri = URI.create(baseUri);
      } catch (IllegalArgumentException e) {
        // Neither the message nor the cause: both quote the whole, which may hold a password.
        throw new IllegalArgumentException("The base URI is no URI");
      }
      if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
        throw new IllegalArgumentException(
            "The base URI has user info, a query or a fragment; it is not shown here. Give a token"
                + " with Builder.token");
      }
      if (uri.getHost() == null
          || !("http".equalsIgnoreCase(uri.getScheme())
              || "https".equalsIgnoreCase(uri.getScheme()))) {
        throw new IllegalArgumentException("The base URI is not http://HOST or https://HOST");
      }
      this.base = baseUri.endsWith("/") ? baseUri.substring(0, baseUri.length() - 1) : baseUri;
    }

    /**
     * Says who is calling: {@code Authorization: Bearer} with the token, which the supplier is
     * asked for before each request. It is never logged or shown.
     */
    public Builder token(Supplier<String> supplier) {
      this.token = supplier;
      return this;
    }

    /**
     * How long connecting may take; 10 s unless told.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout);
      return this;
    }

    /**
     * How long one try may take, from connecting to the last byte of the answer; in a download, how
     * long no byte may come. 30 s unless told.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder attemptTimeout(Duration timeout) {
      this.attemptTimeout = positive(timeout);
      return this;
    }

    /**
     * How long a call may take, with all its tries and the pauses between them; 2 min unless told.
     * Downloads have their own.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder callTimeout(Duration timeout) {
      this.callTimeout = positive(timeout);
      return this;
    }

    /**
     * How long a download may take; 6 h unless told.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder downloadTimeout(Duration timeout) {
      this.downloadTimeout = positive(timeout);
      return this;
    }

    /**
     * How often a call is tried, and a download without getting on; 4 unless told, 1 for no
     * retries.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder attempts(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("attempts must be at least 1, not " + most);
      }
      this.attempts = most;
      return this;
    }

    /**
     * How long to wait, at most, before the second try; 200 ms unless told. Every further pause is
     * twice as long, up to 10 s, or as long as the server asks for with {@code Retry-After}. Up to
     * half of it is left out by chance, lest all come again at once.
     *
     * @throws IllegalArgumentException if it is not positive, or more than 10 s
     */
    public Builder firstPause(Duration pause) {
      if (positive(pause).compareTo(LONGEST_PAUSE) > 0) {
        throw new IllegalArgumentException("firstPause must be at most 10 s, not " + pause);
      }
      this.firstPause = pause;
      return this;
    }

    /**
     * How many entries of a list are asked for at once, 1 to 1000; the server takes 100 unless
     * told.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder pageSize(int entries) {
      if (entries < 1 || entries > 1000) {
        throw new IllegalArgumentException("pageSize must be from 1 to 1000, not " + entries);
      }
      this.pageSize = entries;
      return this;
    }

    /**
     * Uses this client of the JDK's, for example with a proxy or an {@code SSLContext}. {@link
     * #connectTimeout} is then its own. With a token it must not follow redirects: the token would
     * go along, wherever they lead.
     */
    public Builder httpClient(HttpClient client) {
      this.http = client;
      return this;
    }

    /** The clock of a test. */
    Builder time(Time clock) {
      this.time = clock;
      return this;
    }

    /**
     * The client; nothing is sent yet.
     *
     * @throws IllegalArgumentException if there is a token, and an {@link #httpClient} that follows
     *     redirects
     */
    public ManagedRedis build() {
      if (token != null && http != null && http.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new IllegalArgumentException(
            "The HttpClient follows redirects, and the token would go along; build it with"
                + " Redirect.NEVER");
      }
      HttpClient client =
          http != null
              ? http
              : HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .connectTimeout(connectTimeout)
                  .build();
      return new ManagedRedis(
          new Settings(
              base,
              client,
              token,
              attemptTimeout,
              callTimeout,
              downloadTimeout,
              attempts,
              firstPause,
              pageSize,
              time));
    }

    private static Duration positive(Duration duration) {
      if (duration.isZero() || duration.isNegative()) {
        throw new IllegalArgumentException("A duration must be positive, not " + duration);
      }
      return duration;
    }
  }
}
