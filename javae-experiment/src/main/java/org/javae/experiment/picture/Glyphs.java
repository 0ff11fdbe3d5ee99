package org.javae.experiment.picture;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * JaVAE's own letters: each glyph is a few strokes, so that text needs no font on the machine, is
 * the same everywhere, and takes any size and weight.
 *
 * <p>Units: capitals are 10 high, small letters 7, descenders reach -3; y points up, the baseline
 * is 0. At scale 1 a unit is a pixel. To keep stems sharp at other sizes the four heights and each
 * glyph's width are rounded to whole pixels and everything between is stretched along (a poor man's
 * hinting).
 *
 * <p>Stroke language: {@code M x y} moves, {@code L x y} draws a line, {@code Q cx cy x y} and
 * {@code C cx cy dx dy x y} Bézier curves, {@code A cx cy rx ry a b} starts an elliptic arc from
 * angle a to b (degrees, counter-clockwise), {@code J} the same but joined to the pen, {@code D x
 * y} is a dot.
 */
final class Glyphs {
  /** A size and weight. {@code weight}: thickness of strokes in pixels. */
  record Type(double scale, double weight) {
    static final Type SMALL = new Type(0.9, 1.15);
    static final Type TEXT = new Type(1, 1.25);
    static final Type BOLD = new Type(1, 1.9);
    static final Type TITLE = new Type(1.3, 2.3);

    /** Pixels from the baseline to the top of a capital, the stroke included. */
    int capHeight() {
      return (int) Math.round(10 * scale) + 1;
    }

    /** Pixels from one line's baseline to the next. */
    int lineHeight() {
      return (int) Math.round(18 * scale);
    }
  }

  private record Glyph(double width, List<double[]> strokes) {}

  private static final double SPACING = 3;
  private static final double[] ZONES = {-3, 0, 7, 10};
  private static final Map<Integer, Glyph> GLYPHS = new HashMap<>();
  private static final Map<Integer, Glyph> MARKS = new HashMap<>();
  private static final Glyph UNKNOWN = glyph(6, "M 0 0 L 0 10 L 6 10 L 6 0 L 0 0");

