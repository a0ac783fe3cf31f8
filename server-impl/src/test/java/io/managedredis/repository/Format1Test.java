package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A repository that the first version of this program wrote, byte for byte. */
final class Format1Test {
  private static final BackupId ID = new BackupId("cluster1", "20261122T101112-abcd2345");
  private static final String REPOSITORY_ID = "e0a04e3b-36ae-41eb-bb99-5e8a95ff9e9b";
  private static final Map<String, byte[]> SNAPSHOTS =
      new TreeMap<>(Map.of("shard1", Samples.noise(1, 3000), "shard2", Samples.text(2_500_000)));

  @TempDir private Path root;
  private StoredBackups backups;

  @BeforeEach
  void copy() throws Exception {
    Path fixture = fixture();
    try (Stream<Path> walk = Files.walk(fixture)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        Path target = root.resolve(fixture.relativize(path).toString());
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
    backups = LocalRepository.openBeside(root, Keyring.none());
  }

  @AfterEach
  void closeBackups() throws Exception {
    backups.close();
  }

  @Test
  void itsSnapshotsAreRead() throws Exception {
    for (ShardManifest shard : manifest().shards()) {
      assertThat(Samples.read(backups, ID, shard)).isEqualTo(SNAPSHOTS.get(shard.name()));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "1, 2999", "2999, 1", "1500, 700", "3000, 0"})
  void partsOfASmallOneAreRead(int from, int length) throws Exception {
    assertThat(Samples.read(backups, ID, shard(0), from, length))
        .isEqualTo(Arrays.copyOfRange(SNAPSHOTS.get("shard1"), from, from + length));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1048576",
    "1048575, 2",
    "1048576, 1048576",
    "2097152, 402848",
    "2499999, 1",
    "1, 2499999"
  })
  void partsOfALargerOneAreRead(int from, int length) throws Exception {
    assertThat(Samples.read(backups, ID, shard(1), from, length))
        .isEqualTo(Arrays.copyOfRange(SNAPSHOTS.get("shard2"), from, from + length));
  }

  @Test
  void everyFlippedByteIsFoundInAWholeAndInAPart() throws Exception {
    ShardManifest shard = shard(0);
    Path file = root.resolve("cluster1").resolve(ID.suffix()).resolve(shard.file());
    byte[] sound = Files.readAllBytes(file);
    for (int i = 0; i < sound.length; i += i < 100 ? 1 : 37) {
      byte[] damaged = sound.clone();
      damaged[i] ^= (byte) 0xff;
      Files.write(file, damaged);
      assertThatThrownBy(() -> Samples.read(backups, ID, shard))
          .as("byte %s", i)
          .isInstanceOf(DamagedSnapshotException.class);
      assertThatThrownBy(() -> Samples.read(backups, ID, shard, 5, 10))
          .as("byte %s", i)
          .isInstanceOf(DamagedSnapshotException.class);
    }
  }

  @Test
  void whatFollowsItsFrameIsDamage() throws Exception {
    ShardManifest shard = shard(0);
    Path file = root.resolve("cluster1").resolve(ID.suffix()).resolve(shard.file());
    byte[] sound = Files.readAllBytes(file);
    byte[] twice = Arrays.copyOf(sound, sound.length * 2);
    System.arraycopy(sound, 0, twice, sound.length, sound.length);
    Files.write(file, twice);
    ShardManifest longer =
        Samples.shard(
            "shard1",
            Samples.stored(shard.file(), shard.rawBytes(), twice.length, shard.rawSha256()));

    assertThatThrownBy(() -> Samples.read(backups, ID, longer))
        .isInstanceOf(DamagedSnapshotException.class)
        .hasMessageContaining("goes on behind the end of its frame");
  }

