package io.managedredis.drift;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files whose bytes are not the ones that their headers announce. */
final class DownloadDrifts {

  private static final String FAMILY = "download";
  private static final Pattern RANGE = Pattern.compile("bytes ([0-9]+)-([0-9]+)/([0-9]+)");

  private final DeclaredOperation operation;
  private final List<Drift> drifts = new ArrayList<>();

  private DownloadDrifts(DeclaredOperation operation) {
    this.operation = operation;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      DownloadDrifts of = new DownloadDrifts(operation);
      for (int status : operation.responses().keySet()) {
        if (operation
            .response(status)
            .map(response -> response.path("content").has("application/octet-stream"))
            .orElse(false)) {
          of.bytes(status);
          of.headers(status);
        }
        if (operation.response(status).orElseThrow().path("headers").has("Content-Range")) {
          of.range(status);
        }
      }
      all.addAll(of.drifts);
    }
    return all;
  }

  private void bytes(int status) {
    change(
        status,
        "the last byte is lost, and Content-Length is one less",
        answer -> {
          long length = Long.parseLong(answer.header("Content-Length").orElseThrow());
          answer.download(out -> new Cut(out, length - 1));
          answer.header("Content-Length", Long.toString(length - 1));
          return true;
        });
    change(
        status,
        "one bit is another",
        answer -> {
          answer.download(Flipped::new);
          return true;
        });
    // A Content-Length beyond the last byte is no drift of the answer: there never is an answer.
  }

  private void headers(int status) {
    change(
        status,
        "Repr-Digest is of another file",
        answer -> {
          answer.header("Repr-Digest", "sha-256=:" + "A".repeat(43) + "=:");
          return true;
        });
    change(
        status,
        "ETag is of another file",
        answer -> {
          answer.header("ETag", '"' + "0".repeat(64) + '"');
          return true;
        });
    change(
        status,
        "Content-Disposition names another file",
        answer -> {
          answer.header("Content-Disposition", "attachment; filename=\"dump.rdb\"");
          return true;
        });
  }

  private void range(int status) {
    if (status == 206) {
      change(status, "Content-Range begins one byte later", answer -> range(answer, 1, 0, 0));
      change(status, "Content-Range ends one byte later", answer -> range(answer, 0, 1, 0));
      change(status, "Content-Range has another length", answer -> range(answer, 0, 0, 1));
    } else {
      change(
          status,
          "Content-Range has another length",
          answer -> {
            answer.header("Content-Range", "bytes */1");
            return true;
          });
    }
  }

  private static boolean range(Outgoing answer, int from, int to, int length) {
    Matcher matcher = RANGE.matcher(answer.header("Content-Range").orElse(""));
    if (!matcher.matches()) {
      return false;
    }
    answer.header(
        "Content-Range",
        "bytes "
            + (Long.parseLong(matcher.group(1)) + from)
            + "-"
            + (Long.parseLong(matcher.group(2)) + to)
            + "/"
            + (Long.parseLong(matcher.group(3)) + length));
    return true;
  }

  private void change(int status, String words, Predicate<Outgoing> change) {
    drifts.add(
        Drift.ofAnswers(
            FAMILY,
            operation.id(),
            status,
            words,
            new Injection() {
              @Override
              public boolean onAnswer(Outgoing answer) {
                return (answer.isDownload() || status >= 400) && change.test(answer);
              }
            }));
  }

  /** Lets only the first bytes through. */
  private static final class Cut extends FilterOutputStream {
    private long left;

    Cut(OutputStream out, long length) {
      super(out);
      this.left = length;
    }

    @Override
    public void write(int b) throws IOException {
      if (left > 0) {
        out.write(b);
        left--;
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int through = (int) Math.min(left, length);
      out.write(bytes, offset, through);
      left -= through;
    }
  }

  /** Changes the last bit of the first byte. */
  private static final class Flipped extends FilterOutputStream {
    private boolean flipped;

    Flipped(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(flipped ? b : b ^ 1);
      flipped = true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (flipped || length == 0) {
        out.write(bytes, offset, length);
      } else {
        write(bytes[offset]);
        out.write(bytes, offset + 1, length - 1);
      }
    }
  }
}
