package io.managedredis.bench;

import java.util.Locale;

/** The few shapes that the plots are made of. Lengths are pixels. */
final class Svg {
  static final String INK = "#1f2933";
  static final String FAINT = "#6b7785";
  static final String GRID = "#e3e8ee";

  private final StringBuilder shapes = new StringBuilder();
  private final int width;
  private final int height;

  Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  void text(double x, double y, int size, String anchor, String colour, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        x, y, size, anchor, colour, escaped(text));
  }

  void title(double x, double y, int size, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" font-weight=\"600\" fill=\"%s\">%s</text>",
        x, y, size, INK, escaped(text));
  }

  void bar(double x, double y, double length, double thickness, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" fill=\"%s\"/>",
        x, y, length, thickness, colour);
  }

  void line(double x1, double y1, double x2, double y2, String colour, double thickness) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>",
        x1, y1, x2, y2, colour, thickness);
  }

  void dot(double x, double y, String colour) {
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
  }

  private void add(String shape, Object... values) {
    shapes.append(String.format(Locale.ROOT, shape, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The whole picture. */
  String document() {
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\""
            + " viewBox=\"0 0 %1$d %2$d\" font-family=\"system-ui, sans-serif\">%n"
            + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#ffffff\"/>%n%3$s</svg>%n",
        width,
        height,
        shapes);
  }
}
