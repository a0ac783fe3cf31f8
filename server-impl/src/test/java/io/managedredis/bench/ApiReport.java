package io.managedredis.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** Makes tables, plots and JSON of what {@code bench/api.sh} noted. */
public final class ApiReport {
  static final List<String> CONTENDERS = List.of("ours", "netty", "spring", "prism");
  static final Map<String, String> WORKS =
      Map.of(
          "get", "get",
          "list100", "list of 100",
          "list1000", "list of 1000",
          "notfound", "404",
          "walk", "walk, pages of 100");
  static final List<String> WORK_ORDER = List.of("get", "list100", "list1000", "notfound", "walk");

  private final Measurements measured;
  private final StringBuilder text = new StringBuilder();

  private ApiReport(Measurements measured) {
    this.measured = measured;
  }

  /**
   * Writes {@code results.md}, {@code results.json}, {@code results.svg} and, when there are
   * several sizes, {@code growth.svg}; prints the tables.
   *
   * @param arguments the file of figures, and the folder to write to
   */
  public static void main(String[] arguments) throws Exception {
    Measurements measured = Measurements.read(Path.of(arguments[0]));
    Path folder = Path.of(arguments[1]);
    String tables = new ApiReport(measured).tables();
    Files.writeString(folder.resolve("results.md"), tables);
    ObjectMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    json.writeValue(folder.resolve("results.json").toFile(), measured);
    if (!measured.sizes().isEmpty()) {
      Files.writeString(
          folder.resolve("results.svg"), new RateChart(measured, measured.sizes().get(0)).svg());
    }
    if (measured.sizes().size() > 1) {
      Files.writeString(folder.resolve("growth.svg"), new GrowthChart(measured).svg());
    }
    Output.line(tables);
  }

  private String tables() {
    measured
        .about()
        .forEach(
            (key, value) -> text.append("- ").append(key).append(": ").append(value).append('\n'));
    goals();
    for (long size : measured.sizes()) {
      rates(size);
    }
    growth();
    for (long size : measured.sizes()) {
      walks(size);
      mixed(size);
      resources(size);
    }
    starts();
    return text.toString();
  }

  private void rates(long size) {
    List<String> works = WORK_ORDER.stream().filter(work -> measuredAt(size, work)).toList();
    if (works.isEmpty()) {
      return;
    }
    heading("%,d backups: answers per second, median (least to most)".formatted(size));
    row("work", "ours", "netty", "spring", "prism", "ours/netty", "ours/spring", "ours/prism");
    rule(8);
    for (String work : works) {
      List<String> cells = new ArrayList<>(List.of(name(work)));
      CONTENDERS.forEach(who -> cells.add(whole(measured.spread(size, work, who, "rate"))));
      CONTENDERS.stream()
          .skip(1)
          .forEach(other -> cells.add(ratio(measured.rateRatio(size, work, "ours", other))));
      row(cells.toArray(String[]::new));
    }
    heading("%,d backups: milliseconds with 32 connections, median / 99 %%".formatted(size));
    row("work", "ours", "netty", "spring", "prism");
    rule(5);
    for (String work : works) {
      if (work.equals("walk")) {
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(name(work)));
      for (String who : CONTENDERS) {
        cells.add(
            measured
                .spread(size, work, who, "p50")
                .map(
                    p50 ->
                        number(
                            "%.2f / %.2f",
                            p50.median() / 1e3, median(size, work, who, "p99") / 1e3))
                .orElse("-"));
      }
      row(cells.toArray(String[]::new));
    }
  }

  private boolean measuredAt(long size, String work) {
    return CONTENDERS.stream().anyMatch(who -> !measured.values(size, work, who, "rate").isEmpty());
  }

  private void growth() {
    List<Long> sizes = measured.sizes();
    if (sizes.size() < 2) {
      return;
    }
    heading("As it grows: medians; in brackets how many times slower than with the fewest");
    row(
        "backups",
        "filled in s",
        "rows/s",
        "bytes on disk each",
        "get/s",
        "list of 100/s",
        "page one, µs",
        "last page, µs");
    rule(8);
    for (long size : sizes) {
      row(
          "%,d".formatted(size),
          number("%.1f", median(size, "fill", "ours", "seconds")),
          number("%,.0f", median(size, "fill", "ours", "rowsPerSecond")),
          number("%.0f", median(size, "fill", "ours", "bytesPerBackup")),
          slower(sizes.get(0), size, "get", "rate"),
          slower(sizes.get(0), size, "list100", "rate"),
          slower(sizes.get(0), size, "walk", "pageOneMicros"),
          slower(sizes.get(0), size, "walk", "deepPageMicros"));
    }
  }

