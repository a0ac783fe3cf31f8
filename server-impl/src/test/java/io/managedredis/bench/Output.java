package io.managedredis.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard output, which a script reads. */
final class Output {
  private Output() {}

  /** Prints a line at once. */
  static void line(String text) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.println(text);
  }
}
