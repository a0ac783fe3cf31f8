package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.client.ApiException;
import io.managedredis.client.model.ShardManifest;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file has the bytes that its headers and its manifest announce, whole and in parts. */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DownloadedFileTest {

  private static final String CLUSTER = "c9qdownloaded0000001";

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final RunningService service;
  private final String backup;
  private final ShardManifest shard;

  DownloadedFileTest(@TempDir Path folder) throws ApiException {
    // More than Jersey would keep in memory to count it itself.
    redis.fill(20, 5000);
    service = RunningService.in(folder).cluster(CLUSTER, "b1gfile", redis.address()).start();
    backup = service.takeBackup(CLUSTER);
    shard = service.backups().getBackupManifest(backup).getShards().get(0);
  }

  @AfterAll
  void end() {
    service.close();
    redis.close();
  }

  @Test
  void theWholeFileIsTheOneOfTheManifest() throws Exception {
    HttpResponse<byte[]> answer = download();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(length());
    assertThat(HexFormat.of().formatHex(sha256(answer.body()))).isEqualTo(shard.getSha256());
    assertThat(header(answer, "Content-Length")).isEqualTo(shard.getRawBytes());
    assertThat(header(answer, "Content-Range")).isEmpty();
    assertDescribesTheFile(answer);
  }

  @ParameterizedTest
  @CsvSource({"0-0, 0, 1", "1-8, 1, 8", "100-, 100, 2147483647", "0-, 0, 2147483647"})
  void aRangeIsThatPartOfTheFile(String range, int from, int count) throws Exception {
    byte[] whole = download().body();

    HttpResponse<byte[]> answer = download("Range", "bytes=" + range);

    int end = (int) Math.min(whole.length, (long) from + count);
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, from, end));
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(end - from));
    assertThat(header(answer, "Content-Range"))
        .isEqualTo("bytes " + from + "-" + (end - 1) + "/" + whole.length);
    assertDescribesTheFile(answer);
  }

  @Test
  void theLastBytesCanBeAskedFor() throws Exception {
    byte[] whole = download().body();

    HttpResponse<byte[]> answer = download("Range", "bytes=-9");

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, whole.length - 9, whole.length));
  }

  @Test
  void aRangeBehindTheEndIsRefusedWithTheLengthOfTheFile() throws Exception {
    HttpResponse<byte[]> answer = download("Range", "bytes=" + length() + "-");

    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + length());
  }

  @Test
  void aRangeOfTheSameFileIsAnsweredAndOfAnotherTheWhole() throws Exception {
    String etag = header(download(), "ETag");

    assertThat(download("Range", "bytes=0-8", "If-Range", etag).statusCode()).isEqualTo(206);
    assertThat(download("Range", "bytes=0-8", "If-Range", "\"other\"").statusCode()).isEqualTo(200);
  }

  private void assertDescribesTheFile(HttpResponse<byte[]> answer) {
    assertThat(header(answer, "ETag")).isEqualTo("\"" + shard.getSha256() + "\"");
    assertThat(header(answer, "Repr-Digest"))
        .isEqualTo(
            "sha-256=:"
                + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(shard.getSha256()))
                + ":");
    assertThat(header(answer, "Content-Disposition"))
        .isEqualTo("attachment; filename=\"" + backup.replace(':', '-') + "-shard1.rdb\"");
  }

  private int length() {
    return Integer.parseInt(shard.getRawBytes());
  }

  private HttpResponse<byte[]> download(String... headers) throws Exception {
    String target =
        Call.of(Contract.present().operation("downloadBackupShard"))
            .with("backupId", backup)
            .with("shardName", shard.getName())
            .target();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.url() + target));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return service.http().send(request.build(), BodyHandlers.ofByteArray());
  }

  private static byte[] sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
