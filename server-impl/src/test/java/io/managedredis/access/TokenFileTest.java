package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenFileTest {
  private static final List<Grant> GRANTS =
      List.of(new Grant(Role.VIEWER, "f1"), new Grant(Role.EDITOR, "f2"));
  private static final Duration SOON = Duration.ofMillis(10);
  private static final String ENTRY =
      "0123456789ab " + "a".repeat(64) + " 2026-11-22T10:00:00Z - viewer@f1 ann";

  private final Path file;

  TokenFileTest(@TempDir Path folder) {
    this.file = folder.resolve("tokens.txt");
  }

  @Test
  void aTokenSaysWhoItsHolderIsAndWhatTheyMay() throws Exception {
    NewToken token = new TokenStore(file).create("Ann \"A\" O'Neil", GRANTS, null);

    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.caller(token.token())).contains(new Caller("Ann \"A\" O'Neil", GRANTS));
    }
  }

  @ParameterizedTest
  @MethodSource("notTheToken")
  void whatIsNotTheTokenIsNobodys(UnaryOperator<String> change) throws Exception {
    NewToken token = new TokenStore(file).create("ann", GRANTS, null);

    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.caller(change.apply(token.token()))).isEmpty();
    }
  }

  static Stream<UnaryOperator<String>> notTheToken() {
    return Stream.of(
        token -> "",
        token -> token.substring(1),
        token -> token + " ",
        token -> " " + token.substring(1),
        token -> token.toUpperCase(Locale.ROOT),
        token -> token.substring(0, 80) + (token.endsWith("0") ? "1" : "0"),
        token -> token.substring(0, 80) + "\u0661",
        token -> "mrb_" + "0".repeat(12) + token.substring(16),
        token -> token.substring(0, 17) + "0".repeat(64),
        token -> token.repeat(100_000),
        token -> "\0".repeat(81));
  }

  @Test
  void aTokenIsTakenUntilTheInstantOfItsExpiry() throws Exception {
    NewToken token = new TokenStore(file).create("ann", GRANTS, Duration.ofHours(1));
    Instant expiry = token.entry().createdAt().plus(Duration.ofHours(1));
    AtomicReference<Instant> now = new AtomicReference<>(expiry.minusNanos(1));
    InstantSource clock = now::get;

    try (TokenFile tokens = TokenFile.open(file, clock, SOON)) {
      assertThat(tokens.caller(token.token())).isPresent();
      now.set(expiry);
      assertThat(tokens.caller(token.token())).isEmpty();
    }
  }

  @Test
  void aChangeCountsWithinFiveSeconds() throws Exception {
    TokenStore store = new TokenStore(file);
    NewToken first = store.create("ann", GRANTS, null);

    try (TokenFile tokens = TokenFile.open(file)) {
      NewToken second = store.create("bob", GRANTS, null);
      store.revoke(Set.of(first.entry().id()));

      await()
          .atMost(Duration.ofSeconds(5))
          .until(
              () ->
                  tokens.caller(first.token()).isEmpty()
                      && tokens.caller(second.token()).isPresent());
    }
  }

  @Test
  void aChangeInPlaceOfTheSameLengthAndTimeCounts() throws Exception {
    TokenStore store = new TokenStore(file);
    NewToken token = store.create("ann", GRANTS, null);
    String before = Files.readString(file);

    try (TokenFile tokens = TokenFile.open(file, InstantSource.system(), SOON)) {
      var time = Files.getLastModifiedTime(file);
      Files.writeString(file, before.replace("ann", "bob"));
      Files.setLastModifiedTime(file, time);

      await().until(() -> tokens.caller(token.token()).orElseThrow().subject().equals("bob"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"damaged", "missing", "open"})
  void aFileThatCannotBeUsedAnyMoreKeepsItsLastTokensUntilItCanAgain(String how) throws Exception {
    TokenStore store = new TokenStore(file);
    NewToken token = store.create("ann", GRANTS, null);
    byte[] good = Files.readAllBytes(file);

    try (TokenFile tokens = TokenFile.open(file, InstantSource.system(), SOON)) {
      switch (how) {
        case "damaged" -> Files.writeString(file, "nonsense");
        case "missing" -> Files.delete(file);
        default ->
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
      }
      Path other = file.resolveSibling("other.txt");
      Files.write(other, good);
      try (TokenFile witness = TokenFile.open(other, InstantSource.system(), SOON)) {
        // Two rounds of another watch that begins later: this one has looked by then.
        new TokenStore(other).create("eve", GRANTS, null);
        await().until(() -> witness.size() == 2);
        new TokenStore(other).create("eve", GRANTS, null);
        await().until(() -> witness.size() == 3);
      }
      assertThat(tokens.caller(token.token())).isPresent();

      Files.deleteIfExists(file);
      NewToken next = new TokenStore(file).create("bob", GRANTS, null);
      await().until(() -> tokens.caller(next.token()).isPresent());
      assertThat(tokens.caller(token.token())).isEmpty();
    }
  }

  @Test
  void aMissingFileIsRefusedWithTheCommandThatMakesIt() {
    assertThatThrownBy(() -> TokenFile.open(file))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContainingAll(file.toString(), "is not there", "token create --config");
  }

  @Test
  void aFolderIsRefused() throws Exception {
    Files.createDirectory(file);
    assertThatThrownBy(() -> TokenFile.open(file))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContaining("not a regular file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-rw-"})
  void aFileThatOthersMayWriteIsRefused(String mode) throws Exception {
    write("managed-redis-tokens 1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatThrownBy(() -> TokenFile.open(file))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContainingAll(mode, "chmod 600 " + file);
  }

  @Test
  void aFileThatOthersMayReadIsFineSinceItHasHashesOnly() throws Exception {
    write("managed-redis-tokens 1\n" + ENTRY + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.size()).isOne();
    }
  }

  @Test
  void aLinkIsFollowed() throws Exception {
    Path link = Files.createSymbolicLink(file.resolveSibling("link.txt"), file);
    NewToken token = new TokenStore(file).create("ann", GRANTS, null);
    try (TokenFile tokens = TokenFile.open(link)) {
      assertThat(tokens.caller(token.token())).isPresent();
    }
  }

  @Test
  void theLastLineMayLackItsEnd() throws Exception {
    write("managed-redis-tokens 1\n" + ENTRY);
    try (TokenFile tokens = TokenFile.open(file)) {
      assertThat(tokens.size()).isOne();
    }
  }

  @ParameterizedTest
  @MethodSource("damage")
  void aDamagedFileIsRefusedWithTheLineAndWithoutQuotingIt(String content, String named)
      throws Exception {
    write(content);
    assertThatThrownBy(() -> TokenFile.open(file))
        .isInstanceOf(TokenFileException.class)
        .hasMessageContainingAll(file.toString(), named)
        .message()
        .doesNotContain("aaaaaaaa", "chef");
  }

  static Stream<Arguments> damage() {
    String head = "managed-redis-tokens 1\n";
    return Stream.of(
        Arguments.of("", "first line"),
        Arguments.of(ENTRY, "first line"),
        Arguments.of("managed-redis-tokens 1\r\n", "first line"),
        Arguments.of("managed-redis-tokens 2\n", "is of version 2; this program knows 1"),
        Arguments.of(head + "\n" + ENTRY, "line 2"),
        Arguments.of(head + ENTRY + "\n" + ENTRY, "line 3: the id 0123456789ab is there twice"),
        Arguments.of(head + ENTRY.substring(1), "line 2: the id"),
        Arguments.of(head + ENTRY.replaceFirst("aaa", "aa"), "line 2: the hash"),
        Arguments.of(head + ENTRY.replaceFirst("aaa", "AAA"), "line 2: the hash"),
        Arguments.of(head + ENTRY.replace("viewer", "chef"), "line 2: the fifth part"),
        Arguments.of(head + ENTRY.replace("viewer@f1", "viewer"), "line 2: the fifth part"),
        Arguments.of(head + ENTRY.replace("@f1", "@f1,"), "line 2: the fifth part"),
        Arguments.of(head + ENTRY.replace("@f1", "@"), "line 2: a folder"),
        Arguments.of(head + ENTRY.replace("@f1", "@f/1"), "line 2: a folder"),
        Arguments.of(
            head + ENTRY.replace("viewer@f1", "viewer@f1,".repeat(100) + "viewer@f1"),
            "line 2: there are not 1 to 100 roles"),
        Arguments.of(head + ENTRY.replace("- viewer", "tomorrow viewer"), "line 2: an instant"),
        Arguments.of(head + ENTRY.replace("2026-11-22T", "2026-11-32T"), "line 2: an instant"),
        Arguments.of(head + ENTRY.replace(" ann", ""), "line 2: there are not 6 parts"),
        Arguments.of(head + ENTRY.replace(" ann", " "), "line 2: the subject"),
        Arguments.of(head + ENTRY + "\r\n", "line 2: the subject"),
        Arguments.of(head + ENTRY + "\u001b[2J", "line 2: the subject"),
        Arguments.of(head + ENTRY + "n".repeat(254), "line 2: the subject"));
  }

  @Test
  void whatIsNotUtf8IsRefused() throws Exception {
    Files.write(file, new byte[] {(byte) 0xff});
    close();
    assertThatThrownBy(() -> TokenFile.open(file)).hasMessageContaining("not UTF-8");
  }

  @Test
  void aFileThatIsTooLargeIsRefused() throws Exception {
    write("managed-redis-tokens 1\n" + "x".repeat(2 << 20));
    assertThatThrownBy(() -> TokenFile.open(file)).hasMessageContaining("more than 2097152 bytes");
  }

  @Test
  void aFileWithTooManyTokensIsRefused() throws Exception {
    StringBuilder content = new StringBuilder("managed-redis-tokens 1\n");
    for (int i = 0; i <= 10_000; i++) {
      content.append("%012x%s%n".formatted(i, ENTRY.substring(12)));
    }
    write(content.toString());
    assertThatThrownBy(() -> TokenFile.open(file)).hasMessageContaining("more than 10000 tokens");
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
    close();
  }

  /** Whatever mask the tests run with. */
  private void close() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
