package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.broken;
import static io.managedredis.client.sdk.ScriptedServer.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpTimeoutException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads: proven, and taken up again where they broke off. */
class DownloadTest {

  private static final int LENGTH = 300_000;
  private static final byte[] SNAPSHOT = new byte[LENGTH];

  static {
    new Random(7).nextBytes(SNAPSHOT);
  }

  private final ManualTime time = new ManualTime();
  @TempDir private Path folder;

  @Test
  void aFileIsThereUnderItsNameOnceItIsWhole() throws Exception {
    Path file = folder.resolve("dump.rdb");
    try (ScriptedServer server = new ScriptedServer(whole(SNAPSHOT))) {
      assertThat(client(server).downloadBackupShard("c:s", "shard1", file)).isEqualTo(LENGTH);

      assertThat(file).hasBinaryContent(SNAPSHOT);
      assertThat(folder).isDirectoryContaining(only -> only.equals(file));
      assertThat(server.seen().get(0).target())
          .isEqualTo("/managed-redis/v1/backups/c%3As/shards/shard1/rdb");
    }
  }

  @Test
  void aDownloadThatBreaksOffGoesOnBehindTheLastByteThatCame() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            part(200, 0, 100_000),
            error(503, 14, "all slots are taken"),
            part(206, 100_000, 150_000),
            part(206, 150_000, LENGTH))) {
      assertThat(downloaded(server)).isEqualTo(SNAPSHOT);

      assertThat(server.seen())
          .extracting(seen -> seen.header("Range"))
          .containsExactly(null, "bytes=100000-", "bytes=100000-", "bytes=150000-");
      assertThat(server.seen())
          .extracting(seen -> seen.header("If-Range"))
          .containsExactly(null, etag(), etag(), etag());
    }
  }

  @Test
  void whoeverGetsOnEachTimeMayBreakOffMoreOftenThanOthersMayFail() throws Exception {
    ScriptedServer.Answer[] parts = new ScriptedServer.Answer[10];
    for (int i = 0; i < parts.length; i++) {
      int step = LENGTH / parts.length;
      parts[i] = part(i == 0 ? 200 : 206, i * step, (i + 1) * step);
    }
    try (ScriptedServer server = new ScriptedServer(parts)) {
      assertThat(downloaded(server)).isEqualTo(SNAPSHOT);
    }
  }

  @Test
  void whoeverDoesNotGetOnIsGivenUp() throws Exception {
    try (ScriptedServer server = new ScriptedServer(part(200, 0, 1000), part(206, 1000, 1000))) {
      assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> downloaded(server));

      assertThat(server.seen()).hasSize(4);
    }
  }

  @Test
  void aServerThatAnswersTheWholeFileAgainIsFineToo() throws Exception {
    try (ScriptedServer server = new ScriptedServer(part(200, 0, 1000), whole(SNAPSHOT))) {
      assertThat(downloaded(server)).isEqualTo(SNAPSHOT);
    }
  }

  @Test
  void anotherFileInTheMiddleIsRefused() throws Exception {
    byte[] other = new byte[LENGTH];
    try (ScriptedServer server = new ScriptedServer(part(200, 0, 1000), whole(other))) {
      refused(server, "another file");
    }
  }

  @Test
  void aRangeThatWasNotAskedForIsRefused() throws Exception {
    try (ScriptedServer server = new ScriptedServer(part(200, 0, 1000), part(206, 2000, LENGTH))) {
      refused(server, "begins with byte 2000, not with byte 1000");
    }
  }

  @Test
  void bytesThatAreNotTheAnnouncedOnesAreRefused() throws Exception {
    byte[] damaged = SNAPSHOT.clone();
    damaged[LENGTH / 2] ^= 1;
    try (ScriptedServer server =
        new ScriptedServer(
            broken(200, damaged, LENGTH, "Repr-Digest", digest(SNAPSHOT), "ETag", etag()))) {
      refused(server, "SHA-256");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Repr-Digest", "ETag"})
  void whatCanNotBeProvenIsRefused(String lacking) throws Exception {
    String other = lacking.equals("ETag") ? "Repr-Digest" : "ETag";
    String value = lacking.equals("ETag") ? digest(SNAPSHOT) : etag();
    try (ScriptedServer server = new ScriptedServer(broken(200, SNAPSHOT, LENGTH, other, value))) {
      refused(server, "lacks");
    }
  }

  private void refused(ScriptedServer server, String why) {
    assertThatExceptionOfType(ManagedRedisException.class)
        .isThrownBy(
            () -> client(server).downloadBackupShard("c:s", "shard1", folder.resolve("dump.rdb")))
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.DATA_LOSS));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aShardThatIsNotThereLeavesNoFile() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(404, 5, "no such shard"))) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(
              () ->
                  client(server).downloadBackupShard("c:s", "shard9", folder.resolve("dump.rdb")));

      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aFileThatIsThereIsNotReplaced() throws Exception {
    Path file = Files.writeString(folder.resolve("dump.rdb"), "mine");
    try (ScriptedServer server = new ScriptedServer(whole(SNAPSHOT))) {
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> client(server).downloadBackupShard("c:s", "shard1", file));

      assertThat(file).hasContent("mine");
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void aDiskThatIsFullIsNotTriedAgain() throws Exception {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    try (ScriptedServer server = new ScriptedServer(whole(SNAPSHOT))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> client(server).downloadBackupShard("c:s", "shard1", full))
          .withMessage("No space left on device");

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void aServerThatStopsSendingIsGivenUp() throws Exception {
    try (ScriptedServer server = new ScriptedServer(part(200, 0, 1000).andSilence())) {
      ManagedRedis impatient =
          ManagedRedis.at(server.url()).attempts(1).attemptTimeout(Duration.ofMillis(100)).build();

      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(
              () -> impatient.downloadBackupShard("c:s", "shard1", new ByteArrayOutputStream()))
          .withCauseInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void anInterruptEndsADownloadAndTheStreamStaysOpen() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    OutputStream interrupting =
        new OutputStream() {
          @Override
          public void write(int b) {
            Thread.currentThread().interrupt();
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    try (ScriptedServer server = new ScriptedServer(whole(SNAPSHOT))) {
      cancelled(() -> client(server).downloadBackupShard("c:s", "shard1", interrupting));
    }
    assertThat(closed).isFalse();
  }

  private static void cancelled(ThrowingCallable download) {
    assertThatExceptionOfType(ManagedRedisException.class)
        .isThrownBy(download)
        .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.CANCELLED));
    assertThat(Thread.interrupted()).isTrue();
  }

  private byte[] downloaded(ScriptedServer server) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long unused = client(server).downloadBackupShard("c:s", "shard1", out);
    return out.toByteArray();
  }

  private ManagedRedis client(ScriptedServer server) {
    return ManagedRedis.at(server.url()).time(time).build();
  }

  private static ScriptedServer.Answer whole(byte[] bytes) {
    return broken(200, bytes, bytes.length, "Repr-Digest", digest(bytes), "ETag", etag());
  }

  /** The bytes from one to another, announced as going on to the end. */
  private static ScriptedServer.Answer part(int status, int from, int to) {
    return broken(
        status,
        Arrays.copyOfRange(SNAPSHOT, from, to),
        LENGTH - from,
        "Repr-Digest",
        digest(SNAPSHOT),
        "ETag",
        etag(),
        "Content-Range",
        "bytes %d-%d/%d".formatted(from, LENGTH - 1, LENGTH));
  }

  private static String etag() {
    return "\"snapshot\"";
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
