package io.managedredis.bench;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a recording of the JVM's flight recorder says of allocation; {@code bench/api.sh} runs it.
 */
public final class AllocationProfile {
  private static final int SITES = 12;
  private static final int FRAMES = 4;

  private AllocationProfile() {}

  /**
   * Prints the bytes that were allocated for each request, exactly, and then which classes they
   * were of and where most of them came from, sampled.
   *
   * @param arguments the recording, and how many requests were answered while it ran
   */
  public static void main(String[] arguments) throws Exception {
    long requests = Long.parseLong(arguments[1]);
    Map<Long, Long> first = new HashMap<>();
    Map<Long, Long> last = new HashMap<>();
    Map<String, Long> classes = new HashMap<>();
    Map<String, Long> sites = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(Path.of(arguments[0]))) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        switch (event.getEventType().getName()) {
          case "jdk.ThreadAllocationStatistics" -> {
            long thread = event.getThread("thread").getId();
            long allocated = event.getLong("allocated");
            first.merge(thread, allocated, Math::min);
            last.merge(thread, allocated, Math::max);
          }
          case "jdk.ObjectAllocationSample" -> {
            long weight = event.getLong("weight");
            classes.merge(event.getClass("objectClass").getName(), weight, Long::sum);
            RecordedStackTrace stack = event.getStackTrace();
            if (stack != null) {
              sites.merge(site(stack), weight, Long::sum);
            }
          }
          default -> {}
        }
      }
    }
    long allocated = last.values().stream().mapToLong(Long::longValue).sum();
    long before = first.values().stream().mapToLong(Long::longValue).sum();
    Output.line(String.format(Locale.ROOT, "%.0f", (double) (allocated - before) / requests));
    print("class", classes);
    print("where", sites);
  }

  private static String site(RecordedStackTrace stack) {
    return stack.getFrames().stream()
        .filter(RecordedFrame::isJavaFrame)
        .limit(FRAMES)
        .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName())
        .collect(Collectors.joining(" < "));
  }

  private static void print(String what, Map<String, Long> weights) {
    double all = Math.max(1, weights.values().stream().mapToLong(Long::longValue).sum());
    weights.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SITES)
        .forEach(
            entry ->
                Output.line(
                    String.format(
                        Locale.ROOT,
                        "%s %5.1f %% %s",
                        what,
                        100 * entry.getValue() / all,
                        entry.getKey())));
  }
}
