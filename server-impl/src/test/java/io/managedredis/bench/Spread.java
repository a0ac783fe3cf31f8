package io.managedredis.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The median of some figures, the least and the greatest. */
record Spread(double median, double least, double most) {

  /** None of no figures. */
  static Optional<Spread> of(List<Double> values) {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1]));
  }

  /** Of the ratios of what stands at the same place. */
  static Optional<Spread> ofRatios(List<Double> ones, List<Double> others) {
    return of(
        IntStream.range(0, Math.min(ones.size(), others.size()))
            .mapToObj(i -> ones.get(i) / others.get(i))
            .toList());
  }
}
