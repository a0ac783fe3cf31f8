package io.managedredis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code bench/api.sh} noted.
 *
 * @param about what the figures belong to: machine, JVM and the like
 * @param all every figure, in the order in which they were taken
 */
record Measurements(Map<String, String> about, List<Figure> all) {

  /**
   * One figure.
   *
   * @param size how many backups the catalogue had
   * @param work what was done
   * @param contender who did it
   * @param round of how many, from 1; 0 for what is measured once and before
   * @param metric what was measured, with its unit where it is no rate
   */
  record Figure(long size, String work, String contender, int round, String metric, double value) {}

  /** Copies what it is given. */
  Measurements {
    about = new LinkedHashMap<>(about);
    all = List.copyOf(all);
  }

  /** Reads a file whose lines are tab-separated: a figure's six parts, or about, key and value. */
  static Measurements read(Path file) throws IOException {
    Map<String, String> about = new LinkedHashMap<>();
    List<Figure> all = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      if (parts[0].equals("about")) {
        about.put(parts[1], parts[2]);
      } else {
        all.add(
            new Figure(
                Long.parseLong(parts[0]),
                parts[1],
                parts[2],
                Integer.parseInt(parts[3]),
                parts[4],
                Double.parseDouble(parts[5])));
      }
    }
    return new Measurements(about, all);
  }

  /** The sizes of the catalogues, ascending. */
  List<Long> sizes() {
    return all.stream().map(Figure::size).filter(size -> size > 0).distinct().sorted().toList();
  }

  /** The figures of a metric, round by round; none when it was not measured. */
  List<Double> values(long size, String work, String contender, String metric) {
    return all.stream()
        .filter(
            figure ->
                figure.size() == size
                    && figure.work().equals(work)
                    && figure.contender().equals(contender)
                    && figure.metric().equals(metric))
        .map(Figure::value)
        .toList();
  }

  /** Their median and range. */
  Optional<Spread> spread(long size, String work, String contender, String metric) {
    return Spread.of(values(size, work, contender, metric));
  }

  /** How much more often one contender answers than another, pair by pair within a round. */
  Optional<Spread> rateRatio(long size, String work, String one, String other) {
    List<Double> others = values(size, work, other, "rate");
    if (others.isEmpty()) {
      // Who answers the same whatever the size is measured once, beside the first one.
      others =
          all.stream()
              .filter(f -> f.work().equals(work) && f.contender().equals(other))
              .filter(f -> f.metric().equals("rate"))
              .map(Figure::value)
              .toList();
    }
    return Spread.ofRatios(values(size, work, one, "rate"), others);
  }
}