  @Test
  void itsManifestIsToldInTermsOfThePresentFormat() throws Exception {
    Instant completed = Instant.parse("2026-11-22T10:11:12.123456792Z");
    Finding later =
        new Finding(
            Finding.Outcome.UNKNOWN, completed, "not looked at by the version that captured it");
    Manifest manifest = manifest();

    assertThat(manifest.formatVersion()).isEqualTo(2);
    assertThat(manifest.pointSkewMicros()).isEqualTo(2500);
    assertThat(manifest.shards())
        .allSatisfy(
            shard -> {
              assertThat(shard.encryption()).isEqualTo(ShardManifest.NOT_ENCRYPTED);
              assertThat(shard.keyId()).isEmpty();
              assertThat(shard.contents()).isEqualTo(ShardContents.NONE);
            });
    assertThat(shard(0).proof())
        .isEqualTo(
            new ShardProof(
                new Finding(
                    Finding.Outcome.PROVEN, Instant.parse("2026-11-22T10:11:12.123456793Z"), ""),
                later,
                later,
                later,
                new Finding(Finding.Outcome.UNKNOWN, completed, "not read back yet")));
    assertThat(shard(1).proof().checksum().outcome()).isEqualTo(Finding.Outcome.ABSENT);
    assertThat(shard(1).rdbMagic()).isEqualTo("REDIS0011");
  }

  @Test
  void readingBesideAServerLeavesItsFormat() throws Exception {
    assertThat(backups.id()).isEqualTo(REPOSITORY_ID);
    assertThat(Files.readString(root.resolve("repository.json")))
        .isEqualTo("{\"formatVersion\":1,\"id\":\"" + REPOSITORY_ID + "\"}\n");
  }

  @Test
  void openingItForWritingMakesItThePresentFormatAndKeepsItsIdAndItsBackups() throws Exception {
    try (LocalRepository repository = LocalRepository.open(root, 1, Keyring.none())) {
      assertThat(repository.id()).isEqualTo(REPOSITORY_ID);
      assertThat(Samples.read(repository, ID, shard(1))).isEqualTo(SNAPSHOTS.get("shard2"));
    }
    assertThat(Files.readString(root.resolve("repository.json")))
        .isEqualTo("{\"formatVersion\":2,\"id\":\"" + REPOSITORY_ID + "\"}\n");
  }

  @Test
  void becomingThePresentFormatSurvivesACrashAndALossOfPowerAtEveryStep() throws Exception {
    backups.close();
    String before = Files.readString(root.resolve("repository.json"));
    boolean crashed = true;
    for (int crashAt = 0; crashed; crashAt++) {
      int masks = 1;
      for (int mask = 0; mask < masks; mask++) {
        Files.writeString(root.resolve("repository.json"), before);
        SimulatedDisk disk = new SimulatedDisk(SimulatedDisk.NEVER, crashAt);
        try (LocalRepository repository = LocalRepository.open(root, 1, Keyring.none(), disk)) {
          assertThat(repository.id()).isEqualTo(REPOSITORY_ID);
        } catch (RepositoryException e) {
          assertThat(disk.crashed()).isTrue();
        }
        crashed = disk.crashed();
        masks = 1 << disk.volatileChanges();
        disk.losePower(mask);
        try (LocalRepository repository =
            LocalRepository.open(root, 1, Keyring.none(), SimulatedDisk.sound())) {
          assertThat(repository.id())
              .as("crash at %s, lost %s", crashAt, mask)
              .isEqualTo(REPOSITORY_ID);
        }
        assertThat(root.resolve("repository.json.tmp")).doesNotExist();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"outcome\" : \"PROVEN\" | \"outcome\" : \"DAMAGED\" | checksum.outcome",
        "\"checksum\" | \"proof\" | checksum",
        "\"pointAt\" : \"2026 | \"pointAt\" : \"+1000000000-01-01T00:00:00Z\", \"x\" : \"2026 |"
            + " pointAt",
        "\"encryption\" : \"none\" | \"encryption\" : \"AES256_GCM_HKDF\" | keyId",
      })
  void whatWasNeverWrittenIsRefused(String old, String now, String field) throws Exception {
    Path file = root.resolve("cluster1").resolve(ID.suffix()).resolve("manifest.json");
    Files.writeString(file, Files.readString(file).replace(old, now));

    assertThatThrownBy(() -> backups.manifest(ID))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo("shards[0]." + field));
  }

  @Test
  void itIsDeletedAsAnyOther() throws Exception {
    try (LocalRepository repository = LocalRepository.open(root, 1, Keyring.none())) {
      repository.delete(ID);
    }
    assertThat(root.resolve("cluster1")).doesNotExist();
  }

  private Manifest manifest() throws IOException {
    return backups.manifest(ID).orElseThrow();
  }

  private ShardManifest shard(int index) throws IOException {
    List<ShardManifest> shards = manifest().shards();
    return shards.get(index);
  }

  private static Path fixture() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(Format1Test.class.getResource("format1")).toURI());
  }
}