  static {
    add(' ', 2, "");
    add('\u00A0', 2, "");
    add('A', 8, "M 0 0 L 4 10 L 8 0 M 1.3 3.2 L 6.7 3.2");
    add(
        'B',
        6,
        "M 0 0 L 0 10 L 3.2 10 C 5 10 5.7 9 5.7 7.7 C 5.7 6.2 4.8 5.3 3.2 5.3 L 0 5.3 M 3.2 5.3"
            + " C 5.2 5.3 6 4.2 6 2.7 C 6 1.1 5.1 0 3.3 0 L 0 0");
    add('C', 7, "A 4 5 4 5 48 312");
    add('D', 7, "M 0 0 L 0 10 L 3 10 C 5.8 10 7 7.8 7 5 C 7 2.2 5.8 0 3 0 L 0 0");
    add('E', 5, "M 5 10 L 0 10 L 0 0 L 5 0 M 0 5.2 L 4.4 5.2");
    add('F', 5, "M 5 10 L 0 10 L 0 0 M 0 5 L 4.2 5");
    add('G', 7, "A 4 5 4 5 48 300 L 7 1.8 L 7 4.6 L 4.4 4.6");
    add('H', 7, "M 0 0 L 0 10 M 7 0 L 7 10 M 0 5.2 L 7 5.2");
    add('I', 0, "M 0 0 L 0 10");
    add('J', 4, "M 4 10 L 4 2.8 Q 4 0 1.8 0 Q 0.5 0 0 0.9");
    add('K', 6, "M 0 0 L 0 10 M 6 10 L 0 3.6 M 2.2 6 L 6 0");
    add('L', 5, "M 0 10 L 0 0 L 5 0");
    add('M', 8, "M 0 0 L 0 10 L 4 3 L 8 10 L 8 0");
    add('N', 7, "M 0 0 L 0 10 L 7 0 L 7 10");
    add('O', 8, "A 4 5 4 5 0 360");
    add('P', 6, "M 0 0 L 0 10 L 3.4 10 C 5.2 10 6 8.8 6 7.3 C 6 5.8 5.2 4.6 3.4 4.6 L 0 4.6");
    add('Q', 8, "A 4 5 4 5 0 360 M 5 2.4 L 8 -0.8");
    add(
        'R',
        6,
        "M 0 0 L 0 10 L 3.4 10 C 5.2 10 6 8.8 6 7.3 C 6 5.8 5.2 4.6 3.4 4.6 L 0 4.6 M 3.2 4.6 L 6"
            + " 0");
    add(
        'S',
        6,
        "M 5.7 8.3 C 5.2 9.5 4.3 10 3 10 C 1.4 10 0.3 9.1 0.3 7.6 C 0.3 6 1.5 5.5 3 5.1 C 4.7 4.7"
            + " 6 4.1 6 2.5 C 6 0.9 4.7 0 3 0 C 1.5 0 0.5 0.6 0 1.9");
    add('T', 6, "M 0 10 L 6 10 M 3 10 L 3 0");
    add('U', 7, "M 0 10 L 0 3.4 C 0 1.2 1.2 0 3.5 0 C 5.8 0 7 1.2 7 3.4 L 7 10");
    add('V', 7, "M 0 10 L 3.5 0 L 7 10");
    add('W', 10, "M 0 10 L 2.5 0 L 5 9.4 L 7.5 0 L 10 10");
    add('X', 7, "M 0 0 L 7 10 M 0 10 L 7 0");
    add('Y', 7, "M 0 10 L 3.5 4.8 L 7 10 M 3.5 4.8 L 3.5 0");
    add('Z', 6, "M 0 10 L 6 10 L 0 0 L 6 0");

    add(
        'a',
        5,
        "M 0.6 6 C 1 6.7 1.7 7 2.6 7 C 4.2 7 5 6.2 5 4.6 L 5 0 M 5 3.9 L 2.3 3.9 C 0.8 3.9 0 3.2 0"
            + " 2 C 0 0.8 0.8 0 2 0 C 3.5 0 4.6 0.9 5 2.3");
    add('b', 5, "M 0 10 L 0 0 A 2.5 3.5 2.5 3.5 0 360");
    add('c', 4, "A 2.4 3.5 2.4 3.5 48 312");
    add('d', 5, "M 5 10 L 5 0 A 2.5 3.5 2.5 3.5 0 360");
    add('e', 5, "M 0.1 3.7 L 5 3.7 J 2.5 3.5 2.5 3.5 3 318");
    add('f', 4, "M 4 10 L 3.6 10 C 2.3 10 1.5 9.4 1.5 8 L 1.5 0 M 0 7 L 3.7 7");
    add('g', 5, "A 2.5 3.5 2.5 3.5 0 360 M 5 7 L 5 -0.4 C 5 -2.2 4.1 -3 2.5 -3 Q 1 -3 0.4 -2.3");
    add('h', 5, "M 0 10 L 0 0 M 0 4.2 C 0.4 6 1.3 7 2.8 7 C 4.3 7 5 6 5 4.4 L 5 0");
    add('i', 0, "M 0 7 L 0 0 D 0 9.7");
    add('j', 1, "M 1 7 L 1 -1.2 C 1 -2.4 0.5 -3 -0.7 -3 D 1 9.7");
    add('k', 5, "M 0 10 L 0 0 M 4.6 7 L 0 2.7 M 1.8 4.4 L 5 0");
    add('l', 1, "M 0 10 L 0 1.6 C 0 0.5 0.4 0 1.3 0");
    add(
        'm',
        8,
        "M 0 7 L 0 0 M 0 4.4 C 0.3 6 1 7 2.2 7 C 3.5 7 4 6.2 4 4.8 L 4 0 M 4 4.4 C 4.3 6 5 7 6.2 7"
            + " C 7.5 7 8 6.2 8 4.8 L 8 0");
    add('n', 5, "M 0 7 L 0 0 M 0 4.2 C 0.4 6 1.3 7 2.8 7 C 4.3 7 5 6 5 4.4 L 5 0");
    add('o', 5, "A 2.5 3.5 2.5 3.5 0 360");
    add('p', 5, "M 0 7 L 0 -3 A 2.5 3.5 2.5 3.5 0 360");
    add('q', 5, "M 5 7 L 5 -3 A 2.5 3.5 2.5 3.5 0 360");
    add('r', 3, "M 0 7 L 0 0 M 0 4 C 0.4 6 1.4 7 3.1 7");
    add(
        's',
        4,
        "M 3.8 6 C 3.4 6.7 2.8 7 2 7 C 0.9 7 0.2 6.4 0.2 5.4 C 0.2 4.4 1 4 2 3.7 C 3.2 3.4 4 2.9 4"
            + " 1.9 C 4 0.7 3.2 0 2 0 C 1 0 0.3 0.4 0 1.2");
    add('t', 4, "M 1.5 9.2 L 1.5 2 C 1.5 0.7 2.1 0 3.3 0 L 3.9 0 M 0 7 L 3.7 7");
    add('u', 5, "M 0 7 L 0 2.6 C 0 1 0.7 0 2.2 0 C 3.7 0 4.6 1 5 2.8 M 5 7 L 5 0");
    add('v', 5, "M 0 7 L 2.5 0 L 5 7");
    add('w', 8, "M 0 7 L 2 0 L 4 6.6 L 6 0 L 8 7");
    add('x', 5, "M 0 7 L 5 0 M 5 7 L 0 0");
    add('y', 5, "M 0 7 L 2.6 0 M 5 7 L 2 -1.4 C 1.6 -2.5 1 -3 0 -3");
    add('z', 5, "M 0.2 7 L 4.8 7 L 0.2 0 L 5 0");

    add('0', 6, "A 3 5 3 5 0 360");
    add('1', 6, "M 1 8 L 3.4 10 L 3.4 0");
    add('2', 6, "M 0.3 7.6 C 0.4 9.1 1.4 10 3 10 C 4.6 10 5.6 9 5.6 7.4 C 5.6 5 2.2 3 0.2 0 L 6 0");
    add(
        '3',
        6,
        "M 0.3 8.2 C 0.7 9.4 1.6 10 2.9 10 C 4.6 10 5.6 9 5.6 7.6 C 5.6 6.1 4.6 5.3 2.8 5.3 M 2.8"
            + " 5.3 C 4.8 5.3 5.9 4.3 5.9 2.7 C 5.9 1 4.7 0 2.9 0 C 1.4 0 0.4 0.7 0.1 2");
    add('4', 6, "M 4.6 0 L 4.6 10 L 0 2.8 L 6.2 2.8");
    add(
        '5',
        6,
        "M 5.3 10 L 0.9 10 L 0.5 5.5 C 1.2 6.1 2 6.4 2.9 6.4 C 4.7 6.4 5.9 5.2 5.9 3.3 C 5.9 1.3"
            + " 4.7 0 2.8 0 C 1.4 0 0.5 0.6 0.1 1.8");
    add(
        '6',
        6,
        "M 5.3 8.6 C 4.9 9.5 4.2 10 3.2 10 C 1.2 10 0.1 8 0.1 4.6 C 0.1 1.6 1.2 0 3 0 C 4.8 0 5.9"
            + " 1.3 5.9 3.2 C 5.9 5 4.8 6.2 3.1 6.2 C 1.5 6.2 0.3 5.1 0.1 3.4");
    add('7', 6, "M 0.1 10 L 5.9 10 C 3.8 7 2.6 3.8 2.3 0");
    add('8', 6, "A 3 7.6 2.6 2.4 0 360 A 3 2.6 3 2.6 0 360");
    add(
        '9',
        6,
        "M 0.7 1.4 C 1.1 0.5 1.8 0 2.8 0 C 4.8 0 5.9 2 5.9 5.4 C 5.9 8.4 4.8 10 3 10 C 1.2 10 0.1"
            + " 8.7 0.1 6.8 C 0.1 5 1.2 3.8 2.9 3.8 C 4.5 3.8 5.7 4.9 5.9 6.6");

    add('.', 0, "D 0 0.1");
    add(',', 1, "M 0.7 0.3 L 0 -2");
    add(':', 0, "D 0 0.3 D 0 6.4");
    add(';', 1, "M 0.7 0.3 L 0 -2 D 0.7 6.4");
    add('!', 0, "M 0 10 L 0 3 D 0 0.1");
    add('?', 5, "M 0 8 C 0.3 9.3 1.2 10 2.5 10 C 4 10 5 9 5 7.6 C 5 5.4 2.4 5.4 2.4 3 D 2.4 0.1");
    add('\'', 0, "M 0 10 L 0 7.4");
    add('"', 2, "M 0 10 L 0 7.4 M 2 10 L 2 7.4");
    add('`', 1, "M 0 10 L 1.4 8.2");
    add('\u2018', 1, "M 1 10 L 0.2 8");
    add('\u2019', 1, "M 1 10 L 0.2 8");
    add('\u201C', 3, "M 1 10 L 0.2 8 M 3 10 L 2.2 8");
    add('\u201D', 3, "M 1 10 L 0.2 8 M 3 10 L 2.2 8");
    add('-', 3, "M 0 3.6 L 3 3.6");
    add('_', 6, "M 0 -2 L 6 -2");
    add('+', 6, "M 0 4 L 6 4 M 3 7 L 3 1");
    add('\u2212', 6, "M 0 4 L 6 4");
    add('\u2013', 6, "M 0 3.6 L 6 3.6");
    add('\u2014', 10, "M 0 3.6 L 10 3.6");
    add('*', 5, "M 2.5 10 L 2.5 5 M 0.3 8.7 L 4.7 6.3 M 4.7 8.7 L 0.3 6.3");
    add('/', 5, "M 0 -1.4 L 5 10.6");
    add('\\', 5, "M 5 -1.4 L 0 10.6");
    add('|', 0, "M 0 -2.4 L 0 11");
    add('(', 2, "M 2.2 11 C -0.6 8 -0.6 1 2.2 -2");
    add(')', 2, "M -0.2 11 C 2.6 8 2.6 1 -0.2 -2");
    add('[', 2, "M 2.2 11 L 0 11 L 0 -2 L 2.2 -2");
    add(']', 2, "M -0.2 11 L 2 11 L 2 -2 L -0.2 -2");
    add(
        '{',
        3,
        "M 3 11 C 1.6 11 1.4 10.4 1.4 9 L 1.4 6.6 C 1.4 5.2 1 4.6 0 4.5 C 1 4.4 1.4 3.8 1.4 2.4 L"
            + " 1.4 0 C 1.4 -1.4 1.6 -2 3 -2");
    add(
        '}',
        3,
        "M 0 11 C 1.4 11 1.6 10.4 1.6 9 L 1.6 6.6 C 1.6 5.2 2 4.6 3 4.5 C 2 4.4 1.6 3.8 1.6 2.4 L"
            + " 1.6 0 C 1.6 -1.4 1.4 -2 0 -2");
    add('<', 6, "M 6 7.4 L 0 4 L 6 0.6");
    add('>', 6, "M 0 7.4 L 6 4 L 0 0.6");
    add('=', 6, "M 0 5.6 L 6 5.6 M 0 2.4 L 6 2.4");
    add('\u2248', 6, "M 0 5 C 1.5 7 4.5 4 6 6 M 0 2 C 1.5 4 4.5 1 6 3");
    add('\u2264', 6, "M 6 9 L 0 6 L 6 3 M 0 0.8 L 6 0.8");
    add('\u2265', 6, "M 0 9 L 6 6 L 0 3 M 0 0.8 L 6 0.8");
    add('\u00B1', 6, "M 0 5.4 L 6 5.4 M 3 8.4 L 3 2.4 M 0 0 L 6 0");
    add('\u00D7', 5, "M 0 6.4 L 5 1.4 M 5 6.4 L 0 1.4");
    add('\u00B7', 0, "D 0 3.8");
    add('\u2022', 2, "A 1 4 0.6 0.6 0 360");
    add('\u2026', 6, "D 0 0.1 D 3 0.1 D 6 0.1");
    add('\u2192', 9, "M 0 4 L 9 4 M 6 7 L 9 4 L 6 1");
    add('\u2190', 9, "M 9 4 L 0 4 M 3 7 L 0 4 L 3 1");
    add('\u2191', 6, "M 3 0 L 3 9 M 0 6 L 3 9 L 6 6");
    add('\u2193', 6, "M 3 9 L 3 0 M 0 3 L 3 0 L 6 3");
    add('\u00B0', 3, "A 1.5 8.5 1.5 1.5 0 360");
    add('\u00B2', 4, "M 0.2 9.2 C 0.6 11 3.6 10.8 3.4 8.8 C 3.2 7.6 1 6.6 0.2 5 L 3.8 5");
    add('\u221E', 9, "A 2.3 4 2.3 2.3 0 360 A 6.9 4 2.3 2.3 0 360");
    add('\u221A', 7, "M 0 4.4 L 1.2 5 L 3 0 L 5.2 10.6 L 8 10.6");
    add('~', 6, "M 0 3.4 C 1.5 6.4 4.5 1.6 6 4.6");
    add('^', 4, "M 0 7.4 L 2 10 L 4 7.4");
    add('#', 7, "M 2.2 0 L 3.2 10 M 5 0 L 6 10 M 0.6 3.2 L 7 3.2 M 1 6.8 L 7.4 6.8");
    add('%', 9, "A 2 7.6 2 2.4 0 360 A 7 2.4 2 2.4 0 360 M 1.4 0 L 7.6 10");
    add(
        '&',
        8,
        "M 8 0 L 1.8 7 C 0.8 8.4 1.4 10 3.2 10 C 5 10 5.5 8.2 4.2 6.9 C 3 5.7 0 4.8 0 2.4 C 0 0.9"
            + " 1.1 0 3 0 C 5.4 0 6.8 1.8 7.2 4.6");
    add(
        '$',
        6,
        "M 5.7 7.8 C 5.2 8.7 4.3 9 3 9 C 1.4 9 0.3 8.3 0.3 7.1 C 0.3 5.8 1.5 5.4 3 5 C 4.7 4.6 6"
            + " 4.1 6 2.9 C 6 1.6 4.7 1 3 1 C 1.5 1 0.5 1.5 0 2.4 M 3 10.6 L 3 -0.6");
    add('@', 10, "A 5 4 5 6 -50 -360 A 5 4 2.4 3 0 360 M 7.4 7 L 7.4 3.4 C 7.4 1 9.6 0.6 10 4");
    add('\u20AC', 7, "A 4.4 5 3.6 5 48 312 M 0 6.2 L 5 6.2 M 0 3.8 L 4.6 3.8");
    add(
        '\u00DF',
        5,
        "M 0 0 L 0 7.4 C 0 11 4.6 11 4.6 7.8 C 4.6 5.6 2.4 6.2 2.4 5 C 2.4 3.8 5 3.8 5"
            + " 1.8 C 5 0.4 3.4 -0.4 2 0.4");
    add('\u00F8', 5, "A 2.5 3.5 2.5 3.5 0 360 M 0 -0.6 L 5 7.6");
    add('\u00D8', 8, "A 4 5 4 5 0 360 M 1 -0.6 L 7 10.6");
    add(
        '\u00E6',
        9,
        "M 0.4 6 C 0.8 6.7 1.5 7 2.4 7 C 4 7 4.6 6.2 4.6 4.6 L 4.6 2.4 C 4.2 0.9 3.3 0"
            + " 2 0 C 0.8 0 0 0.8 0 2 C 0 3.2 0.8 3.9 2.3 3.9 L 9 3.9 J 6.8 3.5 2.2 3.5 5 180 J 6.8"
            + " 3.5 2.2 3.5 180 318");
    add(
        '\u00C6',
        10,
        "M 0 0 L 5 10 L 10 10 M 5.4 10 L 5.4 0 L 10 0 M 5.4 5.2 L 9.4 5.2 M 1.6 3.2 L 5.4 3.2");
    add('\u0131', 0, "M 0 7 L 0 0");

    add(
        '\u03B1',
        6,
        "M 6 7 C 5 3 4 0 2.4 0 C 0.8 0 0 1.5 0 3.5 C 0 5.5 0.8 7 2.4 7 C 4 7 4.8 3 6 0");
    add(
        '\u03B2',
        5,
        "M 0 -3 L 0 7.6 C 0 10.8 4.6 10.8 4.6 8 C 4.6 6.4 3.6 5.6 1.8 5.6 C 4 5.6 5 4.4 5"
            + " 2.8 C 5 -0.8 1.4 -0.6 0 1.4");
    add('\u03B3', 5, "M 0 7 C 1.6 7 2 3 2.6 -3 M 5 7 L 2.5 0");
    add('\u03B4', 5, "A 2.5 3.2 2.5 3.2 0 360 M 2.5 6.4 C -0.4 7.6 0.4 10 2.4 10 Q 3.6 10 4.4 9.4");
    add(
        '\u03B5',
        4,
        "M 4 6 C 3.4 6.7 2.8 7 2 7 C -0.2 7 -0.2 3.9 2.2 3.8 C -0.6 3.8 -0.6 0 2 0 C 2.9"
            + " 0 3.6 0.4 4 1.1");
    add('\u03B8', 5, "A 2.5 5 2.5 5 0 360 M 0 5 L 5 5");
    add('\u03BB', 5, "M 0.4 10 C 2 10 2.2 8 2.6 6.4 L 5 0 M 2.6 6.4 L 0 0");
    add('\u03BC', 5, "M 0 7 L 0 -3 M 0 2.6 C 0 1 0.7 0 2.2 0 C 3.7 0 4.6 1 5 2.8 M 5 7 L 5 0");
    add('\u00B5', 5, "M 0 7 L 0 -3 M 0 2.6 C 0 1 0.7 0 2.2 0 C 3.7 0 4.6 1 5 2.8 M 5 7 L 5 0");
    add('\u03C0', 6, "M 0 7 L 6 7 M 1.4 7 L 1.2 0 M 4.6 7 L 4.6 1.4 Q 4.6 0 6 0.2");
    add('\u03C1', 5, "M 0 -3 L 0 3.5 A 2.5 3.5 2.5 3.5 0 360");
    add('\u03C3', 6, "A 2.5 3.2 2.5 3.2 0 360 M 2.5 6.6 L 6 6.6");
    add('\u03C4', 5, "M 0 7 L 5 7 M 2.3 7 L 2.3 1.6 Q 2.3 0 4 0.2");
    add('\u03C6', 7, "A 3.5 3.5 3.5 3.5 0 360 M 3.5 9 L 3.5 -3");
    add('\u03C8', 7, "M 0 7 L 0 4 C 0 1 1.4 0 3.5 0 C 5.6 0 7 1 7 4 L 7 7 M 3.5 9 L 3.5 -3");
    add(
        '\u03C9',
        8,
        "M 1.6 7 C -0.6 5 -0.6 0 2 0 C 3.6 0 4 1.4 4 4 C 4 1.4 4.4 0 6 0 C 8.6 0 8.6 5" + " 6.4 7");
    add('\u0393', 5, "M 0 0 L 0 10 L 5 10");
    add('\u0394', 8, "M 0 0 L 4 10 L 8 0 L 0 0");
    add('\u03A3', 6, "M 6 10 L 0 10 L 3.4 5.2 L 0 0 L 6 0");
    add('\u03A9', 8, "M 0 0 L 2.6 0 C -1.6 3.4 0 10 4 10 C 8 10 9.6 3.4 5.4 0 L 8 0");

    // Marks are centred on x = 0 and sit above small letters; over capitals they are lifted by 3.
    mark(0x0300, "M -1 10 L 0.6 8.4");
    mark(0x0301, "M 1 10 L -0.6 8.4");
    mark(0x0302, "M -1.8 8.5 L 0 10 L 1.8 8.5");
    mark(0x030C, "M -1.8 10 L 0 8.5 L 1.8 10");
    mark(0x0303, "M -2 8.8 C -1 10.4 1 7.8 2 9.6");
    mark(0x0304, "M -1.8 9.2 L 1.8 9.2");
    mark(0x0308, "D -1.5 9.4 D 1.5 9.4");
    mark(0x0307, "D 0 9.4");
    mark(0x030A, "A 0 9.6 1.1 1.1 0 360");
    mark(0x0327, "M 0.2 0 L 0 -1 C 1.6 -1 1.4 -3 -0.8 -2.8");
    mark(0x0328, "M 1 0 C -0.4 -1.4 0 -3 1.8 -2.6");
  }

