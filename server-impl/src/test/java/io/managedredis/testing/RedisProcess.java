package io.managedredis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real redis-server of its own on 127.0.0.1, a random free port and a directory that goes with
 * it. It saves nothing by itself. Safe for use by many threads; one connection serves all commands.
 */
public final class RedisProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private static final int ANSWER_MILLIS = 30_000;
  private static final int PORTS_TO_TRY = 20;

  private final Builder setup;
  private final Path directory;
  private final Path logFile;
  private Process process;
  private int port;
  private final Thread lastResort = new Thread(this::kill);
  private @Nullable RespClient client;
  private @Nullable String lastLog;

  /** What to start. */
  public static final class Builder {
    private final List<String> lines = new ArrayList<>();
    private @Nullable Path binary;
    private @Nullable String password;
    private @Nullable RedisProcess master;
    private @Nullable Path dump;
    private boolean cluster;
    private boolean sentinel;

    private Builder() {}

    /** Another redis-server or valkey-server than the one in embedded-redis. */
    public Builder binary(Path path) {
      binary = path;
      return this;
    }

    /**
     * A line of its configuration file; the value is written as it is, an empty one as {@code ""}.
     */
    public Builder setting(String key, String value) {
      lines.add(key + " " + (value.isEmpty() ? "\"\"" : value));
      return this;
    }

    /** The default user's password, letters and digits; our own commands use it. */
    public Builder password(String value) {
      password = value;
      return this;
    }

    /** A replica of the other server, with its password. */
    public Builder replicaOf(RedisProcess other) {
      master = other;
      return this;
    }

    /** Cluster mode; the bus listens on the port plus 10000. */
    public Builder clusterEnabled() {
      cluster = true;
      return this;
    }

    /** A Sentinel instead of a server; it writes what it learns to its configuration file. */
    Builder sentinel() {
      sentinel = true;
      return this;
    }

    /** Starts with the contents of this RDB file. */
    public Builder dump(Path rdb) {
      dump = rdb;
      return this;
    }

    private String greeting() {
      return sentinel ? "Sentinel ID is" : "eady to accept connections";
    }

    /** Starts it, and waits until it answers. */
    public RedisProcess start() {
      return new RedisProcess(this);
    }
  }

  /** A server to be set up. */
  public static Builder builder() {
    return new Builder();
  }

  /** A server with default settings. */
  public static RedisProcess start() {
    return builder().start();
  }

  private RedisProcess(Builder setup) {
    this.setup = setup;
    try {
      directory = Files.createTempDirectory("redis");
      logFile = directory.resolve("log");
      if (setup.dump != null) {
        Files.copy(setup.dump, directory.resolve("dump.rdb"));
      }
      port = freePort(setup.cluster);
      process = spawn();
      for (int attempt = 1; !ready(); attempt++) {
        String said = log();
        if (!said.contains("ddress already in use") || attempt == PORTS_TO_TRY) {
          close();
          throw new IllegalStateException("redis-server did not start:\n" + said);
        }
        port = freePort(setup.cluster);
        process = spawn();
      }
      // A run of tests that is broken off leaves no servers behind.
      Runtime.getRuntime().addShutdownHook(lastResort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process spawn() throws IOException {
    List<String> config = new ArrayList<>();
    config.add("port " + port);
    config.add("bind 127.0.0.1");
    config.add("dir \"" + directory + "\"");
    config.add("daemonize no");
    if (!setup.sentinel) {
      config.add("save \"\"");
      config.add("appendonly no");
    }
    if (setup.password != null) {
      config.add("requirepass " + setup.password);
    }
    if (setup.cluster) {
      config.add("cluster-enabled yes");
      config.add("cluster-node-timeout 5000");
    }
    if (setup.master != null) {
      config.add("replicaof 127.0.0.1 " + setup.master.port());
      if (setup.master.setup.password != null) {
        config.add("masterauth " + setup.master.setup.password);
      }
    }
    config.addAll(setup.lines);
    Path file = Files.write(directory.resolve("redis.conf"), config);
    Path binary = setup.binary != null ? setup.binary : RedisBinary.path();
    List<String> command = new ArrayList<>(List.of(binary.toString(), file.toString()));
    if (setup.sentinel) {
      command.add("--sentinel");
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(logFile.toFile())
        .start();
  }

  /** Its own log has to say so first: somebody else may have the port, and answer there. */
  private boolean ready() {
    Awaitility.await("redis-server is ready")
        .atMost(START)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !process.isAlive() || log().contains(setup.greeting()));
    if (!process.isAlive()) {
      return false;
    }
    try (RespClient ping = new RespClient("127.0.0.1", port, ANSWER_MILLIS)) {
      ping.call("PING");
    } catch (RespClient.ErrorReply e) {
      return e.toString().contains("NOAUTH") || e.toString().contains("MASTERDOWN");
    } catch (IOException e) {
      return false;
    }
    return true;
  }

  private static int freePort(boolean cluster) throws IOException {
    for (int attempt = 1; ; attempt++) {
      // Below the range that outgoing connections are given; the cluster bus adds 10000.
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket client = bind(port);
          ServerSocket bus = bind(cluster ? port + 10_000 : 0)) {
        return client.getLocalPort();
      } catch (IOException e) {
        if (attempt == PORTS_TO_TRY) {
          throw e;
        }
      }
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Its working directory, with redis.conf and, when it saves, dump.rdb. */
  public Path directory() {
    return directory;
  }

  /**
   * A command and its answer: a String (bulk strings as UTF-8), a Long, a List of such, or {@code
   * null}.
   *
   * @throws RespClient.ErrorReply if the server answered an error
   */
  public synchronized @Nullable Object command(String... command) {
    try {
      return text(client().call(command));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** A command whose arguments are bytes; bulk strings in the answer stay bytes. */
  public synchronized @Nullable Object commandBytes(byte[]... command) {
    try {
      RespClient connection = client();
      connection.send(command);
      return connection.receive();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Sets keys {@code key:0}, {@code key:1} and so on to random bytes, which no compression makes
   * smaller.
   */
  public synchronized void fill(int keys, int valueBytes) {
    Random random = new Random(keys * 31L + valueBytes);
    byte[] value = new byte[valueBytes];
    int batch = Math.max(1, Math.min(1000, 1_000_000 / Math.max(1, valueBytes)));
    try {
      RespClient connection = client();
      for (int key = 0; key < keys; key += batch) {
        int end = Math.min(keys, key + batch);
        for (int k = key; k < end; k++) {
          random.nextBytes(value);
          connection.send(
              "SET".getBytes(StandardCharsets.US_ASCII),
              ("key:" + k).getBytes(StandardCharsets.US_ASCII),
              value);
        }
        for (int k = key; k < end; k++) {
          connection.receive();
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The number of keys in database 0. */
  public long size() {
    return (Long) Objects.requireNonNull(command("DBSIZE"));
  }

  /**
   * The server's own digest over all databases, keys, values and expiries, whatever their order.
   */
  public String digest() {
    return String.valueOf(command("DEBUG", "DIGEST"));
  }

  /** One field of INFO, such as {@code master_link_status}; empty when it is not there. */
  public String info(String field) {
    return String.valueOf(command("INFO", "everything"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** All that the server wrote to its log so far; after {@link #close()}, up to the end. */
  public String log() {
    if (lastLog != null) {
      return lastLog;
    }
    try {
      return Files.exists(logFile) ? Files.readString(logFile, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server at once, as a crash would; the directory stays. */
  public void kill() {
    // A forked child would go on writing into the directory. It is not ours to wait for: only its
    // new parent sees its end, and may take seconds to look.
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    awaitEnd();
  }

  /**
   * Starts the server again after {@link #kill()}: same port, settings and directory, so a node of
   * a cluster is the same node, but the data is gone unless it was saved.
   */
  public synchronized void restart() {
    try {
      if (client != null) {
        client.close();
        client = null;
      }
      process = spawn();
      if (!ready()) {
        throw new IllegalStateException("redis-server did not start again:\n" + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server, if it still runs, and deletes its directory. */
  @Override
  public synchronized void close() {
    try {
      if (client != null) {
        client.close();
        client = null;
      }
      kill();
      if (lastLog != null) {
        return;
      }
      removeLastResort();
      lastLog = log();
      Awaitility.await("the directory is deleted")
          .pollDelay(Duration.ZERO)
          .ignoreExceptions()
          .until(this::deleteDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeLastResort() {
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook does what we have just done.
      lastLog = log();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("redis-server " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A child that is just being killed may still make or rename a file. */
  private boolean deleteDirectory() throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
    return true;
  }

  private RespClient client() throws IOException {
    RespClient connection = client;
    if (connection == null) {
      connection = connect();
      client = connection;
    }
    return connection;
  }

  /** A connection of the caller's own, as the default user. */
  RespClient connect() throws IOException {
    RespClient connection = new RespClient("127.0.0.1", port, ANSWER_MILLIS);
    if (setup.password != null) {
      connection.call("AUTH", setup.password);
    }
    return connection;
  }

  private UncheckedIOException failure(IOException e) {
    client = null;
    return new UncheckedIOException("redis-server " + address() + ", whose log is:\n" + log(), e);
  }

  private static @Nullable Object text(@Nullable Object answer) {
    if (answer instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    if (answer instanceof List<?> list) {
      List<@Nullable Object> texts = new ArrayList<>();
      list.forEach(element -> texts.add(text(element)));
      return texts;
    }
    return answer;
  }
}
