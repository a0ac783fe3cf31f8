package io.managedredis.rdb;

import java.io.IOException;
import java.io.InputStream;

/** Structures of whole files, with the slots of their keys. */
final class Structures {
  /** The files in the resources of this package; how they came about is told there. */
  static final String[] FIXTURES = {
    "redis-6.2",
    "redis-7.0",
    "redis-7.0-module",
    "redis-8.0",
    "redis-8.0-cluster",
    "valkey-8.1",
    "valkey-8.1-cluster",
    "valkey-9.1",
    "valkey-9.1-cluster"
  };

  private Structures() {}

  /** One of the fixtures. */
  static byte[] fixture(String name) {
    try (InputStream in = Structures.class.getResourceAsStream(name + ".rdb")) {
      if (in == null) {
        throw new IllegalArgumentException("There is no fixture " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("Can't read the fixture " + name, e);
    }
  }

  /** What is found when all bytes come at once. */
  static Structure of(byte[] file) {
    return inChunks(file, Math.max(1, file.length));
  }

  /** What is found when so many bytes come at a time. */
  static Structure inChunks(byte[] file, int size) {
    StructureReader reader = new StructureReader(true);
    for (int at = 0; at < file.length; at += size) {
      reader.update(file, at, Math.min(size, file.length - at));
    }
    return reader.finish();
  }

  /** What is found when the bytes come in two parts, of which the first is this long. */
  static Structure inTwo(byte[] file, int first) {
    StructureReader reader = new StructureReader(true);
    reader.update(file, 0, first);
    reader.update(file, first, file.length - first);
    return reader.finish();
  }
}
