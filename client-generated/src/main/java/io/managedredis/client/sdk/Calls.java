package io.managedredis.client.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.client.ApiClient;
import io.managedredis.client.model.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Sends calls, again where that is safe and may help, and reads what comes. */
final class Calls {

  /** MiB; 4 KiB for each shard in a manifest of 16,384. */
  private static final int LARGEST_ANSWER = 64;

  private static final int LARGEST_ERROR = 1 << 20;

  /**
   * How the JDK tells that the connection ended while hands were shaken
   * (jdk.internal.net.http.common.SSLTube): as an SSLHandshakeException like any other.
   */
  private static final String BROKEN_HANDSHAKE = "Remote host terminated the handshake";

  /** RFC 6750, 2.1. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final Settings settings;
  private final ObjectMapper json = ApiClient.createDefaultObjectMapper();

  Calls(Settings settings) {
    this.settings = settings;
  }

  Settings settings() {
    return settings;
  }

  <T> T get(String target, Class<T> type) {
    return answer(Call.get(target), type, Deadline.in(settings.time(), settings.callTimeout()));
  }

  /**
   * Sends it once, for a caller with pauses of its own; over at that deadline at the latest.
   *
   * @throws UnavailableException if it may go well later
   */
  <T> T getOnce(String target, Class<T> type, Deadline deadline) throws InterruptedException {
    return attempt(Call.get(target), type, deadline.orIn(settings.attemptTimeout()));
  }

  /** Starts something, once, however often it has to be asked for. */
  Operation start(String method, String target) {
    return answer(
        Call.change(method, target),
        Operation.class,
        Deadline.in(settings.time(), settings.callTimeout()));
  }

  private <T> T answer(Call call, Class<T> type, Deadline deadline) {
    List<UnavailableException> before = new ArrayList<>();
    for (int failures = 1; ; failures++) {
      try {
        return uninterrupted(
            call, () -> attempt(call, type, deadline.orIn(settings.attemptTimeout())));
      } catch (UnavailableException e) {
        pauseOrThrow(call, e, before, failures, deadline);
      }
    }
  }

  private <T> T attempt(Call call, Class<T> type, Deadline deadline) throws InterruptedException {
    try {
      HttpResponse<Chunks> answer = send(call, "application/json", deadline);
      try (Chunks body = answer.body()) {
        int most = LARGEST_ANSWER << 20;
        ByteArrayOutputStream came = new ByteArrayOutputStream();
        body.first(most + 1, came, deadline);
        if (came.size() > most) {
          throw new ManagedRedisException(
              call
                  + ": "
                  + answer.statusCode()
                  + " with an answer that is larger than "
                  + LARGEST_ANSWER
                  + " MiB, which is the most that is read",
              StatusCode.UNKNOWN,
              null);
        }
        return read(call, answer, came.toByteArray(), type);
      }
    } catch (IOException e) {
      throw unreachable(call, e);
    }
  }

