package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenStoreTest {
  private static final List<Grant> GRANTS = List.of(new Grant(Role.ADMIN, Grant.ANY_FOLDER));

  private final Path file;
  private final TokenStore store;

  TokenStoreTest(@TempDir Path folder) {
    this.file = folder.resolve("tokens.txt");
    this.store = new TokenStore(file);
  }

  @Test
  void theFileIsItsOwnersAloneAndHasNoSecret() throws Exception {
    NewToken token = store.create("ann", GRANTS, Duration.ofDays(90));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(token.token()).matches("mrb_[0-9a-f]{12}_[0-9a-f]{64}");
    String secret = token.token().substring(17);
    assertThat(Files.readString(file)).contains(token.entry().id()).doesNotContain(secret);
    assertThat(token.toString()).doesNotContain(secret);
    assertThat(store.entries()).containsExactly(token.entry());
  }

  @Test
  void tokensAreAddedToThoseThatAreThere() throws Exception {
    TokenEntry first = store.create("ann", GRANTS, null).entry();
    TokenEntry second = store.create("\u00c9mile de la T\u00f4ur", GRANTS, null).entry();

    assertThat(store.entries()).containsExactly(first, second);
  }

  @Test
  void aFileThatIsThereKeepsItsMode() throws Exception {
    store.create("ann", GRANTS, null);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    store.create("bob", GRANTS, null);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void aLinkStaysAndWhatItLeadsToIsReplaced(@TempDir Path elsewhere) throws Exception {
    Path link = Files.createSymbolicLink(elsewhere.resolve("link.txt"), file);
    store.create("ann", GRANTS, null);
    new TokenStore(link).create("bob", GRANTS, null);

    assertThat(link).isSymbolicLink();
    assertThat(store.entries()).hasSize(2);
    assertThat(elsewhere).isDirectoryNotContaining("glob:**.lock");
  }

  @Test
  void revokingTakesOutAllThatAreNamedAndNoOthers() throws Exception {
    TokenEntry first = store.create("ann", GRANTS, null).entry();
    TokenEntry second = store.create("bob", GRANTS, null).entry();
    TokenEntry third = store.create("cyd", GRANTS, null).entry();
    store.revoke(Set.of(first.id(), third.id()));

    assertThat(store.entries()).containsExactly(second);
  }

  @Test
  void revokingAnUnknownTokenRevokesNone() throws Exception {
    TokenEntry first = store.create("ann", GRANTS, null).entry();

    assertThatThrownBy(() -> store.revoke(Set.of(first.id(), "ffffffffffff")))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContainingAll("nothing was revoked", "token list");
    assertThat(store.entries()).containsExactly(first);
  }

  @Test
  void revokingWithoutAFileMakesNone(@TempDir Path empty) {
    assertThatThrownBy(() -> new TokenStore(empty.resolve("none")).revoke(Set.of("ffffffffffff")))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContaining("is not there");
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void aDamagedFileIsLeftAsItIs() throws Exception {
    Files.writeString(file, "precious");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> store.create("ann", GRANTS, null))
        .isInstanceOf(TokenFileException.class);
    assertThat(file).hasContent("precious");
  }

  @Test
  void aDraftThatACrashLeftIsNoObstacle() throws Exception {
    Files.writeString(file.resolveSibling("tokens.txt.tmp"), "half");
    store.create("ann", GRANTS, null);

    assertThat(store.entries()).hasSize(1);
    assertThat(file.resolveSibling("tokens.txt.tmp")).doesNotExist();
  }

  @Test
  void aMissingFolderIsNamed() {
    Path missing = file.resolveSibling("missing").resolve("tokens.txt");
    assertThatThrownBy(() -> new TokenStore(missing).create("ann", GRANTS, null))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContaining("The folder " + missing.getParent());
  }

  @Test
  void aFullFileTakesNoMore() throws Exception {
    StringBuilder content = new StringBuilder("managed-redis-tokens 1\n");
    IntStream.range(0, 10_000)
        .forEach(
            i ->
                content
                    .append("%012x ".formatted(i))
                    .append("a".repeat(64))
                    .append(" 2026-11-22T10:00:00Z - viewer@f1 ann\n"));
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> store.create("ann", GRANTS, null))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContaining("is full");
    assertThat(store.entries()).hasSize(10_000);
  }

  @Test
  void processesThatMakeTokensAtOnceLoseNone() throws Exception {
    List<Process> makers = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        makers.add(maker(20));
      }
      for (Process maker : makers) {
        assertThat(maker.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(maker.exitValue()).isZero();
      }
    } finally {
      makers.forEach(Process::destroyForcibly);
    }
    assertThat(new HashSet<>(store.entries())).hasSize(60);
  }

  @ParameterizedTest
  @MethodSource("noSubjects")
  void whatIsNoSubjectIsRefusedBeforeAnythingIsMade(String subject) {
    assertThatThrownBy(() -> store.create(subject, GRANTS, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the subject");
    assertThat(file.getParent()).isEmptyDirectory();
  }

  static Stream<String> noSubjects() {
    return Stream.of(
        "",
        " ",
        " ann",
        "ann ",
        "a\nb",
        "a\u0085b",
        "a\u2028b",
        "a\u202eb",
        "a\u0000b",
        "\ud83d",
        "a".repeat(257));
  }

  @Test
  void aSubjectMayHave256CharactersOfAnyPlane() throws Exception {
    String subject = "\ud83d\udd11".repeat(256);
    TokenEntry entry = store.create(subject, GRANTS, null).entry();

    assertThat(store.entries()).containsExactly(entry);
  }

  private Process maker(int tokens) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TokenMaker.class.getName(),
            file.toString(),
            Integer.toString(tokens))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
