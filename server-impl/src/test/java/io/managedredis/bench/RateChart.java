package io.managedredis.bench;

import java.util.List;
import java.util.Map;

/** Answers per second of all contenders: one panel for each work, each with a scale of its own. */
final class RateChart {
  private static final int WIDTH = 960;
  private static final int TOP = 74;
  private static final int PANEL = WIDTH / 2;
  private static final int ROW = 26;
  private static final int HEAD = 34;
  private static final int LABEL = 62;
  private static final int VALUE = 170;
  private static final int MARGIN = 24;
  private static final Map<String, String> COLOURS =
      Map.of("ours", "#0b6e4f", "netty", "#8d99a6", "spring", "#6a9fd8", "prism", "#d9a441");

  private final Measurements measured;
  private final long size;

  RateChart(Measurements measured, long size) {
    this.measured = measured;
    this.size = size;
  }

  String svg() {
    List<String> works =
        ApiReport.WORK_ORDER.stream().filter(work -> !contenders(work).isEmpty()).toList();
    int panelHeight = HEAD + ROW * ApiReport.CONTENDERS.size() + 18;
    int rows = (works.size() + 1) / 2;
    Svg svg = new Svg(WIDTH, TOP + rows * panelHeight + 10);
    svg.title(MARGIN, 32, 18, "%,d backups: answers per second".formatted(size));
    svg.text(
        MARGIN,
        54,
        12,
        "start",
        Svg.FAINT,
        "Medians, with the range; 32 connections, the walk has one. "
            + measured.about().getOrDefault("jvm", ""));
    for (int i = 0; i < works.size(); i++) {
      panel(svg, works.get(i), i % 2 * PANEL + MARGIN, TOP + i / 2 * panelHeight);
    }
    return svg.document();
  }

  private List<String> contenders(String work) {
    return ApiReport.CONTENDERS.stream()
        .filter(who -> measured.spread(size, work, who, "rate").isPresent())
        .toList();
  }

  private void panel(Svg svg, String work, double x, double y) {
    List<String> contenders = contenders(work);
    double most =
        contenders.stream()
            .flatMap(who -> measured.spread(size, work, who, "rate").stream())
            .mapToDouble(Spread::most)
            .max()
            .orElse(1);
    double scale = (PANEL - MARGIN - LABEL - VALUE) / most;
    svg.title(x, y + 18, 14, ApiReport.name(work));
    double zero = x + LABEL;
    for (int i = 0; i < contenders.size(); i++) {
      String who = contenders.get(i);
      double top = y + HEAD + i * ROW;
      Spread rate = measured.spread(size, work, who, "rate").orElseThrow();
      svg.text(zero - 8, top + 13, 12, "end", Svg.INK, who);
      svg.bar(
          zero, top, Math.max(1, rate.median() * scale), 18, COLOURS.getOrDefault(who, Svg.FAINT));
      svg.line(
          zero + rate.least() * scale, top + 9, zero + rate.most() * scale, top + 9, Svg.INK, 1.5);
      svg.line(
          zero + rate.least() * scale,
          top + 5,
          zero + rate.least() * scale,
          top + 13,
          Svg.INK,
          1.5);
      svg.line(
          zero + rate.most() * scale, top + 5, zero + rate.most() * scale, top + 13, Svg.INK, 1.5);
      String ratio =
          who.equals("ours")
              ? ""
              : measured
                  .rateRatio(size, work, "ours", who)
                  .map(r -> ApiReport.number(" · ours is %.2f of it", r.median()))
                  .orElse("");
      svg.text(
          zero + rate.most() * scale + 8,
          top + 13,
          12,
          "start",
          Svg.INK,
          ApiReport.number("%,.0f", rate.median()) + ratio);
    }
  }
}
