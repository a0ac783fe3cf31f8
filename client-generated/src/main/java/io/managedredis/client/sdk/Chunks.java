package io.managedredis.client.sdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, chunk by chunk, as fast as its reader takes it and with a limit to every
 * wait, which the JDK's own streams do not have. To be closed, also when it was not read.
 */
final class Chunks implements HttpResponse.BodySubscriber<Chunks>, AutoCloseable {

  private sealed interface Event {}

  private record Chunk(List<ByteBuffer> bytes) implements Event {}

  private record Broken(Throwable cause) implements Event {}

  private record End() implements Event {}

  /** One chunk and an end at most: the next chunk is asked for when the last one is taken. */
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

  @Override
  public CompletionStage<Chunks> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (subscription.complete(given)) {
      given.request(1);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    events.add(new Chunk(bytes));
  }

  @Override
  public void onError(Throwable cause) {
    events.add(new Broken(cause));
  }

  @Override
  public void onComplete() {
    events.add(new End());
  }

  /**
   * The next bytes, null at the end.
   *
   * @throws HttpTimeoutException if none come in that time
   * @throws IOException if the connection breaks
   */
  @Nullable List<ByteBuffer> next(Duration longest) throws IOException, InterruptedException {
    Event event = events.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    if (event instanceof Chunk chunk) {
      subscription.join().request(1);
      return chunk.bytes();
    }
    if (event instanceof Broken broken) {
      throw new IOException("the connection broke: " + broken.cause().getMessage(), broken.cause());
    }
    if (event == null) {
      throw new HttpTimeoutException("no byte came in " + longest);
    }
    events.add(event);
    return null;
  }

  /**
   * Reads all bytes, or the first ones where there are more.
   *
   * @param all gets them, also those before an exception
   * @throws HttpTimeoutException if they are not there by then
   * @throws IOException if the connection breaks
   */
  void first(int most, ByteArrayOutputStream all, Deadline deadline)
      throws IOException, InterruptedException {
    while (all.size() < most) {
      List<ByteBuffer> some = next(deadline.left());
      if (some == null) {
        return;
      }
      for (ByteBuffer part : some) {
        byte[] bytes = new byte[Math.min(part.remaining(), most - all.size())];
        part.get(bytes);
        all.write(bytes, 0, bytes.length);
      }
    }
  }

  /** Gives up what was not read. */
  @Override
  public void close() {
    if (!subscription.completeExceptionally(new IOException("closed"))
        && !subscription.isCompletedExceptionally()) {
      subscription.join().cancel();
    }
  }
}