  private Glyphs() {}

  /** Pixels from the left edge of the first stroke to the right edge of the last. */
  static int width(String text, Type type) {
    return lay(text, type, null);
  }

  /**
   * The strokes of a line of text as polylines {@code x0, y0, x1, y1 …} in pixels, y up, from the
   * baseline's start.
   */
  static List<double[]> strokes(String text, Type type) {
    List<double[]> out = new ArrayList<>();
    lay(text, type, out);
    return out;
  }

  /** The text, shortened from its end with an ellipsis until it fits into {@code width} pixels. */
  static String fit(String text, Type type, int width) {
    if (width(text, type) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 0) {
      end = text.offsetByCodePoints(end, -1);
      String shorter = text.substring(0, end).stripTrailing() + "\u2026";
      if (width(shorter, type) <= width) {
        return shorter;
      }
    }
    return "";
  }

  private static int lay(String text, Type type, List<double[]> out) {
    double s = type.scale();
    int pen = 0;
    int right = 0;
    int gap = (int) Math.round(SPACING * s);
    // Accented letters are drawn as letter and mark.
    int[] codes = Normalizer.normalize(text, Normalizer.Form.NFD).codePoints().toArray();
    double centre = 0;
    double lift = 0;
    for (int i = 0; i < codes.length; i++) {
      int code = codes[i];
      Glyph mark = MARKS.get(code);
      if (mark != null) {
        place(mark, out, centre, lift, 1, s);
        continue;
      }
      if (Character.getType(code) == Character.NON_SPACING_MARK || Character.isISOControl(code)) {
        continue;
      }
      boolean accented = i + 1 < codes.length && MARKS.containsKey(codes[i + 1]);
      Glyph g = GLYPHS.getOrDefault(accented && code == 'i' ? 0x131 : code, UNKNOWN);
      int w = (int) Math.round(g.width() * s);
      double stretch = g.width() > 0 ? w / (g.width() * s) : 1;
      place(g, out, pen, 0, stretch, s);
      centre = pen + w / 2.0;
      lift = Character.isUpperCase(code) ? 3 : 0;
      right = pen + w + 1;
      pen += w + gap;
    }
    return right;
  }

