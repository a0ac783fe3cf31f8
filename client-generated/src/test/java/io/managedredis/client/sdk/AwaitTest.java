package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.error;
import static io.managedredis.client.sdk.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.managedredis.client.model.Operation;
import io.managedredis.client.model.OperationMetadata;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting for an operation. */
class AwaitTest {

  private static final Operation STARTED = new Operation().id("o").done(false);
  private static final Duration LONG = Duration.ofHours(1);

  private final ManualTime time = new ManualTime();

  @Test
  void progressIsToldAtOnceAndWheneverItChanges() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            running(0, 3, 10), running(0, 3, 10), running(2, 3, 500), done(3, 3, 900))) {
      List<String> told = new ArrayList<>();

      Operation done =
          client(server)
              .await(
                  STARTED,
                  LONG,
                  now -> told.add(now.shardsDone() + "/" + now.shardsTotal() + " " + now.bytes()));

      assertThat(told).containsExactly("0/0 0", "0/3 10", "2/3 500", "3/3 900");
      assertThat(done.getDone()).isTrue();
    }
  }

  @Test
  void theProgressOfAVerificationIsInBytesReadBack() {
    Operation verifying = new Operation().metadata(new OperationMetadata().bytesVerified("77"));

    assertThat(Progress.of(verifying).bytes()).isEqualTo(77);
  }

  @Test
  void whatIsDoneIsNotAskedForAgain() throws Exception {
    try (ScriptedServer server = new ScriptedServer(done(1, 1, 1))) {
      Operation done = new Operation().id("o").done(true);

      assertThat(client(server).await(done, LONG)).isSameAs(done);
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void itIsLookedAtSoonAtFirstAndThenEveryTwoSeconds() throws Exception {
    try (ScriptedServer server = new ScriptedServer(running(0, 1, 0))) {
      assertThatExceptionOfType(StillRunningException.class)
          .isThrownBy(() -> client(server).await(STARTED, Duration.ofSeconds(20)))
          .satisfies(
              e -> {
                assertThat(e.operation().getId()).isEqualTo("o");
                assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
              });

      assertThat(time.pauses().get(0)).isEqualTo(Duration.ofMillis(50));
      assertThat(time.pauses()).isSorted().endsWith(Duration.ofSeconds(2));
      assertThat(time.nanoTime()).isBetween(18_000_000_000L, 20_000_000_000L);
    }
  }

  @Test
  void anOperationThatFailsIsAnExceptionThatCarriesIt() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            json(
                200,
                """
                {"id":"o","done":true,"error":{"code":14,"message":"no node to read from"}}
                """))) {
      assertThatExceptionOfType(OperationFailedException.class)
          .isThrownBy(() -> client(server).await(STARTED, LONG))
          .withMessage("Operation o failed: no node to read from")
          .satisfies(
              e -> {
                assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
                assertThat(e.operation().getDone()).isTrue();
                assertThat(e.httpStatus()).isEmpty();
              });
    }
  }

  @Test
  void aServerThatIsAwayForAMomentDoesNotEndTheWait() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later"), ScriptedServer.hangUp(), done(1, 1, 1))) {
      assertThat(client(server).await(STARTED, LONG).getDone()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 429, 502, 503, 504})
  void aServerThatIsAwayForLongerThanACallIsTriedDoesNotEndTheWait(int status) throws Exception {
    ScriptedServer.Answer away = status == 0 ? ScriptedServer.hangUp() : error(status, 14, "later");
    ScriptedServer.Answer[] answers = new ScriptedServer.Answer[31];
    Arrays.fill(answers, away);
    answers[30] = done(1, 1, 1);
    try (ScriptedServer server = new ScriptedServer(answers)) {
      assertThat(client(server).await(STARTED, LONG).getDone()).isTrue();
    }
  }

  @Test
  void aServerThatStaysAwayIsPolledUntilTheWaitIsOver() throws Exception {
    try (ScriptedServer server = new ScriptedServer(running(1, 3, 7), error(503, 14, "later"))) {
      assertThatExceptionOfType(StillRunningException.class)
          .isThrownBy(() -> client(server).await(STARTED, Duration.ofSeconds(20)))
          .withCauseInstanceOf(UnavailableException.class)
          .satisfies(e -> assertThat(e.operation().getMetadata().getShardsDone()).isEqualTo(1));

      assertThat(time.nanoTime()).isBetween(18_000_000_000L, 20_000_000_000L);
    }
  }

  @Test
  void aServerThatCameBackIsNotTheCauseOfAWaitThatEndsLater() throws Exception {
    try (ScriptedServer server = new ScriptedServer(error(503, 14, "later"), running(0, 1, 0))) {
      assertThatExceptionOfType(StillRunningException.class)
          .isThrownBy(() -> client(server).await(STARTED, Duration.ofSeconds(20)))
          .withNoCause();
    }
  }

  @Test
  void aServerThatIsAwayMayAskForALongerPause() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later", "Retry-After", "7"), done(1, 1, 1))) {
      Operation done = client(server).await(STARTED, LONG);

      assertThat(done.getDone()).isTrue();
      assertThat(time.pauses()).containsExactly(Duration.ofMillis(50), Duration.ofSeconds(7));
    }
  }

  @Test
  void anyOtherErrorEndsTheWaitAtOnce() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(error(503, 14, "later"), error(404, 5, "no such operation"))) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> client(server).await(STARTED, LONG));

      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void whatTheListenerThrowsEndsTheWait() throws Exception {
    var thrown = new UnavailableException("theirs", StatusCode.UNAVAILABLE, new IOException());
    try (ScriptedServer server = new ScriptedServer(running(1, 3, 7), done(3, 3, 9))) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(
              () ->
                  client(server)
                      .await(
                          STARTED,
                          LONG,
                          now -> {
                            if (now.shardsDone() == 1) {
                              throw thrown;
                            }
                          }))
          .isSameAs(thrown);
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (ScriptedServer server = new ScriptedServer(running(0, 1, 0))) {
      assertThatExceptionOfType(ManagedRedisException.class)
          .isThrownBy(
              () ->
                  client(server)
                      .await(STARTED, LONG, progress -> Thread.currentThread().interrupt()))
          .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.CANCELLED));

      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static ScriptedServer.Answer running(int shards, int of, int bytes) {
    return operation(false, shards, of, bytes);
  }

  private static ScriptedServer.Answer done(int shards, int of, int bytes) {
    return operation(true, shards, of, bytes);
  }

  private static ScriptedServer.Answer operation(boolean done, int shards, int of, int bytes) {
    return json(
        200,
        """
        {"id":"o","done":%b,"metadata":{"bytesCaptured":"%d","shardsDone":%d,"shardsTotal":%d}}
        """
            .formatted(done, bytes, shards, of));
  }

  private ManagedRedis client(ScriptedServer server) {
    return ManagedRedis.at(server.url()).time(time).build();
  }
}
