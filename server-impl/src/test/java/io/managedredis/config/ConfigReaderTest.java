package io.managedredis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterDeclaration.ShardDeclaration;
import io.managedredis.cluster.NodeAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  private static final String SECRET = "hunter2-planted";

  @TempDir private Path folder = Path.of("");

  @Test
  void theDocumentedExampleIsRead() throws Exception {
    Files.writeString(folder.resolve("demo.secret"), SECRET + "\n");
    ServiceConfig config =
        read(
            """
            listen: 127.0.0.1:8080
            dataDir: ./data
            clusters:
              - id: c9qdemo0000000000001        # 1-50 characters, [a-z0-9][-a-z0-9]*
                folderId: b1gdemo0000000000001
                name: demo
                nodes: [127.0.0.1:7001]         # cluster mode: any node
                username: backup                # optional
                passwordFile: demo.secret
              - id: c9qexplicit000000001
                folderId: b1gdemo0000000000001
                name: explicit
                shards:                         # not in cluster mode, several shards
                  - {name: shard1, nodes: [10.0.0.1:6379, 10.0.0.2:6379]}
                  - {name: shard2, nodes: [10.0.0.3:6379]}
            """);
    assertThat(config.listen()).isEqualTo(new ListenAddress("127.0.0.1", 8080));
    assertThat(config.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(config.backup()).isEqualTo(BackupSettings.defaults());
    assertThat(config.clusters())
        .containsExactly(
            new ClusterDeclaration(
                "c9qdemo0000000000001",
                "b1gdemo0000000000001",
                "demo",
                List.of(new NodeAddress("127.0.0.1", 7001)),
                List.of(),
                new ClusterDeclaration.Credentials("backup", SECRET),
                null),
            new ClusterDeclaration(
                "c9qexplicit000000001",
                "b1gdemo0000000000001",
                "explicit",
                List.of(),
                List.of(
                    new ShardDeclaration(
                        "shard1",
                        List.of(
                            new NodeAddress("10.0.0.1", 6379), new NodeAddress("10.0.0.2", 6379))),
                    new ShardDeclaration("shard2", List.of(new NodeAddress("10.0.0.3", 6379)))),
                null,
                null));
  }

  @Test
  void howBackupsAreTakenCanBeSet() throws Exception {
    assertThat(
            read("""
                    backup:
                      parallelShards: 64
                      parallelOperations: 1
                      attempts: 10
                      connectTimeout: 1ms
                      handshakeTimeout: 2s
                      firstByteTimeout: 3m
                      stallTimeout: 4h
                      timeout: 168h
                      compressionLevel: 19
                    """)
                .backup())
        .isEqualTo(
            new BackupSettings(
                64,
                1,
                10,
                Duration.ofMillis(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(3),
                Duration.ofHours(4),
                Duration.ofHours(168),
                19));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing but a comment\n"})
  void anEmptyFileMeansTheDefaultsAndNoCluster(String yaml) throws Exception {
    ServiceConfig config = read(yaml);
    assertThat(config.listen()).isEqualTo(new ListenAddress("127.0.0.1", 8080));
    assertThat(config.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(config.clusters()).isEmpty();
  }

  @Test
  void aStartComparesTheCatalogueUnlessItIsToldNotTo() throws Exception {
    assertThat(read("clusters: []").reconcileAtStart()).isTrue();
    assertThat(read("catalog: {reconcileAtStart: false}").reconcileAtStart()).isFalse();
  }

  @Test
  void theKeysetIsBesideTheFile() throws Exception {
    Files.writeString(folder.resolve("keyset.json"), "whatever is in it");

    assertThat(read("encryption: {keysetFile: ./keyset.json}").keysetFile())
        .isEqualTo(folder.resolve("keyset.json"));
  }

  @Test
  void withoutAKeysetNothingIsEncrypted() throws Exception {
    assertThat(read("").keysetFile()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "encryption: {keysetFile: none.json} | none.json does not exist",
        "encryption: {} | encryption.keysetFile is missing",
        "encryption: keyset.json | encryption must be a mapping",
        "encryption: {keysetFile: [a]} | encryption.keysetFile must be a single value",
        "encryption: {key: a, keysetFile: .} | unknown key encryption.key;",
      })
  void aKeysetThatIsNotThereIsAProblemInItsLine(String yaml, String problem) throws Exception {
    assertThat(problems("listen: 127.0.0.1:0\n" + yaml))
        .anySatisfy(line -> assertThat(line).contains("line 2: ", problem));
  }

  @Test
  void aPasswordComesFromTheEnvironment() throws Exception {
    Path file = write(cluster("passwordEnv: DEMO_SECRET"));
    ServiceConfig config = ConfigReader.read(file, Map.of("DEMO_SECRET", SECRET));
    assertThat(config.clusters().get(0).credentials())
        .isEqualTo(new ClusterDeclaration.Credentials(null, SECRET));
  }

  @ParameterizedTest
  @CsvSource({"'pass word', 'pass word'", "'x\n', x", "'x\r\n', x", "'x\n\n', 'x\n'"})
  void onlyTheLastLinesEndIsNoPartOfAPassword(String content, String password) throws Exception {
    Files.writeString(folder.resolve("secret"), content);
    assertThat(read(cluster("passwordFile: secret")).clusters().get(0).credentials())
        .isEqualTo(new ClusterDeclaration.Credentials(null, password));
  }

  @Test
  void everythingThatIsWrongIsListedAtOnceInItsLine() throws Exception {
    Files.writeString(folder.resolve("empty.secret"), "\n");
    assertThat(
            problems(
                """
                listen: nowhere
                dataDirectory: ./data
                clusters:
                  - id: Upper
                    folderId: ""
                    nodes: [localhost, "[::1]:7001", 10.0.0.1:0]
                    passwordFile: missing.secret
                  - folderId: f
                    shards: []
                    port: 6379
                  - id: twice
                    folderId: f
                    nodes: [h:1]
                    shards: [{name: a, nodes: [h:2], weight: 3}, {name: a}, {nodes: [h:3]}]
                    passwordEnv: NOT_SET
                  - id: twice
                    folderId: f
                    username: u
                    tls: {caFile: none.pem, ca: x}
                  - id: other
                    folderId: f
                    folderId: g
                    nodes: [h:1]
                    passwordFile: empty.secret
                  - just a text
                backup:
                  attempts: 11
                  parallelShards: 0
                  parallelOperations: many
                  compressionLevel: 20
                  timeout: 10
                  stallTimeout: 0s
                  connectTimeout: 169h
                  retries: 3
                """))
        .satisfiesExactlyInAnyOrder(
            p -> says(p, 1, "listen", "\"nowhere\"", "HOST:PORT"),
            p -> says(p, 2, "unknown key dataDirectory", "dataDir"),
            p -> says(p, 4, "clusters[0].id", "\"Upper\""),
            p -> says(p, 5, "clusters[0].folderId", "1 to 50"),
            p -> says(p, 6, "clusters[0].nodes[0]", "\"localhost\" is not HOST:PORT"),
            p -> says(p, 6, "clusters[0].nodes[2]", "port 0"),
            p -> says(p, 7, "clusters[0].passwordFile", "missing.secret", "does not exist"),
            p -> says(p, 8, "clusters[1].id is missing"),
            p -> says(p, 9, "clusters[1].shards is empty"),
            p -> says(p, 10, "unknown key clusters[1].port", "passwordFile"),
            p -> says(p, 11, "cluster twice has nodes and shards"),
            p -> says(p, 14, "unknown key clusters[2].shards[0].weight"),
            p -> says(p, 14, "clusters[2].shards[1]", "shard a is there twice"),
            p -> says(p, 14, "clusters[2].shards[1].nodes is missing"),
            p -> says(p, 14, "clusters[2].shards[2].name is missing"),
            p -> says(p, 15, "clusters[2].passwordEnv", "NOT_SET is not set"),
            p -> says(p, 16, "cluster twice is declared in line 11 already"),
            p -> says(p, 16, "cluster twice has neither nodes nor shards"),
            p -> says(p, 18, "clusters[3].username needs passwordFile or passwordEnv"),
            p -> says(p, 19, "unknown key clusters[3].tls.ca"),
            p -> says(p, 19, "clusters[3].tls", "none.pem does not exist"),
            p -> says(p, 22, "clusters[4].folderId is there twice"),
            p -> says(p, 24, "clusters[4].passwordFile", "empty.secret is empty"),
            p -> says(p, 25, "clusters[5] must be a mapping"),
            p -> says(p, 25, "clusters[5].id is missing"),
            p -> says(p, 25, "clusters[5].folderId is missing"),
            p -> says(p, 25, "has neither nodes nor shards"),
            p -> says(p, 27, "backup.attempts must be from 1 to 10, not 11"),
            p -> says(p, 28, "backup.parallelShards must be from 1 to 64, not 0"),
            p -> says(p, 29, "backup.parallelOperations must be from 1 to 64, not many"),
            p -> says(p, 30, "backup.compressionLevel must be from 1 to 19, not 20"),
            p -> says(p, 31, "backup.timeout must be a duration", "not 10"),
            p -> says(p, 32, "backup.stallTimeout must be a duration", "not 0s"),
            p -> says(p, 33, "backup.connectTimeout must be a duration", "not 169h"),
            p -> says(p, 34, "unknown key backup.retries"));
  }

  @ParameterizedTest
  @CsvSource({
    "'clusters: here', 'clusters must be a list'",
    "'clusters: {id: a}', 'clusters must be a list'",
    "'listen: [a, b]', 'listen must be a single value'",
    "'listen:', 'listen must be a single value'",
    "'dataDir: {a: b}', 'dataDir must be a single value'",
    "'backup: 3', 'backup must be a mapping'",
    "'- a list', 'the file must be a mapping'",
    "'a text', 'the file must be a mapping'",
    "'listen: h:70000', 'not from 0 to 65535'",
    "'listen: h:http', 'no port number'",
    "'listen: ::1:80', 'is not HOST:PORT'",
    "'<<: {listen: h:1}', 'unknown key <<'"
  })
  void aValueOfAnotherShapeIsAProblemInItsLine(String yaml, String problem) throws Exception {
    assertThat(problems(yaml)).singleElement().satisfies(p -> says(p, 1, problem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen: [",
        "listen: 'open",
        "listen: a\n\tdataDir: b",
        "a: b: c",
        "[a]: b",
        "listen: *nothing",
        "--- a\n--- b",
        "listen: \"\\x\"",
        "listen: \u0001"
      })
  void whatIsNotYamlIsOneProblemWithTheFile(String yaml) throws Exception {
    assertThat(problems(yaml))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("config.yaml").contains("not YAML"));
  }

  @Test
  void aliasesThatBlowAFileUpAreRefused() throws Exception {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i)).append(("*a" + (i - 1) + ",").repeat(9));
      bomb.append("x]\n");
    }
    assertThat(problems(bomb.toString())).isNotEmpty().hasSizeLessThan(100);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.read(folder.resolve("none"), Map.of()));
    assertThat(e.problems())
        .singleElement()
        .satisfies(
            p -> assertThat(p).contains(folder.resolve("none").toString(), "does not exist"));
  }

  @Test
  void aFolderIsNoFile() {
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(folder, Map.of()));
    assertThat(e.problems())
        .singleElement()
        .satisfies(p -> assertThat(p).contains("can't be read"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataDir", "passwordFile"})
  void aPathThatNoFileCanHaveIsAProblem(String key) throws Exception {
    String value = key + ": \"a\\0b\"";
    assertThat(problems(key.equals("dataDir") ? value : cluster(value)))
        .singleElement()
        .satisfies(p -> assertThat(p).contains(key));
  }

  @Test
  void aPasswordFileThatIsNoTextIsAProblem() throws Exception {
    Files.write(folder.resolve("secret"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(problems(cluster("passwordFile: secret")))
        .singleElement()
        .satisfies(p -> says(p, 5, "passwordFile", "can't be read"));
  }

  @Test
  void bothKindsOfPasswordAreOneTooMany() throws Exception {
    Files.writeString(folder.resolve("secret"), SECRET);
    assertThat(problems(cluster("passwordFile: secret\n    passwordEnv: X")))
        .singleElement()
        .satisfies(p -> says(p, 6, "passwordEnv", "one of them is enough"));
  }

  @Test
  void noSecretIsEverPrinted() throws Exception {
    Files.writeString(folder.resolve("secret"), SECRET);
    Path good = write(cluster("passwordFile: secret"));
    assertThat(ConfigReader.read(good, Map.of()).toString())
        .contains("(hidden)")
        .doesNotContain(SECRET);
    assertThat(problems(cluster("passwordFile: secret\n    oops: 1")))
        .isNotEmpty()
        .noneSatisfy(p -> assertThat(p).contains(SECRET));
  }

  @Test
  void aPasswordInTheFileItselfIsRefusedWithoutRepeatingIt() throws Exception {
    assertThat(problems(cluster("password: " + SECRET)))
        .singleElement()
        .satisfies(
            p -> {
              says(p, 5, "unknown key clusters[0].password", "passwordFile");
              assertThat(p).doesNotContain(SECRET);
            });
  }

  @Test
  void listenAndDataFolderCanBeReplaced() throws Exception {
    ServiceConfig config =
        read("dataDir: /one").withDataDir(Path.of("/two")).withListen(new ListenAddress("::1", 0));
    assertThat(config.dataDir()).isEqualTo(Path.of("/two"));
    assertThat(config.listen()).isEqualTo(ListenAddress.parse("[::1]:0"));
  }

  private static void says(String problem, int line, String... words) {
    assertThat(problem).contains("config.yaml, line " + line + ":").contains(words);
  }

  /** A cluster of one node, with one more line. */
  private static String cluster(String line) {
    return """
        clusters:
          - id: c1
            folderId: f1
            nodes: [127.0.0.1:7001]
            %s
        """
        .formatted(line);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"), yaml);
  }

  private ServiceConfig read(String yaml) throws Exception {
    return ConfigReader.read(write(yaml), Map.of());
  }

  private List<String> problems(String yaml) throws IOException {
    Path file = write(yaml);
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, Map.of()));
    assertThat(e).as("is refused").isNotNull();
    return e.problems();
  }
}
