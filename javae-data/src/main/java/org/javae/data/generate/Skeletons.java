package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * How the ten digits are written: for each digit some ways of writing it, each a list of pen
 * strokes through points of a box one unit high (x to the right, y down). The pen runs smoothly
 * through the points of a stroke and turns sharply at those marked {@code !}.
 */
final class Skeletons {
  private Skeletons() {}

  /** A stroke: points {@code {x, y}} and at which of them the pen turns sharply. */
  record Stroke(double[][] points, boolean[] corner) {}

  private static final String[][] WRITTEN = {
    { // 0: an oval from the top, closed with more or less care; or begun at the upper right
      ".52,.02 .26,.14 .10,.50 .24,.86 .52,.99 .80,.84 .92,.48 .78,.14 .50,.03",
      ".66,.06 .34,.06 .10,.44 .20,.86 .52,.99 .86,.74 .88,.32 .62,.04 .44,.10",
      ".50,.00 .22,.24 .16,.60 .32,.94 .58,.98 .82,.66 .80,.26 .56,.02 .48,.04",
    },
    { // 1: a bare stem, a stem with a flag, and the printed form with a foot
      ".50,.00 .50,.50 .49,1.0",
      ".52,.00 .50,.34 .50,.70 .47,1.0",
      ".28,.24 .42,.14 .54,.00! .53,.50 .52,1.0",
      ".26,.22 .54,.00! .53,.98 | .24,1.0 .82,.98",
    },
    { // 2: a sharp foot, a looped foot, a curly foot
      ".12,.24 .30,.03 .66,.02 .84,.26 .64,.58 .12,.96! .50,.93 .92,.96",
      ".14,.20 .40,.00 .74,.08 .80,.34 .54,.70 .20,.96 .06,.86 .22,.74 .56,.90 .96,.90",
      ".10,.14 .46,.00 .80,.18 .70,.48 .36,.80 .10,.98! .40,.90 .70,1.0 .94,.92",
    },
    { // 3: two bowls; a flat top; small above large
      ".12,.14 .44,.00 .78,.14 .70,.38 .36,.47! .76,.56 .88,.80 .52,1.0 .08,.88",
      ".12,.04 .84,.03! .44,.42! .78,.50 .88,.78 .52,1.0 .08,.90",
      ".18,.10 .50,.00 .74,.16 .62,.38 .38,.44 .74,.52 .92,.76 .60,1.0 .10,.92",
    },
    { // 4: open, closed, and with a curved arm
      ".22,.02 .16,.30 .10,.56! .50,.58 .94,.54 | .72,.10 .70,.55 .66,1.0",
      ".66,.00 .40,.32 .06,.66! .50,.66 .96,.64 | .68,.02 .68,.50 .66,1.0",
      ".16,.04 .12,.34 .22,.54 .52,.54 .84,.40 | .86,.02 .80,.44 .68,1.0",
    },
    { // 5: bar added last; written in one go; round-shouldered
      ".26,.04 .18,.44! .48,.36 .82,.54 .80,.84 .46,1.0 .08,.90 | .26,.05 .56,.05 .90,.02",
      ".88,.02 .56,.04 .24,.05! .20,.44! .52,.38 .84,.58 .76,.90 .40,1.0 .08,.92",
      ".84,.04 .30,.06! .22,.42 .50,.42 .80,.62 .66,.94 .34,1.0 .10,.86",
    },
    { // 6: a curved back; a straight back with a small bowl
      ".72,.02 .38,.22 .14,.62 .28,.94 .60,.98 .82,.78 .68,.56 .40,.58 .18,.78",
      ".54,.00 .32,.30 .18,.70 .34,.97 .64,.94 .76,.72 .56,.58 .30,.66 .20,.82",
      ".80,.06 .46,.10 .16,.50 .16,.82 .44,1.0 .78,.86 .78,.60 .50,.50 .20,.68",
    },
    { // 7: plain, with a serif, barred, and with a bowed leg
      ".08,.08 .50,.05 .90,.04! .60,.50 .42,1.0",
      ".10,.24 .12,.06! .50,.08 .90,.04! .66,.42 .50,1.0",
      ".08,.07 .88,.05! .62,.48 .40,1.0 | .28,.54 .54,.51 .82,.50",
      ".06,.10 .30,.03 .60,.08 .88,.05! .56,.34 .44,.70 .44,1.0",
    },
    { // 8: one figure-eight stroke from the upper right; two circles; begun in the middle
      ".76,.14 .48,.00 .20,.18 .36,.42 .70,.60 .84,.82 .52,1.0 .18,.82 .32,.60 .66,.40 .82,.20 .70,.06",
      ".52,.00 .24,.14 .30,.38 .54,.46 .78,.34 .78,.12 .50,.01 | .54,.46 .20,.62 .20,.90 .52,1.0 .84,.88"
          + " .82,.60 .50,.46",
      ".50,.48 .22,.28 .34,.04 .64,.03 .78,.24 .54,.46 .22,.66 .22,.92 .54,1.0 .82,.84 .74,.60 .46,.46",
    },
    { // 9: a straight stem; a stem bent back; one sweeping stroke
      ".82,.16 .52,.00 .20,.14 .18,.40 .48,.50 .78,.32 .83,.12! .80,.56 .70,1.0",
      ".80,.20 .56,.01 .22,.16 .24,.42 .56,.46 .80,.18! .80,.60 .62,.96 .22,.92",
      ".78,.24 .54,.02 .24,.12 .20,.36 .44,.50 .74,.36 .82,.16 .74,.60 .52,1.0",
    },
  };

  /** {@code [digit][way]}: the strokes of one way of writing one digit. */
  static final List<List<List<Stroke>>> ALL = parse();

  private static List<List<List<Stroke>>> parse() {
    List<List<List<Stroke>>> digits = new ArrayList<>();
    for (String[] ways : WRITTEN) {
      List<List<Stroke>> parsed = new ArrayList<>();
      for (String way : ways) {
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : way.split("\\|")) {
          strokes.add(parseStroke(stroke.trim().split(" ")));
        }
        parsed.add(List.copyOf(strokes));
      }
      digits.add(List.copyOf(parsed));
    }
    return List.copyOf(digits);
  }

  private static Stroke parseStroke(String[] words) {
    double[][] points = new double[words.length][];
    boolean[] corner = new boolean[words.length];
    for (int i = 0; i < words.length; i++) {
      corner[i] = words[i].endsWith("!");
      String[] xy = words[i].replace("!", "").split(",");
      points[i] = new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])};
    }
    return new Stroke(points, corner);
  }
}