  private <T> T read(Call call, HttpResponse<Chunks> answer, byte[] body, Class<T> type) {
    String cause = "it is null";
    @Nullable JsonProcessingException unreadable = null;
    try {
      T read = json.readValue(body, type);
      if (read != null) {
        return read;
      }
    } catch (JsonProcessingException e) {
      cause = e.getOriginalMessage();
      unreadable = e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new ManagedRedisException(
        call
            + ": "
            + answer.statusCode()
            + " with what is no "
            + type.getSimpleName()
            + ": "
            + Printable.of(cause, Refusal.LONGEST_MESSAGE),
        StatusCode.UNKNOWN,
        unreadable);
  }

  /**
   * Sends the call once.
   *
   * @param headers names and values in turn
   * @return an answer with a 2xx, whose body is to be closed
   * @throws IOException if no answer came by then
   * @throws ManagedRedisException if the answer is another one
   */
  HttpResponse<Chunks> send(Call call, String accept, Deadline deadline, String... headers)
      throws IOException, InterruptedException {
    HttpResponse<Chunks> answer = exchange(request(call, accept, headers), deadline);
    if (answer.statusCode() / 100 == 2) {
      return answer;
    }
    throw refused(call, answer, deadline);
  }

  /** What the answer's status says holds even if its body breaks off. */
  private ManagedRedisException refused(Call call, HttpResponse<Chunks> answer, Deadline deadline)
      throws InterruptedException {
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    @Nullable IOException broken = null;
    try (Chunks body = answer.body()) {
      body.first(LARGEST_ERROR, came, deadline);
    } catch (IOException e) {
      broken = e;
    }
    ManagedRedisException refused =
        Refusal.read(call, answer.statusCode(), answer.headers(), came.toByteArray(), json)
            .exception(answer.headers(), settings.time().now());
    if (broken != null) {
      Throwable unused = refused.initCause(broken);
    }
    return refused;
  }

  private HttpRequest request(Call call, String accept, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.base() + call.target()))
            .method(call.method(), HttpRequest.BodyPublishers.noBody())
            .header("Accept", accept);
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (call.idempotencyKey() != null) {
      request.header("Idempotency-Key", call.idempotencyKey().toString());
    }
    Supplier<String> token = settings.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + checked(token.get()));
    }
    return request.build();
  }

  /** The JDK would quote the header in its message. */
  private static String checked(@Nullable String token) {
    if (token == null || !TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "What the token supplier gave is no bearer token (RFC 6750, 2.1); it is not shown here");
    }
    return token;
  }

  /** Its own time limit, as the JDK's covers the body, too, from 26 on. */
  private HttpResponse<Chunks> exchange(HttpRequest request, Deadline deadline)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<Chunks>> answer =
        settings.http().sendAsync(request, info -> new Chunks());
    boolean answered = false;
    try {
      HttpResponse<Chunks> response = answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
      answered = true;
      return response;
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException broken) {
        throw broken;
      }
      throw new IOException(e.getCause());
    } finally {
      if (!answered) {
        boolean unused = answer.cancel(true);
      }
    }
  }

  /** No answer: an {@link UnavailableException}, unless a certificate is the reason. */
  static ManagedRedisException unreachable(Call call, IOException cause) {
    if (isCertificates(cause)) {
      return new ManagedRedisException(
          call
              + ": no TLS connection, as a certificate or the settings for TLS do not fit: "
              + said(cause)
              + "; put right the server's certificate, or the SSLContext of .httpClient(...)",
          StatusCode.FAILED_PRECONDITION,
          cause);
    }
    boolean late = cause instanceof HttpTimeoutException;
    return new UnavailableException(
        call + ": " + (late ? "" : "no answer: ") + said(cause),
        late ? StatusCode.DEADLINE_EXCEEDED : StatusCode.UNAVAILABLE,
        cause);
  }

  /** Which stays as it is however often it is tried, unlike a handshake that breaks off. */
  private static boolean isCertificates(IOException cause) {
    boolean found = false;
    for (Throwable one = cause; one != null; one = one.getCause()) {
      if (BROKEN_HANDSHAKE.equals(one.getMessage())) {
        return false;
      }
      found |=
          one instanceof SSLHandshakeException
              || one instanceof SSLPeerUnverifiedException
              || one instanceof SSLKeyException
              || one instanceof CertificateException;
    }
    return found;
  }

  /** It may quote what came. */
  private static String said(IOException cause) {
    return cause.getMessage() == null
        ? cause.getClass().getSimpleName()
        : Printable.of(cause.getMessage(), Refusal.LONGEST_MESSAGE);
  }

  /**
   * Waits before the next try; throws where there is none.
   *
   * @param before the failures before this one, which is added
   */
  void pauseOrThrow(
      Call call,
      UnavailableException failure,
      List<UnavailableException> before,
      int failures,
      Deadline deadline) {
    Duration pause =
        settings.pauseAfter(failures, failure, ThreadLocalRandom.current().nextDouble());
    if (failures >= settings.attempts() || pause.compareTo(deadline.left()) >= 0) {
      before.forEach(failure::addSuppressed);
      throw failure;
    }
    before.add(failure);
    Duration unused =
        uninterrupted(
            call,
            () -> {
              settings.time().pause(pause);
              return pause;
            });
  }

  /** What may be interrupted. */
  interface Interruptible<T, E extends Exception> {
    T run() throws InterruptedException, E;
  }

  /** An interrupt ends the call; the thread stays interrupted. */
  static <T, E extends Exception> T uninterrupted(Object what, Interruptible<T, E> body) throws E {
    try {
      return body.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ManagedRedisException(what + ": interrupted", StatusCode.CANCELLED, e);
    }
  }
}
