package io.managedredis.testing;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * The JDK's client, which holds every exchange against the contract before the caller gets the
 * answer; see {@link ContractExtension}. Answers are read whole. Safe for use by many threads.
 */
public final class ValidatingHttpClient extends HttpClient {

  /** How long an answer may take. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final HttpClient client;

  /** For plain HTTP, and for certificates that the JDK trusts. */
  public ValidatingHttpClient() {
    client = settings().build();
  }

  /** For HTTPS with certificates of our own. */
  public ValidatingHttpClient(SSLContext tls) {
    client = settings().sslContext(tls).build();
  }

  private static HttpClient.Builder settings() {
    return HttpClient.newBuilder().version(Version.HTTP_1_1).connectTimeout(LONGEST);
  }

  /** A builder whose product is this very client, for the generated client. */
  public HttpClient.Builder asBuilder() {
    return new Settled();
  }

  /** Sends what the contract forbids: only the answer is checked. */
  public HttpResponse<String> sendBroken(HttpRequest request)
      throws IOException, InterruptedException {
    return sendBroken(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The same, with the body as the caller wants it. */
  public <T> HttpResponse<T> sendBroken(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return exchange(request, handler, true);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return exchange(request, handler, false);
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest request, HttpResponse.BodyHandler<T> handler, boolean broken)
      throws IOException, InterruptedException {
    return checked(
        request,
        client.send(bounded(request), HttpResponse.BodyHandlers.ofByteArray()),
        handler,
        broken);
  }

  private static HttpRequest bounded(HttpRequest request) {
    return HttpRequest.newBuilder(request, (name, value) -> true).timeout(LONGEST).build();
  }

  private static <T> HttpResponse<T> checked(
      HttpRequest request,
      HttpResponse<byte[]> answer,
      HttpResponse.BodyHandler<T> handler,
      boolean broken)
      throws IOException, InterruptedException {
    Exchange exchange =
        Exchange.of(
            request.method(),
            request.uri(),
            request.headers(),
            Exchange.text(body(request)),
            answer.statusCode(),
            answer.headers(),
            answer.body());
    ContractExtension.exchanged(exchange, broken);
    return new Replayed<>(request, answer, replay(answer, handler));
  }

  private static byte[] body(HttpRequest request) throws IOException, InterruptedException {
    Optional<HttpRequest.BodyPublisher> publisher = request.bodyPublisher();
    if (publisher.isEmpty() || publisher.get().contentLength() == 0) {
      return new byte[0];
    }
    HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();
    publisher.get().subscribe(new ListOfOne(bytes));
    return await(bytes);
  }

  private static <T> T replay(HttpResponse<byte[]> answer, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse.BodySubscriber<T> subscriber =
        handler.apply(new Info(answer.statusCode(), answer.headers(), answer.version()));
    try (SubmissionPublisher<List<ByteBuffer>> publisher = new SubmissionPublisher<>()) {
      publisher.subscribe(subscriber);
      publisher.submit(List.of(ByteBuffer.wrap(answer.body()).asReadOnlyBuffer()));
    }
    return await(subscriber);
  }

  private static <T> T await(HttpResponse.BodySubscriber<T> subscriber)
      throws IOException, InterruptedException {
    try {
      return subscriber.getBody().toCompletableFuture().get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return client
        .sendAsync(bounded(request), HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(
            answer -> {
              try {
                return checked(request, answer, handler, false);
              } catch (IOException e) {
                throw new CompletionException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
              }
            });
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    return sendAsync(request, handler);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  private record Info(int statusCode, HttpHeaders headers, Version version)
      implements HttpResponse.ResponseInfo {}

  /** The answer that was checked, with its body as the caller wants it. */
  private record Replayed<T>(HttpRequest request, HttpResponse<byte[]> answer, T body)
      implements HttpResponse<T> {

    @Override
    public int statusCode() {
      return answer.statusCode();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return answer.headers();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return answer.sslSession();
    }

    @Override
    public URI uri() {
      return answer.uri();
    }

    @Override
    public Version version() {
      return answer.version();
    }
  }

  /** Hands single buffers to a subscriber of lists. */
  private record ListOfOne(Flow.Subscriber<List<ByteBuffer>> target)
      implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      target.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer buffer) {
      target.onNext(List.of(buffer));
    }

    @Override
    public void onError(Throwable e) {
      target.onError(e);
    }

    @Override
    public void onComplete() {
      target.onComplete();
    }
  }

  /** The settings of the one client are fixed, so asking for others is a defect of the test. */
  private final class Settled implements HttpClient.Builder {

    private HttpClient.Builder refused() {
      throw new UnsupportedOperationException("the settings of this client are fixed");
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler handler) {
      return refused();
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
      return refused();
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext context) {
      return refused();
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters parameters) {
      return refused();
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
      return refused();
    }

    @Override
    public HttpClient.Builder followRedirects(Redirect policy) {
      return refused();
    }

    @Override
    public HttpClient.Builder version(Version version) {
      return refused();
    }

    @Override
    public HttpClient.Builder priority(int priority) {
      return refused();
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector selector) {
      return refused();
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
      return refused();
    }

    @Override
    public HttpClient build() {
      return ValidatingHttpClient.this;
    }
  }
}