  private String slower(long few, long size, String work, String metric) {
    return measured
        .spread(size, work, "ours", metric)
        .map(
            spread ->
                number("%,.0f", spread.median())
                    + slowdown(few, size, work, metric)
                        .map(times -> number(" (%.2f)", times.median()))
                        .orElse(""))
        .orElse("-");
  }

  private Optional<Spread> slowdown(long few, long size, String work, String metric) {
    List<Double> before = measured.values(few, work, "ours", metric);
    List<Double> after = measured.values(size, work, "ours", metric);
    return metric.equals("rate") ? Spread.ofRatios(before, after) : Spread.ofRatios(after, before);
  }

  private void walks(long size) {
    if (!measuredAt(size, "walk")) {
      return;
    }
    heading("%,d backups: one client walks through all pages of 100".formatted(size));
    row(
        "",
        "pages",
        "pages/s",
        "first tenth, µs",
        "last tenth, µs",
        "page one, µs",
        "last full page, µs",
        "last/one");
    rule(8);
    for (String who : CONTENDERS) {
      measured
          .spread(size, "walk", who, "pages")
          .ifPresent(
              pages ->
                  row(
                      who,
                      number("%,.0f", pages.median()),
                      whole(measured.spread(size, "walk", who, "rate")),
                      whole(measured.spread(size, "walk", who, "firstTenthMicros")),
                      whole(measured.spread(size, "walk", who, "lastTenthMicros")),
                      whole(measured.spread(size, "walk", who, "pageOneMicros")),
                      whole(measured.spread(size, "walk", who, "deepPageMicros")),
                      ratio(deepRatio(size, who))));
    }
  }

  private Optional<Spread> deepRatio(long size, String who) {
    return Spread.ofRatios(
        measured.values(size, "walk", who, "deepPageMicros"),
        measured.values(size, "walk", who, "pageOneMicros"));
  }

  private void mixed(long size) {
    if (measured.values(size, "mixed-full-quiet", "ours", "rate").isEmpty()) {
      return;
    }
    heading("%,d backups, mixed load: what a get takes, µs".formatted(size));
    row(
        "load",
        "a capture beside it",
        "answers/s",
        "get, median",
        "get, 99 %",
        "get, most",
        "99 % / median without");
    rule(7);
    for (String load : List.of("full", "half")) {
      for (String capture : List.of("quiet", "capturing")) {
        String work = "mixed-" + load + "-" + capture;
        row(
            load,
            capture.equals("quiet")
                ? "no"
                : number("yes, %.0f of them", median(size, work, "ours", "captures")),
            whole(measured.spread(size, work, "ours", "rate")),
            whole(measured.spread(size, work, "ours", "getP50")),
            whole(measured.spread(size, work, "ours", "getP99")),
            whole(measured.spread(size, work, "ours", "getMost")),
            ratio(tail(size, load, capture)));
      }
    }
  }

  private Optional<Spread> tail(long size, String load, String capture) {
    return Spread.ofRatios(
        measured.values(size, "mixed-" + load + "-" + capture, "ours", "getP99"),
        measured.values(size, "mixed-" + load + "-quiet", "ours", "getP50"));
  }

  private void resources(long size) {
    if (CONTENDERS.stream()
        .noneMatch(
            who ->
                measured.spread(size, "memory", who, "residentKilobytes").isPresent()
                    || measured.spread(size, "allocation", who, "bytesPerGet").isPresent())) {
      return;
    }
    heading("%,d backups: memory".formatted(size));
    row(
        "",
        "allocated for each get, bytes",
        "the same by its /metrics",
        "resident, MB",
        "resident at most, MB",
        "heap after a collection, MB");
    rule(6);
    for (String who : CONTENDERS) {
      row(
          who,
          whole(measured.spread(size, "allocation", who, "bytesPerGet")),
          who.equals("ours")
              ? whole(measured.spread(size, "allocation", who, "bytesPerGetByMetrics"))
              : "-",
          megabytes(size, who, "residentKilobytes"),
          megabytes(size, who, "peakKilobytes"),
          who.equals("prism") ? "-" : megabytes(size, who, "heapKilobytes"));
    }
  }

  private String megabytes(long size, String who, String metric) {
    return measured
        .spread(size, "memory", who, metric)
        .map(spread -> number("%.0f", spread.median() / 1024))
        .orElse("-");
  }

