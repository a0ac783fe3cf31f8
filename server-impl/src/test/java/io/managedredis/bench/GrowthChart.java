package io.managedredis.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How figures of ours change with the number of backups, which grows tenfold from step to step. */
final class GrowthChart {
  private static final int WIDTH = 960;
  private static final int PANEL_HEIGHT = 230;
  private static final int TOP = 74;
  private static final int LEFT = 70;
  private static final int RIGHT = 30;
  private static final int HEAD = 36;
  private static final int FOOT = 34;
  private static final int STEPS = 4;
  private static final String COLOUR = "#0b6e4f";
  private static final List<Panel> PANELS =
      List.of(
          new Panel("get, answers per second", "get", "rate"),
          new Panel("list of 100, first page, answers per second", "list100", "rate"),
          new Panel("walk, one client: first page, µs", "walk", "pageOneMicros"),
          new Panel("walk, one client: last full page, µs", "walk", "deepPageMicros"),
          new Panel("filling, backups per second", "fill", "rowsPerSecond"),
          new Panel("bytes on disk for each backup", "fill", "bytesPerBackup"));

  private final Measurements measured;

  GrowthChart(Measurements measured) {
    this.measured = measured;
  }

  private record Panel(String title, String work, String metric) {}

  private record Point(long size, Spread spread) {}

  String svg() {
    List<Panel> panels = PANELS.stream().filter(panel -> points(panel).size() > 1).toList();
    Svg svg = new Svg(WIDTH, TOP + (panels.size() + 1) / 2 * PANEL_HEIGHT);
    svg.title(24, 32, 18, "Ours as the catalogue grows");
    svg.text(
        24,
        54,
        12,
        "start",
        Svg.FAINT,
        "Medians, with the range, by the number of backups. "
            + measured.about().getOrDefault("jvm", ""));
    for (int i = 0; i < panels.size(); i++) {
      panel(svg, panels.get(i), i % 2 * WIDTH / 2.0, TOP + i / 2 * PANEL_HEIGHT);
    }
    return svg.document();
  }

  private List<Point> points(Panel panel) {
    List<Point> points = new ArrayList<>();
    for (long size : measured.sizes()) {
      Optional<Spread> spread = measured.spread(size, panel.work, "ours", panel.metric);
      spread.ifPresent(s -> points.add(new Point(size, s)));
    }
    return points;
  }

  private void panel(Svg svg, Panel panel, double x, double y) {
    List<Point> points = points(panel);
    double step = step(points.stream().mapToDouble(p -> p.spread.most()).max().orElse(1));
    double left = x + LEFT;
    double right = x + WIDTH / 2.0 - RIGHT;
    double bottom = y + PANEL_HEIGHT - FOOT;
    double scale = (bottom - y - HEAD) / (step * STEPS);
    svg.title(x + 24, y + 16, 14, panel.title);
    for (int i = 0; i <= STEPS; i++) {
      double at = bottom - i * step * scale;
      svg.line(left, at, right, at, Svg.GRID, 1);
      svg.text(left - 8, at + 4, 11, "end", Svg.FAINT, ApiReport.number("%,.0f", i * step));
    }
    double least = Math.log10((double) points.get(0).size);
    double wide = Math.log10((double) points.get(points.size() - 1).size) - least;
    double[] across =
        points.stream()
            .mapToDouble(
                p -> left + 20 + (right - left - 40) * (Math.log10((double) p.size) - least) / wide)
            .toArray();
    for (int i = 0; i < points.size(); i++) {
      Spread spread = points.get(i).spread;
      if (i > 0) {
        double before = points.get(i - 1).spread.median();
        svg.line(
            across[i - 1],
            bottom - before * scale,
            across[i],
            bottom - spread.median() * scale,
            COLOUR,
            2);
      }
      svg.line(
          across[i],
          bottom - spread.least() * scale,
          across[i],
          bottom - spread.most() * scale,
          Svg.INK,
          1.5);
      svg.dot(across[i], bottom - spread.median() * scale, COLOUR);
      svg.text(
          across[i], bottom + 18, 11, "middle", Svg.FAINT, "%,d".formatted(points.get(i).size));
    }
  }

  /** A round number of which four reach that high. */
  private static double step(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(most / STEPS)));
    for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
      if (factor * power * STEPS >= most) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
