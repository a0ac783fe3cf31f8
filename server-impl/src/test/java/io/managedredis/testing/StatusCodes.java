package io.managedredis.testing;

import java.util.Map;
import java.util.Set;

/** The table of {@code google.rpc.Code}: which codes an HTTP status can carry. */
public final class StatusCodes {

  private static final Map<Integer, Set<Integer>> OF_HTTP =
      Map.ofEntries(
          Map.entry(400, Set.of(3, 9, 11)),
          Map.entry(401, Set.of(16)),
          Map.entry(403, Set.of(7)),
          Map.entry(404, Set.of(5)),
          Map.entry(405, Set.of(12)),
          Map.entry(406, Set.of(3)),
          Map.entry(409, Set.of(6, 10)),
          Map.entry(413, Set.of(3)),
          Map.entry(414, Set.of(3)),
          Map.entry(415, Set.of(3)),
          Map.entry(416, Set.of(11)),
          Map.entry(429, Set.of(8)),
          Map.entry(431, Set.of(3)),
          Map.entry(499, Set.of(1)),
          Map.entry(500, Set.of(2, 13, 15)),
          Map.entry(501, Set.of(12)),
          Map.entry(503, Set.of(14)),
          Map.entry(504, Set.of(4)),
          Map.entry(505, Set.of(12)));

  private StatusCodes() {}

  /** The codes that go with an HTTP status; none for one that no error of ours has. */
  public static Set<Integer> of(int httpStatus) {
    return OF_HTTP.getOrDefault(httpStatus, Set.of());
  }
}
