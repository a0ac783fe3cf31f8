package io.managedredis.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.CatalogException;
import io.managedredis.client.model.Backup;
import io.managedredis.client.model.Operation;
import io.managedredis.http.BackupJson;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody puts other things in the place of the repository's files: nothing outside is read or
 * written, nothing waits for ever, and no wrong bytes are given out as a whole snapshot.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class HostileRepositoryTest {

  private static final String V1 = "/managed-redis/v1";
  private static final String SECRET = "root:x:0:0:planted-secret";
  private static final Duration SOON = Duration.ofSeconds(10);

  /** What is replaced. */
  enum Place {
    SHARD,
    MANIFEST,
    VERIFICATION,
    FOLDER,
    CLUSTER_FOLDER;

    String cluster(Kind kind) {
      return (name() + "-" + kind).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Path in(Path backup) {
      return switch (this) {
        case SHARD -> backup.resolve(PlantedBackup.SHARD_FILE);
        case MANIFEST -> backup.resolve("manifest.json");
        case VERIFICATION -> backup.resolve("verification.json");
        case FOLDER -> backup;
        case CLUSTER_FOLDER -> Objects.requireNonNull(backup.getParent());
      };
    }
  }

  /** What is put there instead. */
  enum Kind {
    LINK_TO_A_FOREIGN_FILE,
    LINK_TO_THE_VERY_THING,
    LINK_TO_A_DEVICE,
    LINK_TO_ITSELF,
    LINK_TO_NOTHING,
    PIPE,
    LINK_TO_A_PIPE,
    SOMETHING_OF_ANOTHER_KIND
  }

  private final Path outside;
  private final PlantedBackup planted;
  private final RunningService service;

  HostileRepositoryTest(@TempDir Path temp) throws Exception {
    outside = Files.createDirectory(temp.resolve("outside"));
    planted = PlantedBackup.take(temp, 50);
    service = RunningService.in(Files.createDirectory(temp.resolve("service"))).start();
  }

  @BeforeAll
  void plant() throws IOException {
    for (Place place : Place.values()) {
      for (Kind kind : Kind.values()) {
        Path unused = planted.plant(service.repository(), place.cluster(kind));
      }
    }
    for (String other : new String[] {"sound", "bomb", "swapped", "renamed"}) {
      Path unused = planted.plant(service.repository(), other);
    }
    service.restart();
  }

  @AfterAll
  void end() {
    service.close();
  }

  static Stream<Arguments> replacements() {
    return Arrays.stream(Place.values())
        .flatMap(place -> Arrays.stream(Kind.values()).map(kind -> Arguments.of(place, kind)));
  }

  @ParameterizedTest
  @MethodSource("replacements")
  void whatIsPutInAPlaceIsNotFollowedAndHoldsNothingUp(Place place, Kind kind) throws Exception {
    String id = planted.id(place.cluster(kind));
    replace(service, place, kind);
    Map<String, String> before = tree(outside);

    long start = System.nanoTime();
    int manifest = status("/backups/" + id + "/manifest");
    int download = status("/backups/" + id + "/shards/shard1/rdb");
    Operation verified = service.awaitDone(service.backups().verifyBackup(id, null));
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    switch (place) {
      case SHARD -> {
        assertThat(manifest).isEqualTo(200);
        assertThat(download).isIn(500, 503);
        assertThat(verified.getError()).isNotNull();
      }
      case VERIFICATION -> {
        assertThat(manifest).isIn(500, 503);
        assertThat(download).isEqualTo(200);
      }
      case MANIFEST, FOLDER, CLUSTER_FOLDER -> {
        assertThat(manifest).isIn(500, 503);
        assertThat(download).isIn(500, 503);
        assertThat(verified.getError()).isNotNull();
      }
    }
    assertThat(took).isLessThan(SOON);
    assertThat(tree(outside)).isEqualTo(before);
  }

  @Test
  void aServerStartsWithoutItsCatalogueBesideAllOfThem(@TempDir Path temp) throws Exception {
    try (RunningService other = RunningService.in(temp).start()) {
      for (Place place : Place.values()) {
        for (Kind kind : Kind.values()) {
          Path unused = planted.plant(other.repository(), place.cluster(kind));
          replace(other, place, kind);
        }
      }
      Path unused = planted.plant(other.repository(), "sound");
      Map<String, String> before = tree(outside);
      other.close();
      Files.delete(other.catalogFile());

      assertTimeoutPreemptively(Duration.ofSeconds(30), other::restart);

      assertThat(
              other.backups().listBackups(PlantedBackup.FOLDER, null, null).getBackups().stream()
                  .map(Backup::getSourceClusterId)
                  .filter(cluster -> !cluster.startsWith("shard") && !cluster.startsWith("verif")))
          .containsExactly("sound");
      assertThat(tree(outside)).isEqualTo(before);
      Operation deleted =
          other.awaitDone(
              other
                  .backups()
                  .deleteBackup(
                      planted.id(Place.SHARD.cluster(Kind.LINK_TO_A_FOREIGN_FILE)), null));
      assertThat(deleted.getDone()).isTrue();
      assertThat(tree(outside)).isEqualTo(before);
    }
  }

  /** The manifest is made to fit the lengths of the other file: then its SHA-256 tells. */
  @Test
  void aSnapshotOfAnotherBackupIsNeverGivenOutWhole(@TempDir Path temp) throws Exception {
    Path ours = service.repository().resolve("swapped").resolve(suffix("swapped"));
    PlantedBackup other = PlantedBackup.take(temp, 70);
    Path theirs = other.plant(Files.createDirectory(temp.resolve("theirs")), "theirs");
    String whole = Files.readString(ours.resolve("manifest.json"));
    Files.copy(
        theirs.resolve(PlantedBackup.SHARD_FILE),
        ours.resolve(PlantedBackup.SHARD_FILE),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(status("/backups/" + planted.id("swapped") + "/shards/shard1/rdb")).isEqualTo(500);

    String foreign = Files.readString(theirs.resolve("manifest.json"));
    Files.writeString(
        ours.resolve("manifest.json"),
        with(with(whole, "rawBytes", foreign), "storedBytes", foreign));
    assertThat(status("/backups/" + planted.id("swapped") + "/shards/shard1/rdb")).isEqualTo(500);
    Operation verified =
        service.awaitDone(service.backups().verifyBackup(planted.id("swapped"), null));
    assertThat(verified.getError().getMessage()).contains("SHA-256");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A window of 128 MiB, of 2 GiB, the largest that the format knows, and no window but 2^62.
        "28b52ffd0488",
        "28b52ffd04a8",
        "28b52ffd04ff",
        "28b52ffde00000000000000040",
        // A skippable frame of 4 GiB, and one of an old format.
        "502a4d18ffffffff",
        "27b52ffd04ff"
      })
  void aFrameThatWantsMemoryGetsNone(String header) throws Exception {
    Path backup = service.repository().resolve("bomb").resolve(suffix("bomb"));
    byte[] bytes = Arrays.copyOf(HexFormat.of().parseHex(header), 1000);
    Files.write(backup.resolve(PlantedBackup.SHARD_FILE), bytes);
    Path manifest = backup.resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replaceAll("\"storedBytes\" ?: ?[0-9]+", "\"storedBytes\": 1000"));

    assertThat(status("/backups/" + planted.id("bomb") + "/shards/shard1/rdb")).isEqualTo(500);
  }

  @Test
  void aFolderWithANameOfAnotherShapeIsLeftAlone() throws Exception {
    Path cluster = service.repository().resolve("renamed");
    Path backup = cluster.resolve(suffix("renamed"));
    for (String name : new String[] {"..x", "a b", "a\nb", "-rf", "x".repeat(25), "%2e%2e"}) {
      Path copy = Files.createDirectory(cluster.resolve(name));
      Files.copy(backup.resolve("manifest.json"), copy.resolve("manifest.json"));
    }

    service.restart();

    assertThat(
            service.backups().listBackups(PlantedBackup.FOLDER, 1000L, null).getBackups().stream()
                .filter(listed -> listed.getSourceClusterId().equals("renamed"))
                .map(Backup::getId))
        .containsExactly(planted.id("renamed"));
    assertThat(cluster.resolve("-rf").resolve("manifest.json")).exists();
  }

  @Test
  void aPipeAsLockIsRefusedAndNotWaitedFor(@TempDir Path temp) throws Exception {
    pipe(temp.resolve(".lock"));

    assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> LocalRepository.open(temp, 1, Keyring.none()))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("not a regular file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "link", "folder"})
  void anIdentityThatIsNoFileIsRefused(String kind, @TempDir Path temp) throws Exception {
    Path identity = temp.resolve("repository.json");
    switch (kind) {
      case "pipe" -> pipe(identity);
      case "link" -> Files.createSymbolicLink(identity, Path.of("/etc/passwd"));
      default -> Files.createDirectory(identity);
    }

    assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> LocalRepository.open(temp, 1, Keyring.none()))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("not a regular file"));
  }

  @Test
  void aCatalogueThatIsALinkIsNotWrittenThrough(@TempDir Path temp) throws Exception {
    Path foreign = Files.createFile(temp.resolve("foreign"));
    Path catalog = Files.createSymbolicLink(temp.resolve("catalog.db"), foreign);

    assertThatThrownBy(() -> Catalog.open(catalog, new BackupJson()))
        .isInstanceOf(CatalogException.class);
    assertThat(foreign).isEmptyFile();
  }

  private String suffix(String cluster) {
    return planted.id(cluster).substring(cluster.length() + 1);
  }

  /** The answer is held against the contract, and shows nothing of another file. */
  private int status(String path) {
    HttpResponse<String> answer = service.sendBroken("GET", V1 + path);
    assertThat(answer.body()).doesNotContain("planted-secret");
    return answer.statusCode();
  }

  private static String with(String manifest, String field, String from) throws IOException {
    long value = new ObjectMapper().readTree(from).findValue(field).asLong();
    return manifest.replaceAll(
        "\"" + field + "\" ?: ?[0-9]+", "\"" + field + "\": " + Long.toString(value));
  }

  private void replace(RunningService where, Place place, Kind kind) throws Exception {
    String cluster = place.cluster(kind);
    Path path = place.in(where.repository().resolve(cluster).resolve(suffix(cluster)));
    boolean folder = Files.isDirectory(path);
    Path aside = Files.createTempDirectory(outside, cluster).resolve("aside");
    if (Files.exists(path)) {
      Files.move(path, aside);
    } else {
      Files.writeString(aside, SECRET);
    }
    switch (kind) {
      case LINK_TO_A_FOREIGN_FILE ->
          Files.createSymbolicLink(path, Files.writeString(aside.resolveSibling("passwd"), SECRET));
      case LINK_TO_THE_VERY_THING -> Files.createSymbolicLink(path, aside);
      case LINK_TO_A_DEVICE -> Files.createSymbolicLink(path, Path.of("/dev/zero"));
      case LINK_TO_ITSELF -> Files.createSymbolicLink(path, path.getFileName());
      case LINK_TO_NOTHING -> Files.createSymbolicLink(path, aside.resolveSibling("nothing"));
      case PIPE -> pipe(path);
      case LINK_TO_A_PIPE -> {
        pipe(aside.resolveSibling("pipe"));
        Files.createSymbolicLink(path, aside.resolveSibling("pipe"));
      }
      case SOMETHING_OF_ANOTHER_KIND -> {
        if (folder) {
          Files.writeString(path, SECRET);
        } else {
          Files.createDirectory(path);
        }
      }
    }
  }

  private static void pipe(Path path) throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
    assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(mkfifo.exitValue()).isZero();
  }

  /** Every file below with its content, which shows what was written or removed. */
  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        tree.put(
            root.relativize(path).toString(),
            Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                ? HexFormat.of().formatHex(Files.readAllBytes(path))
                : "");
      }
    }
    return tree;
  }
}
