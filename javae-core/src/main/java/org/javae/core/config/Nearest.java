package org.javae.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Nearest names by edit distance with transpositions, for "did you mean". */
public final class Nearest {
  /** More names than this are no sentence any more. */
  private static final int MOST = 24;

  private Nearest() {}

  /** Up to three names close to {@code word}, nearest first. */
  public static List<String> to(String word, Collection<String> names) {
    String w = plain(word);
    Comparator<String> byDistance = Comparator.comparingInt(n -> distance(w, plain(n)));
    return names.stream()
        .filter(n -> distance(w, plain(n)) <= Math.max(2, w.length() / 2) || contains(w, plain(n)))
        .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
        .limit(3)
        .toList();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_]", "-");
  }

  private static boolean contains(String word, String name) {
    return name.startsWith(word)
        || word.length() >= 3 && (name.contains(word) || word.contains(name));
  }

  /** {@code did you mean a, b?} or, where nothing is near, {@code choose one of …}. */
  public static String suggestion(String word, Collection<String> names) {
    List<String> near = to(word, names);
    if (!near.isEmpty()) {
      return "did you mean " + String.join(", ", near) + "?";
    }
    String some = names.stream().limit(MOST).collect(Collectors.joining(", "));
    return "choose one of "
        + some
        + (names.size() > MOST ? " and " + (names.size() - MOST) + " more" : "");
  }

  /** Optimal string alignment distance. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