  private void starts() {
    if (start("again", "ours").isEmpty()) {
      return;
    }
    heading("From start to first answer, empty catalogue, milliseconds: median (least to most)");
    row("", "milliseconds");
    rule(2);
    row("ours, no data folder yet", whole(start("new", "ours")));
    row("ours, again", whole(start("again", "ours")));
    row(
        "ours, no data folder yet, with the class-data archive",
        whole(start("new-archive", "ours")));
    row("ours, again, with the class-data archive", whole(start("again-archive", "ours")));
    row("spring, on the same catalogue", whole(start("spring", "spring")));
  }

  private Optional<Spread> start(String how, String who) {
    return measured.spread(0, "start-" + how, who, "milliseconds");
  }

  /** What is to be reached, as far as this run measured it. */
  private void goals() {
    if (measured.sizes().isEmpty()) {
      return;
    }
    long few = measured.sizes().get(0);
    long many = measured.sizes().get(measured.sizes().size() - 1);
    heading("To reach");
    row("what", "to reach", "is", "");
    rule(4);
    atLeast("get, ours/netty", 0.70, measured.rateRatio(few, "get", "ours", "netty"));
    atLeast("get, ours/spring", 2.0, measured.rateRatio(few, "get", "ours", "spring"));
    atLeast("get, ours/prism", 10, measured.rateRatio(few, "get", "ours", "prism"));
    atLeast("list of 100, ours/netty", 0.40, measured.rateRatio(few, "list100", "ours", "netty"));
    atLeast("list of 100, ours/spring", 2.0, measured.rateRatio(few, "list100", "ours", "spring"));
    if (many > few) {
      String sizes = ", %,d against %,d, times slower".formatted(many, few);
      atMost("get" + sizes, 1.3, slowdown(few, many, "get", "rate"));
      atMost("first page" + sizes, 1.3, slowdown(few, many, "list100", "rate"));
    }
    atMost(
        "page %,d against page 1, times slower".formatted(Math.max(1, many / 100 - 1)),
        1.2,
        deepRatio(many, "ours"));
    atMost(
        "mixed, full load: 99 % of get while capturing / median without",
        5, tail(few, "full", "capturing"));
    atMost(
        "mixed, half load: 99 % of get while capturing / median without",
        5, tail(few, "half", "capturing"));
    atMost(
        "bytes allocated for each get",
        8192,
        measured.spread(few, "allocation", "ours", "bytesPerGet"));
    atMost("start to first answer, ms", 1500, start("new", "ours"));
    atMost("the same with the class-data archive, ms", 1000, start("new-archive", "ours"));
  }

  private void atLeast(String what, double limit, Optional<Spread> is) {
    is.ifPresent(s -> goal(what, "at least ", limit, s, s.median() >= limit));
  }

  private void atMost(String what, double limit, Optional<Spread> is) {
    is.ifPresent(s -> goal(what, "at most ", limit, s, s.median() <= limit));
  }

  private void goal(String what, String bound, double limit, Spread is, boolean reached) {
    row(
        what,
        bound + figure(limit),
        "%s (%s to %s)".formatted(figure(is.median()), figure(is.least()), figure(is.most())),
        reached ? "reached" : "**not reached**");
  }

  private double median(long size, String work, String who, String metric) {
    return measured.spread(size, work, who, metric).map(Spread::median).orElse(Double.NaN);
  }

  static String name(String work) {
    return WORKS.getOrDefault(work, work);
  }

  private static String figure(double value) {
    return number(value < 100 ? "%.2f" : "%,.0f", value);
  }

  private static String whole(Optional<Spread> spread) {
    return cell(spread, value -> number("%,.0f", value));
  }

  private static String ratio(Optional<Spread> spread) {
    return cell(spread, value -> number(value < 10 ? "%.2f" : "%.1f", value));
  }

  private static String cell(Optional<Spread> spread, DoubleFunction<String> form) {
    return spread
        .map(
            s ->
                s.least() == s.most()
                    ? form.apply(s.median())
                    : "%s (%s to %s)"
                        .formatted(
                            form.apply(s.median()), form.apply(s.least()), form.apply(s.most())))
        .orElse("-");
  }

  static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private void heading(String heading) {
    text.append("\n**").append(heading).append("**\n\n");
  }

  private void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private void rule(int columns) {
    text.append("|").append(" --- |".repeat(columns)).append('\n');
  }
}
