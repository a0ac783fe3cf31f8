package io.managedredis.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection on which every string stands for its bytes, one char per byte, both ways. */
final class BinaryConnection implements AutoCloseable {
  private final RespClient client;

  BinaryConnection(RedisProcess server) throws IOException {
    client = server.connect();
  }

  /**
   * One command and its answer: a String, a Long, a List of such, or {@code null}.
   *
   * @throws RespClient.ErrorReply if the server answered an error
   */
  @Nullable Object call(String... command) throws IOException {
    client.send(bytes(command));
    return text(client.receive());
  }

  /** The same for a command that answers a list. */
  List<?> list(String... command) throws IOException {
    if (call(command) instanceof List<?> list) {
      return list;
    }
    throw new IllegalStateException(command[0] + " answered no list");
  }

  /** The same for a command that answers a list of strings. */
  List<String> strings(String... command) throws IOException {
    return list(command).stream().map(String::valueOf).toList();
  }

  /** The same for a command that answers a number. */
  long number(String... command) throws IOException {
    if (call(command) instanceof Long number) {
      return number;
    }
    throw new IllegalStateException(command[0] + " answered no number");
  }

  /** Whether the server has the command. */
  boolean knows(String command) throws IOException {
    return list("COMMAND", "INFO", command).get(0) != null;
  }

  private static byte[][] bytes(String... command) {
    byte[][] bytes = new byte[command.length][];
    for (int i = 0; i < command.length; i++) {
      bytes[i] = command[i].getBytes(StandardCharsets.ISO_8859_1);
    }
    return bytes;
  }

  private static @Nullable Object text(@Nullable Object answer) {
    if (answer instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    if (answer instanceof List<?> list) {
      List<@Nullable Object> texts = new ArrayList<>();
      list.forEach(element -> texts.add(text(element)));
      return texts;
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
