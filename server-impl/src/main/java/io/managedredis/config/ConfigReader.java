package io.managedredis.config;

import io.managedredis.access.AccessSettings;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.cluster.ClusterDeclaration.ShardDeclaration;
import io.managedredis.cluster.NodeAddress;
import io.managedredis.http.HttpSettings;
import io.managedredis.tls.NodeTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads the configuration file. Everything that is wrong with it is found in one go: a person who
 * corrects a file wants one list, not one error after the other.
 */
public final class ConfigReader {

  private static final Set<String> ROOT_KEYS =
      keys(
          "listen",
          "dataDir",
          "clusters",
          "backup",
          "encryption",
          "auth",
          "audit",
          "tls",
          "cors",
          "limits",
          "catalog");
  private static final Set<String> CLUSTER_KEYS =
      keys(
          "id",
          "folderId",
          "name",
          "nodes",
          "shards",
          "username",
          "passwordFile",
          "passwordEnv",
          "tls");
  private static final Set<String> SHARD_KEYS = keys("name", "nodes");
  private static final Set<String> TLS_KEYS = keys("caFile", "certFile", "keyFile");
  private static final Set<String> BACKUP_KEYS =
      keys(
          "parallelShards",
          "parallelOperations",
          "attempts",
          "connectTimeout",
          "handshakeTimeout",
          "firstByteTimeout",
          "stallTimeout",
          "timeout",
          "compressionLevel");

  private static final Set<String> CATALOG_KEYS = keys("reconcileAtStart");

  private static final Set<String> ENCRYPTION_KEYS = keys("keysetFile");

