package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.client.ApiException;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.RawHttp;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot on its way out: whole, in parts, and broken off when the stored bytes are wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DownloadTest {

  private static final String CLUSTER = "c9qdownload000000001";
  private static final String FOLDER = "b1gdownload";

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final RunningService service;
  private String backup = "";
  private byte[] whole = new byte[0];

  DownloadTest(@TempDir Path folder) {
    // Incompressible and larger than any buffer between the file and the client.
    redis.fill(60, 200_000);
    service = RunningService.in(folder).cluster(CLUSTER, FOLDER, redis.address()).start();
  }

  @BeforeAll
  void takeBackup() throws Exception {
    backup = service.takeBackup(CLUSTER);
    whole = download(backup).body();
  }

  @AfterAll
  void stop() {
    service.close();
    redis.close();
  }

  @Test
  void theWholeIsWhatTheManifestSays() throws Exception {
    ShardManifest shard = shard(backup);
    HttpResponse<byte[]> answer = download(backup);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(Integer.parseInt(shard.getRawBytes()));
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(answer.body());
    assertThat(shard.getSha256()).isEqualTo(HexFormat.of().formatHex(sha256));
    assertThat(header(answer, "Repr-Digest"))
        .isEqualTo("sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
    assertThat(header(answer, "ETag")).isEqualTo("\"" + shard.getSha256() + "\"");
    assertThat(header(answer, "Content-Length")).isEqualTo(shard.getRawBytes());
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(answer, "Content-Disposition"))
        .isEqualTo("attachment; filename=\"" + backup.replace(':', '-') + "-shard1.rdb\"");
    assertThat(new String(whole, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("REDIS");
  }

  @Test
  void theExchangeHoldsToTheContract() {
    assertThat(service.send("GET", path(backup), "Range", "bytes=0-8").body())
        .startsWith("REDIS0009");
    assertThat(service.send("HEAD", path(backup)).statusCode()).isEqualTo(200);
    assertThat(service.send("GET", path(backup), "Range", "bytes=999999999-").statusCode())
        .isEqualTo(416);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0",
    "bytes=0-8",
    "bytes=1000000-1999999",
    "bytes=5000000-",
    "bytes=-1",
    "bytes=-65536"
  })
  void aRangeIsThatPartOfTheWhole(String range) throws Exception {
    HttpResponse<byte[]> answer = download(backup, "Range", range);

    ByteRange part = ByteRange.of(range, whole.length);
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body())
        .isEqualTo(
            Arrays.copyOfRange(whole, (int) part.from(), (int) (part.from() + part.length())));
    assertThat(header(answer, "Content-Range")).isEqualTo(part.contentRange());
    assertThat(header(answer, "ETag")).isEqualTo(header(download(backup), "ETag"));
  }

  @Test
  void aRangeOfTheSameFileIsAnswered() throws Exception {
    String etag = header(download(backup), "ETag");

    assertThat(download(backup, "Range", "bytes=0-8", "If-Range", etag).statusCode())
        .isEqualTo(206);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"other\"", "W/\"other\"", "Sun, 22 Nov 2026 03:15:41 GMT"})
  void aRangeOfAnotherFileIsTheWhole(String other) throws Exception {
    HttpResponse<byte[]> answer = download(backup, "Range", "bytes=0-8", "If-Range", other);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(whole);
  }

  @Test
  void aRangeBehindTheEndNamesTheLength() throws Exception {
    HttpResponse<byte[]> answer = download(backup, "Range", "bytes=" + whole.length + "-");

    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + whole.length);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("\"code\":11", "\"field\":\"Range\"");
  }

  @Test
  void headTellsTheHeadersAlone() throws Exception {
    HttpResponse<byte[]> answer =
        service
            .http()
            .send(
                HttpRequest.newBuilder(URI.create(service.url() + path(backup)))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(whole.length));
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/xml"})
  void whoTakesOnlySomethingElseIsRefused(String accept) throws Exception {
    HttpResponse<byte[]> answer = download(backup, "Accept", accept);

    assertThat(answer.statusCode()).isEqualTo(406);
    assertThat(header(answer, "Content-Type")).startsWith("application/json");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("must allow application/octet-stream");
  }

  @Test
  void whoTakesOnlyTheTypeOfTheErrorsGetsTheFile() throws Exception {
    HttpResponse<byte[]> answer = download(backup, "Accept", "application/json");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(answer.body()).isEqualTo(download(backup).body());
  }

  @Test
  void anErrorIsJsonAlsoForWhoTakesOnlyBytes() throws Exception {
    HttpResponse<byte[]> answer =
        send(
            "/managed-redis/v1/backups/" + backup + "/shards/none/rdb",
            "Accept",
            "application/octet-stream");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("Shard none of backup " + backup + " was not found");
  }

  @Test
  void aFileThatIsCutShortIsRefusedBeforeAnythingIsSent() throws Exception {
    String damaged = service.takeBackup(CLUSTER);
    Path file = file(damaged);
    byte[] stored = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(stored, stored.length - 100));

    HttpResponse<byte[]> answer = download(damaged);

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("\"code\":15", "is damaged")
        .doesNotContain(file.toString());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.9, 0.9999})
  void aFlippedByteBreaksTheDownloadOff(double where) throws Exception {
    String damaged = service.takeBackup(CLUSTER);
    Path file = file(damaged);
    byte[] stored = Files.readAllBytes(file);
    stored[(int) (stored.length * where) - 40] ^= 1;
    Files.write(file, stored);

    assertThatThrownBy(() -> download(damaged)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> download(damaged, "Range", "bytes=1-"))
        .isInstanceOf(IOException.class);
    // Nothing of the broken answer is left on a connection that is used again.
    assertThat(service.send("GET", "/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void aBrokenOffDownloadEndsTheConnectionWithoutTheLastByte() throws Exception {
    String damaged = service.takeBackup(CLUSTER);
    Path file = file(damaged);
    byte[] stored = Files.readAllBytes(file);
    stored[stored.length - 200] ^= 1;
    Files.write(file, stored);

    try (RawHttp connection = new RawHttp(service.port())) {
      connection.send(get(damaged) + "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Exchange head = connection.answerWithoutBody();
      byte[] received = connection.untilClosed();
      assertThat(head.status()).isEqualTo(200);
      assertThat(received.length).isGreaterThan(1_000_000).isLessThan(whole.length);
      assertThat(new String(received, StandardCharsets.ISO_8859_1)).doesNotContain("{\"status\"");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // Only there can a process ask for its open files.
  void whoStopsReadingIsCutOffAndHoldsNothing() throws Exception {
    try (RawHttp connection = new RawHttp(service.port(), 4096)) {
      connection.send(get(backup));
      assertThat(connection.answerWithoutBody().status()).isEqualTo(200);
      Awaitility.await("the server gives up")
          .atMost(Duration.ofSeconds(60))
          .until(() -> openSnapshots() == 0);
    }
  }

  @Test
  void slowDownloadsLeaveRoomForOtherCalls() throws Exception {
    List<RawHttp> slow = new ArrayList<>();
    try {
      // More than there are threads that answer.
      for (int i = 0; i < 40; i++) {
        RawHttp connection = new RawHttp(service.port(), 4096);
        slow.add(connection);
        connection.send(get(backup));
        assertThat(connection.answerWithoutBody().status()).isIn(200, 503);
      }

      assertThat(download(backup).statusCode()).isEqualTo(503);
      assertThat(service.send("GET", "/health/live").statusCode()).isEqualTo(200);
    } finally {
      for (RawHttp connection : slow) {
        connection.close();
      }
    }
    Awaitility.await("the places are free again")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(download(backup).body()).isEqualTo(whole));
  }

  /** How many stored files of this service this process has open. */
  private long openSnapshots() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(
              descriptor -> {
                try {
                  Path file = Files.readSymbolicLink(descriptor);
                  return file.startsWith(service.repository().toRealPath())
                      && file.toString().endsWith(".rdb.zst");
                } catch (IOException e) {
                  // Closed while we looked.
                  return false;
                }
              })
          .count();
    }
  }

  private static String get(String id) {
    return "GET " + path(id) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  private ShardManifest shard(String id) throws ApiException {
    return service.backups().getBackupManifest(id).getShards().get(0);
  }

  private HttpResponse<byte[]> download(String id, String... headers)
      throws IOException, InterruptedException {
    return send(path(id), headers);
  }

  private HttpResponse<byte[]> send(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.url() + path)).timeout(Duration.ofSeconds(60));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return service.http().sendBroken(request.build(), BodyHandlers.ofByteArray());
  }

  private static String path(String id) {
    return "/managed-redis/v1/backups/" + id + "/shards/shard1/rdb";
  }

  private Path file(String id) {
    return service
        .repository()
        .resolve(CLUSTER)
        .resolve(id.substring(CLUSTER.length() + 1))
        .resolve("shard1.rdb.zst");
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