  private static void place(
      Glyph g, List<double[]> out, double x, double lift, double stretch, double scale) {
    if (out == null) {
      return;
    }
    for (double[] stroke : g.strokes()) {
      double[] p = new double[stroke.length];
      for (int i = 0; i < p.length; i += 2) {
        p[i] = x + stroke[i] * scale * stretch;
        // A mark over a capital moves up; one below the letter stays.
        p[i + 1] = height(stroke[i + 1] > 5 ? stroke[i + 1] + lift : stroke[i + 1], scale);
      }
      out.add(p);
    }
  }

  private static double height(double u, double scale) {
    int i = 0;
    while (i < ZONES.length - 2 && u > ZONES[i + 1]) {
      i++;
    }
    double a = Math.round(ZONES[i] * scale);
    double b = Math.round(ZONES[i + 1] * scale);
    return a + (b - a) * (u - ZONES[i]) / (ZONES[i + 1] - ZONES[i]);
  }

  private static void add(int code, double width, String path) {
    if (GLYPHS.put(code, glyph(width, path)) != null) {
      throw new IllegalStateException("glyph drawn twice: " + Character.getName(code));
    }
  }

  private static void mark(int code, String path) {
    MARKS.put(code, glyph(0, path));
  }

  private static Glyph glyph(double width, String path) {
    return new Glyph(width, new Pen().draw(path));
  }

