package io.managedredis.access;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A process with an audit log, which does what its standard input says: {@code begin ID}, {@code
 * end ID}, {@code denied ID}. It answers each with a line.
 */
final class AuditHolder {
  private AuditHolder() {}

  /** Takes the file. */
  public static void main(String[] arguments) throws Exception {
    Map<String, AuditLog.Entry> open = new HashMap<>();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (AuditLog log = AuditLog.open(new AuditSettings(Path.of(arguments[0]), 1 << 20, 4));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      out.println("open");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        AuditRecord call =
            new AuditRecord(Instant.now(), "ann", words[0], null, null, words[1], "127.0.0.1");
        try {
          switch (words[0]) {
            case "begin" -> open.put(words[1], log.begin(call));
            case "end" ->
                Objects.requireNonNull(open.get(words[1])).end(AuditOutcome.ACCEPTED, 0, "f", "op");
            default -> log.denied(call, 7);
          }
          out.println(log.isBroken() ? "broken" : "done");
        } catch (AuditException e) {
          out.println("refused: " + e.getMessage());
        }
      }
    }
  }
}
