package io.managedredis.attack;

import static io.managedredis.attack.HostileNode.forever;
import static io.managedredis.attack.HostileNode.latin1;
import static io.managedredis.attack.HostileNode.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.managedredis.attack.HostileNode.Answer;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.NodeAddress;
import io.managedredis.cluster.TopologyException;
import io.managedredis.cluster.TopologyReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node's answers to a probe make us allocate, whatever lengths they announce. */
@Timeout(60)
class HostileProbeMemoryTest {

  /** An answer of 4 MiB as bytes and as text, and a million names that live for a moment. */
  private static final long MOST_BYTES = 96L << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void whatIsAllocatedIsBounded(String attack, Answer info) throws Exception {
    Set<Long> before = ids();
    try (HostileNode node = HostileNode.that("INFO", info);
        TopologyReader reader = new TopologyReader()) {
      ClusterDeclaration cluster =
          new ClusterDeclaration(
              "c1",
              "f1",
              "demo",
              List.of(new NodeAddress("127.0.0.1", node.port())),
              List.of(),
              null,
              null);
      long start = System.nanoTime();

      boolean told = tells(reader, cluster);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(4));
      assertThat(told).isEqualTo(attack.equals("a million lines"));
      assertThat(node.received()).isNotEmpty();
      // Threads of other tests may be among them, which only makes it stricter.
      assertThat(allocatedByProbes(before)).isPositive().isLessThan(MOST_BYTES);
    }
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("1 GiB announced", latin1("$1073741824\r\n")),
        Arguments.of("5 MiB announced", latin1("$5242880\r\n")),
        Arguments.of("4 MiB and no end", forever("$4194304\r\n", "x")),
        Arguments.of("an array of a hundred million", latin1("*100000000\r\n")),
        Arguments.of("a hundred thousand arrays in arrays", latin1("*1\r\n".repeat(100_000))),
        Arguments.of("a push of a hundred million", latin1(">100000000\r\n")),
        Arguments.of("an error without an end", forever("-ERR ", "x")),
        Arguments.of(
            "1 GiB behind a line that ends for some", latin1("+a\n$9\n\r\n$1073741824\r\n")),
        Arguments.of("a million lines", text("a:\n".repeat(1_000_000))));
  }

  private static boolean tells(TopologyReader reader, ClusterDeclaration cluster)
      throws InterruptedException {
    try {
      return reader.read(cluster, TIMEOUT).version().isPresent();
    } catch (TopologyException e) {
      return false;
    }
  }

  private Set<Long> ids() {
    Set<Long> ids = new HashSet<>();
    Arrays.stream(threads.getAllThreadIds()).forEach(ids::add);
    return ids;
  }

  /** The pool keeps its threads for half a minute. */
  private long allocatedByProbes(Set<Long> before) {
    long bytes = 0;
    for (long id : threads.getAllThreadIds()) {
      java.lang.management.ThreadInfo info = threads.getThreadInfo(id);
      if (!before.contains(id) && info != null && info.getThreadName().startsWith("probe-")) {
        bytes += threads.getThreadAllocatedBytes(id);
      }
    }
    return bytes;
  }
}