  /** Reads the stroke language. */
  private static final class Pen {
    private static final int CURVE_STEPS = 10;
    private final List<double[]> strokes = new ArrayList<>();
    private final List<Double> points = new ArrayList<>();
    private String[] words;
    private int next;

    List<double[]> draw(String path) {
      words = path.isBlank() ? new String[0] : path.trim().split("\\s+");
      while (next < words.length) {
        switch (words[next++]) {
          case "M" -> {
            lift();
            to(number(), number());
          }
          case "L" -> to(number(), number());
          case "Q" -> {
            double cx = number();
            double cy = number();
            double x = number();
            double y = number();
            double x0 = points.get(points.size() - 2);
            double y0 = points.get(points.size() - 1);
            // The same curve as a cubic.
            curve(
                x0 + (cx - x0) * 2 / 3,
                y0 + (cy - y0) * 2 / 3,
                x + (cx - x) * 2 / 3,
                y + (cy - y) * 2 / 3,
                x,
                y);
          }
          case "C" -> curve(number(), number(), number(), number(), number(), number());
          case "A" -> {
            lift();
            arc(number(), number(), number(), number(), number(), number());
          }
          case "J" -> arc(number(), number(), number(), number(), number(), number());
          case "D" -> {
            lift();
            to(number(), number());
            lift();
          }
          default -> throw new IllegalArgumentException("stroke language: " + path);
        }
      }
      lift();
      return List.copyOf(strokes);
    }

