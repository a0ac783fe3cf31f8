package io.managedredis.capture;

import io.managedredis.capture.CaptureException.Reason;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a server's error line means, and what to do about it. */
record Refusal(Reason reason, String advice) {
  private static final int LONGEST_QUOTE = 200;
  private static final Pattern NO_SUCH_COMMAND =
      Pattern.compile(
          "(unknown|unsupported) command|command '?\\S* ?(is )?(not|disabled)"
              + "|(command|psync|replconf)\\S* (is )?not (allowed|supported|available|permitted)");

  private static final Refusal UNSUPPORTED =
      new Refusal(
          Reason.UNSUPPORTED,
          "the server does not offer this command: many managed services deny PSYNC altogether, and"
              + " rename-command can hide it; use a node that you run, or the service's own export");

  /** Judges an error line, with its leading minus. */
  static Refusal of(String line) {
    String code = line.substring(1).split(" ", 2)[0];
    return switch (code) {
      case "NOAUTH" ->
          new Refusal(
              Reason.AUTHENTICATION, "the server asks for a password: configure one for this node");
      case "WRONGPASS" ->
          new Refusal(
              Reason.AUTHENTICATION,
              "the user name or the password is wrong, or the user is switched off");
      case "NOPERM" ->
          new Refusal(
              Reason.DENIED,
              "grant the user +psync +replconf (ACL SETUSER <user> +psync +replconf); a managed"
                  + " service may deny PSYNC altogether");
      case "DENIED" ->
          new Refusal(
              Reason.DENIED, "the server is in protected mode: give it a password, or bind it");
      case "LOADING" -> new Refusal(Reason.NOT_READY, "it is loading its data: try again later");
      case "NOMASTERLINK", "MASTERDOWN" ->
          new Refusal(
              Reason.NOT_READY,
              "this replica has no link to its master: mend that, or take another node");
      case "BUSY", "TRYAGAIN", "CLUSTERDOWN", "MISCONF", "OOM" ->
          new Refusal(Reason.NOT_READY, "it can't serve this now: see the server's log");
      default -> ofText(line.toLowerCase(Locale.ROOT));
    };
  }

  private static Refusal ofText(String lower) {
    if (NO_SUCH_COMMAND.matcher(lower).find()) {
      return UNSUPPORTED;
    }
    if (lower.contains("max number of clients")) {
      return new Refusal(Reason.NOT_READY, "raise maxclients, or end idle connections");
    }
    if (lower.contains("bgsave") || lower.contains("background save")) {
      return new Refusal(
          Reason.NOT_READY, "it can't save: see its log (memory for the fork, disk space)");
    }
    if (lower.contains("operation not permitted")) {
      return new Refusal(
          Reason.AUTHENTICATION, "the server asks for a password: configure one for this node");
    }
    return new Refusal(Reason.PROTOCOL, "this client knows no such answer: see the server's log");
  }

  /** The exception for a command that was refused with the line. */
  CaptureException exception(String node, String name, String line) {
    return new CaptureException(
        reason, node, name + " was refused with " + quoted(line) + ": " + advice);
  }

  /** Foreign text for a message: printable, and not long. */
  static String quoted(CharSequence text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTE); i++) {
      char c = text.charAt(i);
      quoted.append(c >= ' ' && c < 0x7f ? "" + c : String.format(Locale.ROOT, "\\x%02x", (int) c));
    }
    return quoted.append(text.length() > LONGEST_QUOTE ? "…\"" : "\"").toString();
  }
}
