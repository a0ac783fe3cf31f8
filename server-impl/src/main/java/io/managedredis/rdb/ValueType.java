package io.managedredis.rdb;

/** What kind of value a key holds, whatever way it is written in the file. */
public enum ValueType {
  /** A string; bitmaps and HyperLogLogs are strings, too. */
  STRING,
  /** A list. */
  LIST,
  /** A set. */
  SET,
  /** A sorted set; geo indexes are sorted sets, too. */
  SORTED_SET,
  /** A hash. */
  HASH,
  /** A stream, with its consumer groups. */
  STREAM,
  /** A value of a module. */
  MODULE,
  /** An array, from Redis 8.8 on: not read yet, a file that has one is of an unknown structure. */
  ARRAY
}
