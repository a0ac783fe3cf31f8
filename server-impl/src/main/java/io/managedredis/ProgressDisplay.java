package io.managedredis;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * How far a command is, for people: a bar that is drawn over and over on a terminal, plain lines
 * elsewhere.
 */
final class ProgressDisplay {

  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;
  private static final int WIDTH = 30;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private final PrintWriter out;
  private final boolean terminal;
  private String what = "";
  private long total;
  private long started;
  private long last;
  private int drawn;

  /**
   * Draws on what is given.
   *
   * @param terminal whether somebody looks at it and a line can be overwritten
   */
  ProgressDisplay(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether this process talks to a terminal. */
  @SuppressWarnings("SystemConsoleNull") // Both ways of the JDKs to say no are looked at.
  static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From JDK 22 on there is a console without a terminal as well.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /**
   * Something begins.
   *
   * @param bytes how many bytes it will be
   */
  void begin(String name, long bytes) {
    what = name;
    total = bytes;
    started = System.nanoTime();
    last = started;
    if (!terminal) {
      line(what + ": " + size(total) + " to read");
    }
  }

  /** It has come so far. */
  void update(long bytes) {
    long now = System.nanoTime();
    if (now - last < (terminal ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    last = now;
    int percent = total == 0 ? 100 : (int) Math.min(100, bytes * 100.0 / total);
    double seconds = (now - started) / 1e9;
    String text =
        String.format(
            Locale.ROOT,
            "%3d %%  %s of %s  %s/s",
            percent,
            size(bytes),
            size(total),
            size((long) (bytes / seconds)));
    if (!terminal) {
      line(what + ": " + text.strip());
      return;
    }
    int full = percent * WIDTH / 100;
    overwrite(what + "  [" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + text);
  }

  /** It has ended; the bar makes room for what the command prints. */
  void end() {
    if (terminal && drawn > 0) {
      overwrite("");
      out.print('\r');
      out.flush();
      drawn = 0;
    }
  }

  private void line(String text) {
    out.println(text);
    out.flush();
  }

  private void overwrite(String text) {
    out.print('\r' + text + " ".repeat(Math.max(0, drawn - text.length())));
    out.flush();
    drawn = text.length();
  }

  /** Bytes for people, such as {@code 1.4 GiB}. */
  static String size(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }
}
