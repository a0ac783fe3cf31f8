package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The issuer's keys: how they come, go and stay, whatever the issuer and strangers do. */
@Timeout(60)
class IssuerKeysTest {

  private static final RSAKey NEXT = Issuer.rsa("key-2");

  /** As often as callers want. */
  private static final IssuerKeys.Times UNLIMITED = times(Duration.ZERO, Duration.ofHours(1));

  private static final Duration SHORT = Duration.ofMillis(300);

  private final CountDownLatch over = new CountDownLatch(1);
  private Issuer issuer;

  @BeforeEach
  void start() throws Exception {
    issuer = new Issuer();
  }

  @AfterEach
  void stop() {
    over.countDown();
    issuer.close();
  }

  @Test
  void unknownKeyIdsAskTheIssuerOnceInTenSecondsWhateverComes() throws Exception {
    assertThat(IssuerKeys.Times.USUAL.limit()).isEqualTo(Duration.ofSeconds(10));
    try (JwtVerifier verifier = issuer.verifier()) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      long begin = System.nanoTime();
      for (int i = 0; i < 200; i++) {
        assertThat(verifier.caller(unknown("stranger-" + i))).isEmpty();
      }
      // The fetch of the start was the one; it was at most a moment ago.
      long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
      assertThat(issuer.fetches()).isLessThanOrEqualTo((int) (1 + (seconds + 9) / 10));
    }
  }

  @Test
  void anUnknownKeyIdAsksTheIssuerOnceTheLimitIsOver() throws Exception {
    try (JwtVerifier verifier =
        issuer.verifier(issuer.settings(), times(Duration.ofSeconds(1), Duration.ofHours(1)))) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                assertThat(verifier.caller(unknown("stranger"))).isEmpty();
                return issuer.fetches() == 2;
              });
    }
  }

  @Test
  void manyStrangersAtOnceShareOneFetch() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    ExecutorService callers = Executors.newFixedThreadPool(16);
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(
          exchange -> {
            asked.countDown();
            waitForEnd();
          });
      List<Future<Duration>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String token = unknown("stranger-" + i);
        answers.add(callers.submit(() -> timed(verifier, token)));
      }
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      // Who has a known key does not notice.
      assertThat(timed(verifier, issuer.token())).isLessThan(Duration.ofSeconds(1));
      long begin = System.nanoTime();
      for (Future<Duration> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(4));
      }
      // Sixteen threads with 64 callers, each waiting in turn, would take four times as long.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
      assertThat(issuer.fetches()).isLessThanOrEqualTo(3);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void aNewKeyIsPickedUpByTheFirstTokenThatNamesIt() throws Exception {
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(Issuer.set(NEXT));
      assertThat(verifier.caller(signedByNext())).isPresent();
    }
  }

  @Test
  void aKeyThatIsGoneIsRefusedOnceTheKeysAreFetchedAgain() throws Exception {
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(Issuer.set(NEXT));
      assertThat(verifier.caller(signedByNext())).isPresent();
      assertThat(verifier.caller(issuer.token())).isEmpty();
    }
  }

  @Test
  void aKeyThatIsGoneIsRefusedInTimeThoughNobodyAsks() throws Exception {
    IssuerKeys.Times often =
        new IssuerKeys.Times(SHORT, SHORT, SHORT, Duration.ofHours(1), Duration.ofSeconds(5));
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), often)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(Issuer.set(NEXT));
      int before = issuer.fetches();
      await().atMost(Duration.ofSeconds(10)).until(() -> issuer.fetches() >= before + 2);
      assertThat(verifier.caller(issuer.token())).isEmpty();
    }
  }

  @Test
  void knownKeysAreServedWhileTheIssuerIsDown() throws Exception {
    IssuerKeys.Times often =
        new IssuerKeys.Times(SHORT, SHORT, SHORT, Duration.ofHours(1), Duration.ofSeconds(2));
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), often, SHORT)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.goesDown();
      assertThat(verifier.caller(unknown("stranger"))).isEmpty();
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(10))
          .until(() -> verifier.caller(issuer.token()).isPresent());
      issuer.answersKeys(Issuer.set(NEXT));
      issuer.comesBack();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> verifier.caller(signedByNext()).isPresent());
    }
  }

  @Test
  void knownKeysAreNotServedForEver() throws Exception {
    assertThat(IssuerKeys.Times.USUAL.keep()).isEqualTo(Duration.ofHours(6));
    IssuerKeys.Times brief =
        new IssuerKeys.Times(
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2));
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), brief)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      await().atMost(Duration.ofSeconds(10)).until(() -> verifier.caller(issuer.token()).isEmpty());
    }
  }

  @Test
  void anIssuerThatIsDownAtTheStartIsAskedAgain() throws Exception {
    issuer.goesDown();
    IssuerKeys.Times often =
        new IssuerKeys.Times(
            Duration.ofHours(1), SHORT, SHORT, Duration.ofHours(1), Duration.ofSeconds(2));
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), often)) {
      assertThat(verifier.caller(issuer.token())).isEmpty();
      issuer.comesBack();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> verifier.caller(issuer.token()).isPresent());
    }
  }

  @Test
  void aCallerDoesNotWaitForASlowIssuer() throws Exception {
    issuer.answersDiscovery(exchange -> waitForEnd());
    try (JwtVerifier verifier = issuer.verifier()) {
      assertThat(timed(verifier, issuer.token())).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void anIssuerThatDripsIsGivenUp() throws Exception {
    issuer.answersKeys(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("{\"keys\":[".getBytes(StandardCharsets.UTF_8));
          while (!over(20)) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
          }
        });
    IssuerKeys.Times often =
        new IssuerKeys.Times(
            Duration.ofHours(1), SHORT, SHORT, Duration.ofHours(1), Duration.ofSeconds(2));
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), often, Duration.ofMillis(500))) {
      assertThat(verifier.caller(issuer.token())).isEmpty();
      await().atMost(Duration.ofSeconds(10)).until(() -> issuer.fetches() >= 2);
      issuer.answersKeys(Issuer.set(issuer.key()));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> verifier.caller(issuer.token()).isPresent());
    }
  }

  @Test
  void aSetWithoutEndIsGivenUp() throws Exception {
    long[] sent = {0};
    CountDownLatch brokenOff = new CountDownLatch(1);
    refusesKeys(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
          try {
            while (!over(0) && sent[0] < 1 << 30) {
              exchange.getResponseBody().write(blanks);
              sent[0] += blanks.length;
            }
          } finally {
            brokenOff.countDown();
          }
        });
    assertThat(brokenOff.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(sent[0]).isLessThan(64 << 20);
  }

  @Test
  void aSetThatIsTooLargeIsNotRead() throws Exception {
    refusesKeys(
        Issuer.json(
            "{\"keys\":["
                + issuer.key().toPublicJWK().toJSONString()
                + "],\"x\":\""
                + "x".repeat(IssuerHttp.MOST_BYTES)
                + "\"}"));
  }

  @Test
  void aSetOfTooManyKeysIsNotRead() throws Exception {
    StringBuilder keys = new StringBuilder(issuer.key().toPublicJWK().toJSONString());
    for (int i = 0; i < 100; i++) {
      keys.append(',').append(issuer.key().toPublicJWK().toJSONString());
    }
    refusesKeys(Issuer.json("{\"keys\":[" + keys + "]}"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowed(int status) throws Exception {
    try (Issuer attacker = new Issuer()) {
      refusesKeys(
          exchange -> {
            exchange.getResponseHeaders().set("Location", attacker.jwksUri().toString());
            exchange.sendResponseHeaders(status, -1);
          });
      assertThat(attacker.requests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"keys\":null}",
        "{\"keys\":{}}",
        "{\"keys\":[1]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "<html>sign in</html>"
      })
  void whatIsNoSetIsNotTaken(String text) throws Exception {
    refusesKeys(Issuer.json(text));
  }

  @Test
  void aSetThatIsNestedDeeplyIsNotTaken() throws Exception {
    refusesKeys(Issuer.json("{\"keys\":" + "[".repeat(100_000)));
  }

  @Test
  void aSymmetricKeyInTheSetIsNoKey() throws Exception {
    OctetSequenceKey secret = new OctetSequenceKey.Builder(new byte[32]).keyID("secret").build();
    issuer.answersKeys(
        Issuer.json(
            "{\"keys\":["
                + secret.toJSONString()
                + ","
                + issuer.key().toPublicJWK().toJSONString()
                + "]}"));
    try (JwtVerifier verifier = issuer.verifier()) {
      assertThat(
              verifier.caller(
                  Issuer.signed(Issuer.header("HS256", "secret"), issuer.claims(), secret)))
          .isEmpty();
      assertThat(verifier.caller(issuer.token())).isPresent();
    }
  }

  @Test
  void aBrokenSetDoesNotReplaceTheGoodOne() throws Exception {
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(Issuer.json("{\"keys\":[1]}"));
      assertThat(verifier.caller(unknown("stranger"))).isEmpty();
      assertThat(verifier.caller(issuer.token())).isPresent();
    }
  }

  @Test
  void discoveryOfAnotherIssuerIsNotBelieved() throws Exception {
    issuer.answersDiscovery(
        Issuer.json(
            "{\"issuer\":\"https://other.example.org\",\"jwks_uri\":\""
                + issuer.jwksUri()
                + "\"}"));
    refusesEverything();
    assertThat(issuer.fetches()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.example.org/keys",
        "http://127.0.0.1.example.org/keys",
        "http://127.0.0.1@example.org/keys",
        "file:///etc/passwd",
        "jar:file:///x.jar!/keys",
        "ftp://127.0.0.1/keys",
        "//127.0.0.1/keys",
        "keys",
        "https://user:secret@127.0.0.1/keys",
        "http://user:secret@127.0.0.1:PORT/realm/keys",
        "http://LOCALHOST:PORT/realm/keys",
        "not a uri",
        ""
      })
  void keysThatAnybodyCouldChangeOnTheirWayAreNotFetched(String jwksUri) throws Exception {
    // Those with the port would be there, were they asked.
    String named = jwksUri.replace("PORT", String.valueOf(issuer.jwksUri().getPort()));
    issuer.answersDiscovery(
        Issuer.json("{\"issuer\":\"" + issuer.name() + "\",\"jwks_uri\":\"" + named + "\"}"));
    refusesEverything();
    assertThat(issuer.fetches()).isZero();
  }

  @Test
  void aDiscoveryThatHasMovedIsAskedAgainOnceItsKeysAreGone() throws Exception {
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(verifier.caller(issuer.token())).isPresent();
      issuer.answersKeys(Issuer.status(404));
      assertThat(verifier.caller(unknown("stranger"))).isEmpty();
      issuer.answersKeys(Issuer.set(NEXT));
      assertThat(verifier.caller(signedByNext())).isPresent();
      assertThat(issuer.discoveries()).isEqualTo(2);
    }
  }

  private void refusesKeys(HttpHandler keys) throws Exception {
    issuer.answersKeys(keys);
    refusesEverything();
    assertThat(issuer.fetches()).isPositive();
  }

  /** Every wait of the verifier has an end, and then it knows no key. */
  private void refusesEverything() throws Exception {
    try (JwtVerifier verifier = issuer.verifier(issuer.settings(), UNLIMITED)) {
      assertThat(timed(verifier, issuer.token())).isLessThan(Duration.ofSeconds(6));
      assertThat(verifier.caller(issuer.token())).isEmpty();
    }
  }

  private static Duration timed(JwtVerifier verifier, String token) {
    long begin = System.nanoTime();
    verifier.caller(token);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private String unknown(String kid) {
    return Issuer.signed(Issuer.header("RS256", kid), issuer.claims(), NEXT);
  }

  private String signedByNext() {
    return Issuer.signed(Issuer.header("RS256", "key-2"), issuer.claims(), NEXT);
  }

  private void waitForEnd() {
    while (!over(1000)) {
      Thread.onSpinWait();
    }
  }

  private boolean over(long millis) {
    try {
      return over.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static IssuerKeys.Times times(Duration limit, Duration refresh) {
    return new IssuerKeys.Times(
        refresh, refresh, limit, Duration.ofHours(6), Duration.ofSeconds(2));
  }
}