    private double number() {
      return Double.parseDouble(words[next++]);
    }

    private void to(double x, double y) {
      points.add(x);
      points.add(y);
    }

    private void lift() {
      if (!points.isEmpty()) {
        strokes.add(points.stream().mapToDouble(Double::doubleValue).toArray());
        points.clear();
      }
    }

    private void curve(double ax, double ay, double bx, double by, double x, double y) {
      double x0 = points.get(points.size() - 2);
      double y0 = points.get(points.size() - 1);
      for (int i = 1; i <= CURVE_STEPS; i++) {
        double t = (double) i / CURVE_STEPS;
        double u = 1 - t;
        to(
            u * u * u * x0 + 3 * u * u * t * ax + 3 * u * t * t * bx + t * t * t * x,
            u * u * u * y0 + 3 * u * u * t * ay + 3 * u * t * t * by + t * t * t * y);
      }
    }

    private void arc(double cx, double cy, double rx, double ry, double from, double until) {
      int steps = (int) Math.ceil(Math.abs(until - from) / 12);
      for (int i = 0; i <= steps; i++) {
        double a = StrictMath.toRadians(from + (until - from) * i / steps);
        to(cx + rx * StrictMath.cos(a), cy + ry * StrictMath.sin(a));
      }
    }
  }
}