  private static final Pattern ID = Pattern.compile("[a-z0-9][-a-z0-9]{0,49}");
  private static final Pattern FOLDER = Pattern.compile("[-_.a-zA-Z0-9]{1,50}");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,63}");

  private final Map<String, String> environment;
  private final List<YamlSection.Problem> problems = new ArrayList<>();
  private final Path file;
  private final Path folder;

  private ConfigReader(Path file, Map<String, String> environment) {
    this.file = file;
    this.environment = environment;
    Path parent = file.toAbsolutePath().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
  }

  /**
   * Reads a file. Relative paths in it are relative to the folder that it lies in.
   *
   * @param environment where {@code passwordEnv} looks
   * @throws ConfigException listing every problem, with its line
   */
  public static ServiceConfig read(Path file, Map<String, String> environment)
      throws ConfigException {
    return new ConfigReader(file, environment).read();
  }

  private ServiceConfig read() throws ConfigException {
    YamlSection root = YamlSection.of(parse(), "", 1, ROOT_KEYS, problems);
    ListenAddress listen = listen(root);
    Path dataDir = root.file("dataDir", folder).orElse(folder.resolve("data")).normalize();
    List<ClusterDeclaration> clusters = clusters(root);
    BackupSettings backup = backup(root.section("backup", BACKUP_KEYS));
    @Nullable Path keysetFile = keysetFile(root);
    AccessSettings access = AccessSection.read(root, folder);
    HttpSettings http = HttpSection.read(root, folder);
    boolean reconcileAtStart = root.section("catalog", CATALOG_KEYS).flag("reconcileAtStart", true);
    if (!problems.isEmpty()) {
      throw new ConfigException(
          problems.stream()
              .sorted(Comparator.comparingInt(YamlSection.Problem::line))
              .map(p -> file + ", line " + p.line() + ": " + p.what())
              .toList());
    }
    return new ServiceConfig(
        listen, dataDir, clusters, backup, keysetFile, access, http, reconcileAtStart);
  }

  private @Nullable Node parse() throws ConfigException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException(List.of(file + " can't be read: " + reason(e)));
    }
    try {
      // Aliases could make a small file a huge one; nothing here needs them.
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(file.toString())
              .setMaxAliasesForCollections(0)
              .setCodePointLimit(8 << 20)
              .build();
      return new Compose(settings).composeString(text).orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new ConfigException(
          List.of(file + ", line " + line + ": this is not YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      throw new ConfigException(List.of(file + " is not YAML: " + e.getMessage()));
    }
  }

  private ListenAddress listen(YamlSection root) {
    String text = root.text("listen").orElse("127.0.0.1:8080");
    try {
      return ListenAddress.parse(text);
    } catch (IllegalArgumentException e) {
      root.problem(root.line("listen"), "listen: " + e.getMessage());
      return new ListenAddress("127.0.0.1", 0);
    }
  }

  private List<ClusterDeclaration> clusters(YamlSection root) {
    List<ClusterDeclaration> clusters = new ArrayList<>();
    Map<String, Integer> lines = new TreeMap<>();
    for (YamlSection.Value element : root.list("clusters")) {
      YamlSection section = root.section(element, CLUSTER_KEYS);
      String id = section.matching("id", ID, "1 to 50 of a-z, 0-9 and -, not starting with -");
      if (!id.isEmpty()) {
        Integer first = lines.putIfAbsent(id, section.line("id"));
        if (first != null) {
          section.problem(
              section.line("id"), "cluster " + id + " is declared in line " + first + " already");
        }
      }
      cluster(section, id).ifPresent(clusters::add);
    }
    return clusters;
  }

  private Optional<ClusterDeclaration> cluster(YamlSection section, String id) {
    String folderId = section.matching("folderId", FOLDER, "1 to 50 of a-z, A-Z, 0-9, -, _ and .");
    String name =
        section.has("name")
            ? section.matching("name", NAME, "1 to 63 of a-z, A-Z, 0-9, _ and -")
            : "";
    List<NodeAddress> nodes = nodes(section, new HashSet<>());
    List<ShardDeclaration> shards = shards(section);
    if (section.has("nodes") == section.has("shards")) {
      section.problem(
          section.line(),
          (id.isEmpty() ? "the cluster" : "cluster " + id)
              + (section.has("nodes")
                  ? " has nodes and shards; one of them is enough"
                  : " has neither nodes nor shards"));
    }
    Optional<Credentials> credentials = credentials(section);
    @Nullable SSLSocketFactory tls = tls(section);
    // Whether the parts are whole shows in the problems; an incomplete cluster goes no further.
    return nodes.isEmpty() == shards.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ClusterDeclaration(
                id, folderId, name, nodes, shards, credentials.orElse(null), tls));
  }

  /** The nodes of a section; {@code known} are those that the cluster has elsewhere. */
  private List<NodeAddress> nodes(YamlSection section, Set<NodeAddress> known) {
    List<YamlSection.Value> values = section.list("nodes");
    if (section.has("nodes") && values.isEmpty()) {
      section.problem(section.line("nodes"), section.path("nodes") + " is empty");
    }
    List<NodeAddress> nodes = new ArrayList<>();
    for (YamlSection.Value value : values) {
      section
          .scalar(value)
          .ifPresent(
              text -> {
                try {
                  NodeAddress node = NodeAddress.parse(text);
                  if (!known.add(node)) {
                    section.problem(value.line(), value.path() + ": " + node + " is there twice");
                  }
                  nodes.add(node);
                } catch (IllegalArgumentException e) {
                  section.problem(value.line(), value.path() + ": " + e.getMessage());
                }
              });
    }
    return nodes;
  }

  private List<ShardDeclaration> shards(YamlSection section) {
    List<ShardDeclaration> shards = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    Set<NodeAddress> known = new HashSet<>();
    List<YamlSection.Value> values = section.list("shards");
    if (section.has("shards") && values.isEmpty()) {
      section.problem(section.line("shards"), section.path("shards") + " is empty");
    }
    for (YamlSection.Value value : values) {
      YamlSection shard = section.section(value, SHARD_KEYS);
      String name = shard.matching("name", NAME, "1 to 63 of a-z, A-Z, 0-9, _ and -");
      if (!name.isEmpty() && !names.add(name.toLowerCase(Locale.ROOT))) {
        shard.problem(
            shard.line("name"),
            value.path()
                + ": shard "
                + name
                + " is there twice (some file systems do not tell capitals apart)");
      }
      if (!shard.has("nodes")) {
        shard.problem(shard.line(), shard.path("nodes") + " is missing");
      }
      shards.add(new ShardDeclaration(name, nodes(shard, known)));
    }
    return shards;
  }

  private Optional<Credentials> credentials(YamlSection section) {
    @Nullable String username = section.text("username").orElse(null);
    if (section.has("passwordFile") && section.has("passwordEnv")) {
      section.problem(
          section.line("passwordEnv"),
          section.path("passwordEnv") + ": passwordFile is there as well; one of them is enough");
      return Optional.empty();
    }
    Optional<String> password = section.has("passwordFile") ? fromFile(section) : fromEnv(section);
    if (username != null && !section.has("passwordFile") && !section.has("passwordEnv")) {
      section.problem(
          section.line("username"),
          section.path("username") + " needs passwordFile or passwordEnv beside it");
    }
    return password.map(secret -> new Credentials(username, secret));
  }

  private Optional<String> fromFile(YamlSection section) {
    Optional<String> name = section.text("passwordFile");
    Optional<Path> secretFile = section.file("passwordFile", folder);
    if (name.isEmpty() || secretFile.isEmpty()) {
      return Optional.empty();
    }
    try {
      // An editor ends the file with a newline, which is not part of the password.
      String secret = Files.readString(secretFile.get()).replaceFirst("\\R\\z", "");
      if (!secret.isEmpty()) {
        return Optional.of(secret);
      }
      section.problem(
          section.line("passwordFile"),
          section.path("passwordFile") + ": " + name.get() + " is empty");
    } catch (IOException e) {
      section.problem(
          section.line("passwordFile"),
          section.path("passwordFile") + ": " + name.get() + " can't be read: " + reason(e));
    }
    return Optional.empty();
  }

  private Optional<String> fromEnv(YamlSection section) {
    Optional<String> name = section.text("passwordEnv");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String secret = environment.get(name.get());
    if (secret == null || secret.isEmpty()) {
      section.problem(
          section.line("passwordEnv"),
          section.path("passwordEnv") + ": the environment variable " + name.get() + " is not set");
      return Optional.empty();
    }
    return Optional.of(secret);
  }

  private @Nullable SSLSocketFactory tls(YamlSection section) {
    if (!section.has("tls")) {
      return null;
    }
    YamlSection tls = section.section("tls", TLS_KEYS);
    Optional<Path> ca = tls.file("caFile", folder);
    Optional<Path> cert = tls.file("certFile", folder);
    Optional<Path> key = tls.file("keyFile", folder);
    if (cert.isPresent() != key.isPresent()) {
      tls.problem(tls.line(), section.path("tls") + ": certFile and keyFile go together");
      return null;
    }
    try {
      return NodeTls.socketFactory(ca.orElse(null), cert.orElse(null), key.orElse(null));
    } catch (IOException | GeneralSecurityException e) {
      tls.problem(tls.line(), section.path("tls") + ": " + reason(e));
      return null;
    }
  }

  private BackupSettings backup(YamlSection section) {
    BackupSettings defaults = BackupSettings.defaults();
    return new BackupSettings(
        section.number("parallelShards", 1, 64, defaults.parallelShards()),
        section.number("parallelOperations", 1, 64, defaults.parallelOperations()),
        section.number("attempts", 1, 10, defaults.attempts()),
        section.duration("connectTimeout", defaults.connectTimeout()),
        section.duration("handshakeTimeout", defaults.handshakeTimeout()),
        section.duration("firstByteTimeout", defaults.firstByteTimeout()),
        section.duration("stallTimeout", defaults.stallTimeout()),
        section.duration("timeout", defaults.timeout()),
        section.number("compressionLevel", 1, 19, defaults.compressionLevel()));
  }

  /** What is in it is looked at by those who know keys. */
  private @Nullable Path keysetFile(YamlSection root) {
    if (!root.has("encryption")) {
      return null;
    }
    YamlSection section = root.section("encryption", ENCRYPTION_KEYS);
    section.requiredText("keysetFile");
    Optional<Path> keyset = section.file("keysetFile", folder).map(Path::normalize);
    if (keyset.isPresent() && !Files.isReadable(keyset.get())) {
      section.problem(
          section.line("keysetFile"),
          section.path("keysetFile")
              + ": "
              + keyset.get()
              + (Files.exists(keyset.get())
                  ? " may not be read"
                  : " does not exist; put it back from a copy, or make one with: key create FILE"));
    }
    return keyset.orElse(null);
  }

  static String reason(Exception e) {
    if (e instanceof java.nio.file.NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (e instanceof java.nio.file.AccessDeniedException denied) {
      return denied.getFile() + " may not be read";
    }
    if (e instanceof java.nio.charset.CharacterCodingException) {
      return "it is not UTF-8";
    }
    return String.valueOf(e.getMessage());
  }

  static Set<String> keys(String... names) {
    return new LinkedHashSet<>(List.of(names));
  }
}
