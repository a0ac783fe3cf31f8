package io.managedredis.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.RunningService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
 * Requests that try to get another's bytes out of a cache or of the server: by a tag, a range or a
 * header that a cache would not look at. What tags and ranges do otherwise is in {@code
 * DownloadTest} and {@code PagesTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class CacheConfusionTest {

  private static final String V1 = "/managed-redis/v1";

  private final RunningService service;
  private final PlantedBackup mine;
  private final PlantedBackup theirs;
  private byte[] myBytes = {};
  private byte[] theirBytes = {};
  private String myTag = "";
  private String theirTag = "";

  CacheConfusionTest(@TempDir Path temp) throws Exception {
    mine = PlantedBackup.take(temp, 20);
    theirs = PlantedBackup.take(temp, 30);
    service = RunningService.in(Files.createDirectory(temp.resolve("service"))).start();
  }

  @BeforeAll
  void plant() throws Exception {
    Path unused = mine.plant(service.repository(), "mine");
    unused = theirs.plant(service.repository(), "theirs");
    service.restart();
    HttpResponse<byte[]> my = download(mine.id("mine"));
    HttpResponse<byte[]> their = download(theirs.id("theirs"));
    myBytes = my.body();
    theirBytes = their.body();
    myTag = my.headers().firstValue("etag").orElseThrow();
    theirTag = their.headers().firstValue("etag").orElseThrow();
    assertThat(myTag).isNotEqualTo(theirTag);
  }

  @AfterAll
  void end() {
    service.close();
  }

  static Stream<Arguments> mixtures() {
    return Stream.of("MINE", "THEIRS", "W/THEIRS", "*", "\"\"", "x, THEIRS, MINE")
        .flatMap(
            tag ->
                Stream.of("bytes=0-99", "bytes=-100", "bytes=100-", "bytes=0-0,5-9", "seconds=1-2")
                    .map(range -> Arguments.of(tag, range)));
  }

  /** Whatever is mixed, the bytes are mine: the whole, or just the part that was asked for. */
  @ParameterizedTest
  @MethodSource("mixtures")
  void tagsAndRangesOfAnotherBackupNeverGiveItsBytes(String tag, String range) throws Exception {
    String sent = tag.replace("MINE", myTag).replace("THEIRS", theirTag);

    HttpResponse<byte[]> answer =
        download(
            mine.id("mine"),
            "If-None-Match",
            sent,
            "If-Match",
            sent,
            "If-Range",
            sent,
            "Range",
            range);

    assertThat(answer.statusCode()).isIn(200, 206, 416);
    if (answer.statusCode() != 416) {
      assertThat(answer.headers().firstValue("etag")).hasValue(myTag);
      assertIsPartOf(myBytes, answer.body());
      assertThat(answer.statusCode() == 200).isEqualTo(answer.body().length == myBytes.length);
    }
    assertThat(download(theirs.id("theirs")).body()).isEqualTo(theirBytes);
  }

  private static void assertIsPartOf(byte[] whole, byte[] part) {
    boolean found = false;
    for (int from = 0; !found && from + part.length <= whole.length; from++) {
      found = Arrays.equals(whole, from, from + part.length, part, 0, part.length);
    }
    assertThat(found).isTrue();
  }

  /** A page is kept with its tag; another caller's headers never make it the answer to mine. */
  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/", "/openapi.yaml", "/openapi.json"})
  void aPageThatWasAskedForWithOtherHeadersIsNotTakenForMine(String path) {
    HttpResponse<String> before = service.sendBroken("GET", path);

    HttpResponse<String> other =
        service.sendBroken(
            "GET",
            path,
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Host",
            "evil.example.org",
            "X-Original-URL",
            "/metrics",
            "Range",
            "bytes=0-5",
            "Accept-Encoding",
            "gzip",
            "Accept-Language",
            "xx");
    String tag = other.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> mine = service.sendBroken("GET", path, "If-None-Match", tag);

    assertThat(other.body()).doesNotContain("evil");
    boolean same = other.body().equals(before.body());
    assertThat(mine.statusCode()).isEqualTo(same ? 304 : 200);
    assertThat(mine.body()).isEqualTo(same ? "" : before.body());
    assertThat(before.headers().firstValue("cache-control")).hasValue("no-cache");
  }

  /** Only what never changes may be kept; a list is somebody's. */
  @Test
  void noAnswerOfTheApiIsCalledPublic() {
    for (String path :
        new String[] {
          V1 + "/backups?folderId=" + PlantedBackup.FOLDER,
          V1 + "/backups/" + mine.id("mine"),
          V1 + "/backups/" + mine.id("mine") + "/manifest",
          V1 + "/clusters?folderId=" + PlantedBackup.FOLDER
        }) {
      HttpResponse<String> answer = service.send("GET", path);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(String.join(",", answer.headers().allValues("cache-control")))
          .doesNotContain("public", "max-age");
      assertThat(answer.headers().firstValue("expires")).isEmpty();
    }
  }

  private HttpResponse<byte[]> download(String id, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(service.url() + V1 + "/backups/" + id + "/shards/shard1/rdb"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return service.http().sendBroken(request.build(), BodyHandlers.ofByteArray());
  }
}
