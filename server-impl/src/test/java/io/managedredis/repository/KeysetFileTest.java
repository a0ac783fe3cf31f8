package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeysetFileTest {
  private static final String PRIVATE = "rw-------";

  @TempDir private Path temp;

  @Test
  void aNewKeysetHasOnePrimaryKeyForItsOwnerAlone() throws Exception {
    Path file = temp.resolve("keyset.json");

    String id = new KeysetFile(file).create();

    assertThat(new KeysetFile(file).keys())
        .containsExactly(new KeysetKey(id, true, KeysetKey.Status.ENABLED));
    assertThat(mode(file)).isEqualTo(PRIVATE);
    assertThat(Keyring.read(file).primaryKeyId()).isEqualTo(id).matches("[1-9][0-9]{0,9}");
  }

  @Test
  void aFileThatIsThereIsNotOverwritten() throws Exception {
    Path file = Files.writeString(temp.resolve("keyset.json"), "precious");

    assertThatThrownBy(() -> new KeysetFile(file).create())
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("already there");
    assertThat(file).hasContent("precious");
  }

  @Test
  void rotatingAddsAPrimaryKeyAndKeepsTheOthers() throws Exception {
    Path file = temp.resolve("keyset.json");
    String first = new KeysetFile(file).create();
    String second = new KeysetFile(file).rotate();
    String third = new KeysetFile(file).rotate();

    assertThat(new KeysetFile(file).keys())
        .containsExactly(
            new KeysetKey(first, false, KeysetKey.Status.ENABLED),
            new KeysetKey(second, false, KeysetKey.Status.ENABLED),
            new KeysetKey(third, true, KeysetKey.Status.ENABLED));
    assertThat(mode(file)).isEqualTo(PRIVATE);
    assertThat(names()).containsExactly("keyset.json");
  }

  @Test
  void rotatingKeepsALinkAndReplacesWhatItLeadsTo() throws Exception {
    Path real = Files.createDirectory(temp.resolve("real")).resolve("keyset.json");
    new KeysetFile(real).create();
    Path link = Files.createSymbolicLink(temp.resolve("link.json"), real);

    new KeysetFile(link).rotate();

    assertThat(link).isSymbolicLink();
    assertThat(new KeysetFile(real).keys()).hasSize(2);
  }

  @Test
  void twoRotationsAtOnceAreRefusedSoThatNoKeyIsLost() throws Exception {
    Path file = temp.resolve("keyset.json");
    new KeysetFile(file).create();
    Path draft = Files.writeString(temp.resolve("keyset.json.tmp"), "theirs");

    assertThatThrownBy(() -> new KeysetFile(file).rotate())
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(draft + " is there: another rotation runs");
    assertThat(draft).hasContent("theirs");
  }

  @Test
  void rotatingWhatIsNoKeysetLeavesItAsItIs() throws Exception {
    Path file = write("{}");

    assertThatThrownBy(() -> new KeysetFile(file).rotate()).isInstanceOf(KeysetException.class);
    assertThat(file).hasContent("{}");
    assertThat(names()).containsExactly("keyset.json");
  }

  @Test
  void rotatingSurvivesAnErrorACrashAndALossOfPowerAtEveryStep() throws Exception {
    Path file = temp.resolve("keyset.json");
    String first = new KeysetFile(file).create();
    byte[] before = Files.readAllBytes(file);
    for (boolean crash : List.of(false, true)) {
      boolean reached = true;
      for (int at = 0; reached; at++) {
        int masks = 1;
        for (int mask = 0; mask < masks; mask++) {
          Files.write(file, before);
          SimulatedDisk disk =
              new SimulatedDisk(
                  crash ? SimulatedDisk.NEVER : at,
                  crash ? at : SimulatedDisk.NEVER,
                  new DiskFiles(PRIVATE));
          String promised = "";
          try {
            promised = new KeysetFile(file, disk).rotate();
          } catch (KeysetException e) {
            assertThat(e).hasMessageContaining("No space left on device");
          }
          reached = crash ? disk.crashed() : disk.steps() > at;
          masks = crash ? 1 << disk.volatileChanges() : 1;
          disk.losePower(mask);
          List<String> ids = new KeysetFile(file).keys().stream().map(KeysetKey::id).toList();
          assertThat(ids).as("step %s, lost %s", at, mask).startsWith(first);
          if (!promised.isEmpty()) {
            assertThat(ids).containsExactly(first, promised);
          }
          if (!crash) {
            assertThat(names()).as("step %s", at).containsExactly("keyset.json");
          }
          Files.deleteIfExists(temp.resolve("keyset.json.tmp"));
        }
      }
    }
  }

  @Test
  void aKeysetThatCannotBeWrittenLeavesNothing() throws Exception {
    for (int failAt = 0; failAt < 4; failAt++) {
      int step = failAt;
      assertThatThrownBy(
              () ->
                  new KeysetFile(
                          temp.resolve("keyset.json"), new SimulatedDisk(step, SimulatedDisk.NEVER))
                      .create())
          .as("step %s", step)
          .isInstanceOf(KeysetException.class)
          .hasMessageContaining("The disk is full");
      assertThat(names()).as("step %s", step).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx-----x"})
  void aKeysetThatOthersMayUseIsRefusedWithWhatToDo(String mode) throws Exception {
    Path file = temp.resolve("keyset.json");
    new KeysetFile(file).create();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> Keyring.read(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(mode)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void aMissingKeysetIsNamed() {
    Path file = temp.resolve("none.json");

    assertThatThrownBy(() -> Keyring.read(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(file + " is not there")
        .hasMessageContaining("key create");
  }

  @Test
  void aFolderIsNoKeyset() {
    assertThatThrownBy(() -> Keyring.read(temp))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(temp.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{",
        "{}",
        "[]",
        "null",
        "{\"primaryKeyId\":1,\"key\":[]}",
        "{\"primaryKeyId\":1,\"key\":[{}]}",
        "{\"primaryKeyId\":\"x\",\"key\":[{\"keyId\":1}]}",
        "{\"encryptedKeyset\":\"AAAA\"}",
      })
  void whatIsNoKeysetIsRefused(String content) throws Exception {
    Path file = write(content);

    assertThatThrownBy(() -> Keyring.read(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(file + " is not a Tink keyset in JSON");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    Path file = temp.resolve("keyset.json");
    new KeysetFile(file).create();
    String whole = Files.readString(file).strip();
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      assertThatThrownBy(() -> Keyring.read(file))
          .as("%s characters", length)
          .isInstanceOf(KeysetException.class);
    }
  }

  @Test
  void noMessageHoldsAKey() throws Exception {
    Path file = temp.resolve("keyset.json");
    new KeysetFile(file).create();
    String whole = Files.readString(file);
    var matcher = Pattern.compile("\"value\": *\"([^\"]+)\"").matcher(whole);
    assertThat(matcher.find()).isTrue();
    String material = matcher.group(1);
    for (String wrong :
        List.of(whole.replace("ENABLED", material), whole.replace("SYMMETRIC", material))) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> Keyring.read(file))
          .isInstanceOf(KeysetException.class)
          .satisfies(
              e -> {
                for (Throwable t = e; t != null; t = t.getCause()) {
                  assertThat(t.toString()).doesNotContain(material);
                }
              });
    }
  }

  /** Keys that Tink knows and backups are not encrypted with. */
  static Stream<Parameters> otherKeys() {
    return Stream.of(
        PredefinedAeadParameters.AES256_GCM,
        PredefinedStreamingAeadParameters.AES128_GCM_HKDF_1MB,
        PredefinedStreamingAeadParameters.AES256_CTR_HMAC_SHA256_1MB);
  }

  @ParameterizedTest
  @MethodSource("otherKeys")
  void aKeysetForSomethingElseIsRefused(Parameters parameters) throws Exception {
    AeadConfig.register();
    Path file = write(json(KeysetHandle.generateNew(parameters, RegistryConfiguration.get())));

    assertThatThrownBy(() -> Keyring.read(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("is not an AES256_GCM_HKDF key")
        .hasMessageContaining("key create");
  }

  @Test
  void aKeysetOfTinksOwnToolIsTaken() throws Exception {
    StreamingAeadConfig.register();
    KeysetHandle keyset =
        KeysetHandle.generateNew(
            PredefinedStreamingAeadParameters.AES256_GCM_HKDF_4KB, RegistryConfiguration.get());
    Path file = write(json(keyset));

    assertThat(Keyring.read(file).primaryKeyId())
        .isEqualTo(Integer.toUnsignedString(keyset.getPrimary().getId()));
  }

  @Test
  void aPrimaryKeyThatIsNotEnabledIsRefused() throws Exception {
    Path file = temp.resolve("keyset.json");
    new KeysetFile(file).create();
    Files.writeString(file, Files.readString(file).replace("ENABLED", "DISABLED"));

    assertThatThrownBy(() -> Keyring.read(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("with an enabled primary key");
  }

  @Test
  void aDisabledKeyIsListedButOpensNothing() throws Exception {
    StreamingAeadConfig.register();
    KeysetHandle keyset =
        KeysetHandle.newBuilder()
            .addEntry(entry(7).setStatus(KeyStatus.DISABLED))
            .addEntry(entry(-1).makePrimary())
            .build();
    Path file = write(json(keyset));

    assertThat(new KeysetFile(file).keys())
        .containsExactly(
            new KeysetKey("7", false, KeysetKey.Status.DISABLED),
            new KeysetKey("4294967295", true, KeysetKey.Status.ENABLED));
    BackupId id = new BackupId("cluster1", "b");
    try (LocalRepository repository =
        LocalRepository.open(temp.resolve("repository"), 1, Keyring.read(file))) {
      ShardManifest stored =
          Samples.store(repository, id, Map.of("s", new byte[9])).shards().get(0);
      ShardManifest withDisabled =
          Samples.shard(
              "s",
              new StoredShard(
                  stored.file(),
                  stored.encryption(),
                  "7",
                  stored.rawBytes(),
                  stored.storedBytes(),
                  stored.rawSha256()));
      assertThat(stored.keyId()).isEqualTo("4294967295");
      assertThatThrownBy(() -> repository.open(id, withDisabled))
          .isInstanceOf(KeyMissingException.class)
          .hasMessageContaining("'7'");
    }
  }

  private static KeysetHandle.Builder.Entry entry(int id) {
    return KeysetHandle.generateEntryFromParameters(
            PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB)
        .withFixedId(id);
  }

  private static String json(KeysetHandle keyset) throws Exception {
    return TinkJsonProtoKeysetFormat.serializeKeyset(
        keyset, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
  }

  private Path write(String content) throws IOException {
    Path file = Files.writeString(temp.resolve("keyset.json"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(PRIVATE));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(temp)) {
      return entries.map(path -> temp.relativize(path).toString()).collect(Collectors.toSet());
    }
  }
}
