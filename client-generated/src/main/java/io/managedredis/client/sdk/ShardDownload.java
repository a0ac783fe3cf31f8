package io.managedredis.client.sdk;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one snapshot. When the connection breaks, it goes on behind the last byte that came; in
 * the end, length and SHA-256 are those that the server announced.
 */
final class ShardDownload {

  private static final Pattern DIGEST = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");
  private static final Pattern RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

  /**
   * What the server announced.
   *
   * @param digest the SHA-256 in Base64
   */
  private record Announced(long length, String digest, String etag) {}

  private final Calls calls;
  private final Call call;
  private final MessageDigest sha256 = sha256();
  private final Deadline deadline;
  private @Nullable Announced announced;
  private long written;

  ShardDownload(Calls calls, String target) {
    this.calls = calls;
    this.call = Call.get(target);
    this.deadline = Deadline.in(calls.settings().time(), calls.settings().downloadTimeout());
  }

  /** Into a file that is not there yet; it appears under its name only when it is whole. */
  long to(Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    // A temporary file is its owner's alone: it may hold in clear what is encrypted in storage.
    Path draft = Files.createTempFile(folder, "." + file.getFileName() + ".", ".part");
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        copy(channel);
        channel.force(true);
      } catch (ClosedByInterruptException e) {
        throw new ManagedRedisException(call + ": interrupted", StatusCode.CANCELLED, e);
      }
      Path unused = Files.move(draft, file);
    } finally {
      boolean unused = Files.deleteIfExists(draft);
    }
    return written;
  }

  /** Into a stream, which gets the bytes before they are proven as a whole. */
  long to(OutputStream out) throws IOException {
    copy(new ToStream(out));
    out.flush();
    return written;
  }

  /** The JDK's own would close the stream when the thread is interrupted. */
  private record ToStream(OutputStream out) implements WritableByteChannel {

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      out.write(copy);
      return copy.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    /** It is the caller's. */
    @Override
    public void close() {}
  }

  private void copy(WritableByteChannel out) throws IOException {
    List<UnavailableException> before = new ArrayList<>();
    int failures = 0;
    while (!isWhole()) {
      long start = written;
      try {
        written = Calls.uninterrupted(call, () -> attempt(out));
      } catch (UnavailableException e) {
        // Whoever gets on, slowly, is not failing.
        if (written > start) {
          failures = 0;
          before.clear();
        }
        failures++;
        calls.pauseOrThrow(call, e, before, failures, deadline);
      }
    }
    prove();
  }

  private boolean isWhole() {
    return announced != null && announced.length() == written;
  }

  /**
   * Gets the rest, or the whole. Reading fails with exceptions of ours, only writing with others.
   */
  private long attempt(WritableByteChannel out) throws IOException, InterruptedException {
    try (Answer answer = open()) {
      long twice = written - answer.start();
      for (List<ByteBuffer> some = answer.next(); some != null; some = answer.next()) {
        for (ByteBuffer bytes : some) {
          int skipped = (int) Math.min(twice, bytes.remaining());
          twice -= skipped;
          take(bytes.position(bytes.position() + skipped), answer.file(), out);
        }
      }
      if (!isWhole()) {
        throw Calls.unreachable(call, new IOException("the answer ended early"));
      }
      return written;
    }
  }

  private Answer open() throws InterruptedException {
    Announced known = announced;
    String[] range =
        known == null || written == 0
            ? new String[0]
            : new String[] {"Range", "bytes=" + written + "-", "If-Range", known.etag()};
    Deadline patience = deadline.orIn(calls.settings().attemptTimeout());
    HttpResponse<Chunks> answer;
    try {
      // Errors are JSON.
      answer = calls.send(call, "application/octet-stream, application/json", patience, range);
    } catch (IOException e) {
      throw Calls.unreachable(call, e);
    }
    boolean fits = false;
    try {
      Answer opened = fitted(answer, known);
      fits = true;
      return opened;
    } finally {
      if (!fits) {
        answer.body().close();
      }
    }
  }

  /** What of the file this answer has, which has to be the file that was begun with. */
  private Answer fitted(HttpResponse<Chunks> answer, @Nullable Announced known) {
    HttpHeaders headers = answer.headers();
    Matcher digest = DIGEST.matcher(headers.firstValue("Repr-Digest").orElse(""));
    String etag = headers.firstValue("ETag").orElse("");
    long start = 0;
    long length = headers.firstValueAsLong("Content-Length").orElse(-1);
    if (answer.statusCode() == 206) {
      Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
      boolean said = range.matches();
      start = said ? Long.parseLong(range.group(1)) : -1;
      length = said ? Long.parseLong(range.group(2)) : -1;
    }
    if (!digest.find() || etag.isEmpty() || length < 0) {
      throw damaged("the answer lacks Content-Length, Repr-Digest, ETag or Content-Range");
    }
    Announced file = new Announced(length, digest.group(1), etag);
    if (known != null && !known.equals(file)) {
      throw damaged("it is another file than the one that the download began with");
    }
    if (start != 0 && start != written) {
      throw damaged("the answer begins with byte " + start + ", not with byte " + written);
    }
    announced = file;
    return new Answer(file, start, answer.body());
  }

  /** What one request brings: the file from some byte on. */
  private final class Answer implements AutoCloseable {
    private final Announced file;
    private final long start;
    private final Chunks body;

    Answer(Announced file, long start, Chunks body) {
      this.file = file;
      this.start = start;
      this.body = body;
    }

    Announced file() {
      return file;
    }

    long start() {
      return start;
    }

    @Nullable List<ByteBuffer> next() throws InterruptedException {
      try {
        return body.next(deadline.orIn(calls.settings().attemptTimeout()).left());
      } catch (IOException e) {
        throw Calls.unreachable(call, e);
      }
    }

    @Override
    public void close() {
      body.close();
    }
  }

  private void take(ByteBuffer bytes, Announced file, WritableByteChannel out) throws IOException {
    if (bytes.remaining() > file.length() - written) {
      throw damaged("more than the " + file.length() + " bytes came that were announced");
    }
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      written += out.write(bytes);
    }
  }

  private void prove() {
    String came = Base64.getEncoder().encodeToString(sha256.digest());
    if (announced == null || !announced.digest().equals(came)) {
      throw damaged(
          "the SHA-256 of what came is " + came + ", not as announced; download it again");
    }
  }

  private ManagedRedisException damaged(String how) {
    return new ManagedRedisException(call + ": " + how, StatusCode.DATA_LOSS, null);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
