package io.managedredis.testing;

import java.io.IOException;
import java.util.List;

/** Streams with everything that can hang on one. */
final class StreamData {
  private final BinaryConnection server;
  private final String prefix;

  StreamData(BinaryConnection server, String prefix) {
    this.server = server;
    this.prefix = prefix;
  }

  void fill() throws IOException {
    entries();
    groups();
    emptyOnes();
  }

  /** More entries than one node holds, of several shapes, with holes, and trimmed at the start. */
  private void entries() throws IOException {
    String stream = prefix + "stream";
    for (int i = 1; i <= 500; i++) {
      String id = i + "-" + i % 3;
      if (i % 10 == 0) {
        server.call("XADD", stream, id, "other field", "value".repeat(i % 40), "number", "" + i);
      } else {
        server.call("XADD", stream, id, "field", "value " + i);
      }
    }
    for (int i = 100; i < 200; i += 7) {
      server.call("XDEL", stream, i + "-" + i % 3);
    }
    server.call("XTRIM", stream, "MAXLEN", "450");
    server.call("XSETID", stream, "1000-5");
  }

  /** One with consumers who have much, nothing, and what was another's; one that read nothing. */
  private void groups() throws IOException {
    String stream = prefix + "stream";
    server.call("XGROUP", "CREATE", stream, "readers", "0");
    for (String consumer : List.of("alice", "bob", "carol")) {
      String[] read = {"XREADGROUP", "GROUP", "readers", consumer, "COUNT", "40"};
      server.call(read[0], read[1], read[2], read[3], read[4], read[5], "STREAMS", stream, ">");
    }
    server.call("XGROUP", "CREATECONSUMER", stream, "readers", "idle");
    for (int i = 150; i < 250; i++) {
      if (i % 2 == 0) {
        server.call("XACK", stream, "readers", i + "-" + i % 3);
      }
    }
    String time = "1600000000123";
    server.call(
        "XCLAIM", stream, "readers", "dave", "0", "91-1", "TIME", time, "RETRYCOUNT", "70000");
    server.call("XGROUP", "CREATE", stream, "late", "$");
    // A pending entry whose entry is gone.
    server.call("XDEL", stream, "93-0");
  }

  private void emptyOnes() throws IOException {
    server.call("XGROUP", "CREATE", prefix + "empty stream", "group", "0", "MKSTREAM");
    server.call("XADD", prefix + "emptied stream", "7-7", "field", "value");
    server.call("XDEL", prefix + "emptied stream", "7-7");
  }
}
