package org.javae.data.generate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Binary pictures of one shape each, made from five independent ground-truth factors in the manner
 * of dSprites (Matthey, Higgins, Hassabis and Lerchner, 2017): <i>shape</i> (square, ellipse,
 * heart), <i>scale</i> (linear from 0.5 to 1), <i>rotation</i> (k · 2π / rotations, anticlockwise),
 * <i>x</i> and <i>y</i> (linear, left to right and top to bottom). A pixel is 1 where its centre
 * lies in the shape, else 0; every shape fits into the frame and its centre of mass is at the
 * position the factors name.
 *
 * <p>Unlike dSprites, 0 and 2π are not both in the rotations. As there, the square and the ellipse
 * look the same again after a quarter and a half turn.
 *
 * @param size height and width in pixels, at least 16
 * @param n observations {@link #generate} draws, each factor uniformly over its values
 * @param scales number of scales, at least 1
 * @param rotations number of rotations, at least 1
 * @param xs number of horizontal positions, at least 1
 * @param ys number of vertical positions, at least 1
 */
public record Sprites(int size, int n, int scales, int rotations, int xs, int ys)
    implements Generator {
  /** Names of the factors, in the order {@link #render} takes their values. */
  public static final List<String> FACTORS = List.of("shape", "scale", "rotation", "x", "y");

  /** Names of the shapes, in the order of the factor's values. */
  public static final List<String> SHAPES = List.of("square", "ellipse", "heart");

  /**
   * Radius of the circle that holds every shape at scale 1, and so the distance of the outermost
   * positions from the frame's edge, in parts of the frame. A quarter leaves 32 positions a little
   * more than a pixel apart at 64×64, so that no two of them can look the same.
   */
  private static final double RADIUS = 0.25;

  /**
   * The heart is (X² + Y² − 1)³ ≤ X² Y³; its centre of mass is at X = 0 and this Y (by quadrature),
   * and no point is further from there than {@link #HEART_REACH}.
   */
  private static final double HEART_CENTRE = 0.29348;

  private static final double HEART_REACH = 1.2925;

  /**
   * @throws UserException if a setting is out of its range
   */
  public Sprites {
    Settings.atLeast("sprites", "size", size, 16);
    Settings.atLeast("sprites", "n", n, 1);
    Settings.atLeast("sprites", "scales", scales, 1);
    Settings.atLeast("sprites", "rotations", rotations, 1);
    Settings.atLeast("sprites", "xs", xs, 1);
    Settings.atLeast("sprites", "ys", ys, 1);
  }

  /** 64×64 with dSprites' factor grid: 6 scales, 40 rotations, 32 by 32 positions. */
  public static Sprites standard(int n) {
    return ofSize(64, n);
  }

  /**
   * The factor grid that suits a picture size: steps of about one pixel, at most dSprites' 6
   * scales, 40 rotations and 32 positions.
   */
  public static Sprites ofSize(int size, int n) {
    int positions = Math.max(1, Math.min(32, size / 2));
    return new Sprites(
        size,
        n,
        size < 32 ? 3 : 6,
        Math.max(1, Math.min(40, size * 40 / 64)),
        positions,
        positions);
  }

  /**
   * Every combination of the factors once, the last factor (y) running fastest.
   *
   * @throws UserException if there are more combinations than a data set can index
   */
  public static Dataset full(int size, int scales, int rotations, int xs, int ys) {
    Sprites sprites = new Sprites(size, 1, scales, rotations, xs, ys);
    long count = sprites.combinations();
    if (count > Integer.MAX_VALUE) {
      throw UserException.usage(
          "sprites: %d combinations of factors are more than a data set can hold (%d); use fewer"
              + " values of some factor.",
          count, Integer.MAX_VALUE);
    }
    int[] cardinalities = sprites.cardinalities();
    int[][] factors = new int[cardinalities.length][(int) count];
    for (int i = 0; i < count; i++) {
      int rest = i;
      for (int f = cardinalities.length - 1; f >= 0; f--) {
        factors[f][i] = rest % cardinalities[f];
        rest /= cardinalities[f];
      }
    }
    return new SpriteDataset(sprites, factors);
  }

  @Override
  public String name() {
    return "sprites";
  }

  /** Number of values of each factor, in the order of {@link #FACTORS}. */
  public int[] cardinalities() {
    return new int[] {SHAPES.size(), scales, rotations, xs, ys};
  }

  /** Number of different combinations of factor values. */
  public long combinations() {
    return IntStream.of(cardinalities()).asLongStream().reduce(1, Math::multiplyExact);
  }

  @Override
  public Dataset generate(long seed) {
    int[] cardinalities = cardinalities();
    int[][] factors = new int[cardinalities.length][n];
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, "sprites", i);
      for (int f = 0; f < cardinalities.length; f++) {
        factors[f][i] = draws.below(cardinalities[f]);
      }
    }
    return new SpriteDataset(this, factors);
  }

  /** Shape of an observation: {@code [1, size, size]}. */
  public Shape shape() {
    return Shape.of(1, size, size);
  }

  /**
   * Draws one picture.
   *
   * @param factors a value of each factor, in the order of {@link #FACTORS}, from 0 to its
   *     cardinality less 1
   * @return {@code size * size} zeros and ones, row by row from the top
   * @throws IllegalArgumentException if a value is missing or out of its range
   */
  public float[] render(int... factors) {
    float[] out = new float[size * size];
    render(factors, out, 0);
    return out;
  }

  void render(int[] factors, float[] out, int offset) {
    int[] cardinalities = cardinalities();
    boolean inRange = factors.length == cardinalities.length;
    for (int f = 0; inRange && f < factors.length; f++) {
      inRange = factors[f] >= 0 && factors[f] < cardinalities[f];
    }
    if (!inRange) {
      throw new IllegalArgumentException(
          "factor values "
              + Arrays.toString(factors)
              + " are not below "
              + Arrays.toString(cardinalities));
    }
    double scale = scales == 1 ? 1 : 0.5 + 0.5 * factors[1] / (scales - 1);
    double angle = 2 * StrictMath.PI * factors[2] / rotations;
    double radius = RADIUS * scale * size;
    double centreX = position(factors[3], xs);
    double centreY = position(factors[4], ys);
    double cos = StrictMath.cos(angle) / radius;
    double sin = StrictMath.sin(angle) / radius;
    Arrays.fill(out, offset, offset + size * size, 0);
    int top = Math.max(0, (int) Math.floor(centreY - radius));
    int bottom = Math.min(size - 1, (int) Math.ceil(centreY + radius));
    int left = Math.max(0, (int) Math.floor(centreX - radius));
    int right = Math.min(size - 1, (int) Math.ceil(centreX + radius));
    for (int row = top; row <= bottom; row++) {
      // Rows count downwards, the shapes' own v upwards.
      double dy = centreY - (row + 0.5);
      for (int column = left; column <= right; column++) {
        double dx = column + 0.5 - centreX;
        double u = cos * dx + sin * dy;
        double v = cos * dy - sin * dx;
        if (inside(factors[0], u, v)) {
          out[offset + row * size + column] = 1;
        }
      }
    }
  }

  private double position(int value, int count) {
    return size * (count == 1 ? 0.5 : RADIUS + (1 - 2 * RADIUS) * value / (count - 1));
  }

  /**
   * Whether a point of the shape's own frame, where the unit circle holds it, belongs to the shape.
   */
  private static boolean inside(int shape, double u, double v) {
    return switch (shape) {
      case 0 -> Math.max(Math.abs(u), Math.abs(v)) <= 0.7;
      case 1 -> u * u + 4 * v * v <= 1;
      default -> {
        double x = HEART_REACH * u;
        double y = HEART_REACH * v + HEART_CENTRE;
        double s = x * x + y * y - 1;
        yield s * s * s <= x * x * y * y * y;
      }
    };
  }
}
