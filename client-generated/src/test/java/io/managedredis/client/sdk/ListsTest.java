package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.client.model.Backup;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists that come in pages. */
class ListsTest {

  private static final String PATH = "/managed-redis/v1/backups?folderId=f";

  @Test
  void allEntriesOfAllPagesComeInOrder() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(page("t1", "a", "b"), page("t2", "c"), page(null, "d"))) {
      assertThat(backups(server)).extracting(Backup::getId).containsExactly("a", "b", "c", "d");

      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::target)
          .containsExactly(PATH, PATH + "&pageToken=t1", PATH + "&pageToken=t2");
    }
  }

  @Test
  void nothingIsAskedForBeforeTheStreamIsUsed() throws Exception {
    try (ScriptedServer server = new ScriptedServer(page(null, "a"))) {
      Stream<Backup> unused = backups(server).filter(backup -> true);

      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void aPageThatIsNotNeededIsNotAskedFor() throws Exception {
    try (ScriptedServer server = new ScriptedServer(page("t1", "a", "b"), page(null, "c"))) {
      assertThat(backups(server).limit(2)).hasSize(2);

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void anEmptyPageWithATokenIsNotTheEnd() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(page("t1"), json(200, "{\"nextPageToken\":\"t2\"}"), page("", "a"))) {
      assertThat(backups(server)).extracting(Backup::getId).containsExactly("a");
    }
  }

  @Test
  @Timeout(10)
  void aServerThatLeadsInACircleDoesNotLeadForEver() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(page("t1", "a"), page("t2", "b"), page("t1", "c"))) {
      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(() -> backups(server).forEach(backup -> {}))
          .withMessageContaining("same page token");

      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void thePageSizeIsSentWithEveryPage() throws Exception {
    try (ScriptedServer server = new ScriptedServer(page("t1", "a"), page(null, "b"))) {
      ManagedRedis client = ManagedRedis.at(server.url()).pageSize(1).build();

      assertThat(client.listBackups("f")).hasSize(2);

      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::target)
          .containsExactly(PATH + "&pageSize=1", PATH + "&pageSize=1&pageToken=t1");
    }
  }

  private static Stream<Backup> backups(ScriptedServer server) {
    return ManagedRedis.at(server.url()).build().listBackups("f");
  }

  private static ScriptedServer.Answer page(@Nullable String token, String... ids) {
    String backups =
        Arrays.stream(ids)
            .map("{\"id\":\"%s\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    return json(
        200,
        "{\"backups\":%s%s}"
            .formatted(backups, token == null ? "" : ",\"nextPageToken\":\"" + token + "\""));
  }
}
