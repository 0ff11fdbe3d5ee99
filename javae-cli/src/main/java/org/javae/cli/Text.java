package org.javae.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers, times and tables for people. */
final class Text {
  private Text() {}

  /** A quantity in nats: two decimals, four below one. */
  static String nats(double v) {
    return Math.abs(v) >= 1 || v == 0 || Double.isNaN(v)
        ? String.format(Locale.ROOT, "%.2f", v)
        : String.format(Locale.ROOT, "%.4f", v);
  }

  /** {@code 8.3 s}, {@code 2 min 5 s}, {@code 1 h 12 min}. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "an unknown time";
    }
    if (seconds < 0.095) {
      return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    }
    long s = Math.round(seconds);
    return s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
  }

  /** {@code 1:05} or {@code 2:03:09}. */
  static String clock(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "?";
    }
    long s = Math.round(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s % 3600 / 60, s % 60);
  }

  /** {@code 950}, {@code 12.3k}, {@code 1.2M}. */
  static String rate(double perSecond) {
    if (!Double.isFinite(perSecond)) {
      return "?";
    }
    if (perSecond < 1000) {
      return String.format(Locale.ROOT, "%.0f", perSecond);
    }
    return perSecond < 1e6
        ? String.format(Locale.ROOT, "%.1fk", perSecond / 1e3)
        : String.format(Locale.ROOT, "%.1fM", perSecond / 1e6);
  }

  /** {@code 12 MB}. */
  static String bytes(double n) {
    return n < 1e6
        ? String.format(Locale.ROOT, "%.0f kB", Math.ceil(n / 1e3))
        : n < 1e9
            ? String.format(Locale.ROOT, "%.0f MB", n / 1e6)
            : String.format(Locale.ROOT, "%.1f GB", n / 1e9);
  }

  /** {@code 60,000}. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** {@code 1 row}, {@code 3 rows}. */
  static String count(long n, String one, String many) {
    return count(n) + " " + (n == 1 ? one : many);
  }

  /** Rows under one another, columns padded to their widest cell, two blanks between. */
  static String table(List<List<String>> rows) {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] width = new int[columns];
    rows.forEach(
        r -> {
          for (int j = 0; j < r.size() - 1; j++) {
            width[j] = Math.max(width[j], r.get(j).length());
          }
        });
    List<String> lines = new ArrayList<>();
    for (List<String> r : rows) {
      StringBuilder line = new StringBuilder();
      for (int j = 0; j < r.size(); j++) {
        line.append(j == 0 ? "" : "  ").append(r.get(j));
        if (j < r.size() - 1) {
          line.append(" ".repeat(Math.max(0, width[j] - r.get(j).length())));
        }
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }

  /** A path as it can be typed: quoted where a shell would split it. */
  static String typed(Path p) {
    String s = p.toString();
    return s.matches("[A-Za-z0-9_@%+=:,./\\\\~-]+") ? s : "'" + s.replace("'", "'\\''") + "'";
  }
}
