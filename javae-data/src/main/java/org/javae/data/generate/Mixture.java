package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Points of the plane from an even mixture with a known density p(x) = 1/K Σₖ pₖ(x); the label is
 * the component k.
 *
 * @param kind which mixture
 * @param n number of observations, at least 1
 * @param sigma standard deviation of the noise: of each component of {@code RING} and {@code GRID},
 *     across the arms of {@code PINWHEEL}, about the arcs of {@code MOONS}
 */
public record Mixture(Kind kind, int n, double sigma) implements Generator {
  /** The mixtures there are. */
  public enum Kind {
    /** 8 Gaussians N(mₖ, σ²I), the mₖ evenly on the circle of radius 2. */
    RING(8, 0.2),
    /** 25 Gaussians N(mₖ, σ²I), the mₖ a 5×5 grid from −2 to 2. */
    GRID(25, 0.1),
    /**
     * 5 arms: Gaussians N((1.2, 0), diag(0.4², σ²)), each turned by 2πk/5, then every point v
     * turned further by its own distance |v| from the origin in radians. That map keeps areas, so
     * the density is exact.
     */
    PINWHEEL(5, 0.1),
    /**
     * 2 interleaved half circles of radius 1 with noise N(0, σ²I); the density integrates over the
     * angle numerically, to about ten digits.
     */
    MOONS(2, 0.1);

    private final int components;
    private final double usualSigma;

    Kind(int components, double usualSigma) {
      this.components = components;
      this.usualSigma = usualSigma;
    }

    /** Number of components K. */
    public int components() {
      return components;
    }

    /** The noise that shows the mixture's form well. */
    public double usualSigma() {
      return usualSigma;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final double ARM_MIDDLE = 1.2;
  private static final double ARM_SPREAD = 0.4;

  /** The four-point Gauss-Legendre rule on [-1, 1], positive half. */
  private static final double[] NODES = {0.33998104358485626, 0.8611363115940526};

  private static final double[] WEIGHTS = {0.6521451548625461, 0.34785484513745385};

  /**
   * @throws UserException if a setting is out of its range
   */
  public Mixture {
    Settings.atLeast("mixture", "n", n, 1);
    Settings.fits("mixture", n, 2);
    Settings.positive("mixture", "sigma", sigma);
  }

  /** A mixture with its usual noise. */
  public static Mixture of(Kind kind, int n) {
    return new Mixture(kind, n, kind.usualSigma());
  }

  @Override
  public String name() {
    return "mixture";
  }

  @Override
  public Dataset generate(long seed) {
    float[] values = new float[2 * n];
    int[] labels = new int[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, "mixture", i);
      labels[i] = draws.below(kind.components());
      double[] point = draw(labels[i], draws);
      values[2 * i] = (float) point[0];
      values[2 * i + 1] = (float) point[1];
      sum += logDensity(values[2 * i], values[2 * i + 1]);
    }
    List<Column> columns = new ArrayList<>();
    for (String axis : List.of("x", "y")) {
      columns.add(new Column(axis, Column.Kind.REAL, List.of()));
    }
    return ArrayDataset.of("mixture", Shape.of(2), values)
        .withColumns(columns)
        .withAnnotations(List.of(new Annotation("label", labels, kind.components(), List.of())))
        .withExactLogLikelihood(sum / n);
  }

  private double[] draw(int component, Draws draws) {
    return switch (kind) {
      case RING, GRID -> {
        double[] mean = mean(component);
        yield new double[] {draws.normal(mean[0], sigma), draws.normal(mean[1], sigma)};
      }
      case PINWHEEL -> {
        double[] v = {draws.normal(ARM_MIDDLE, ARM_SPREAD), draws.normal(0, sigma)};
        yield turn(v, armAngle(component) + StrictMath.hypot(v[0], v[1]));
      }
      case MOONS -> {
        double[] arc = arc(component, draws.uniform(0, StrictMath.PI));
        yield new double[] {draws.normal(arc[0], sigma), draws.normal(arc[1], sigma)};
      }
    };
  }

  /** log p(x, y) in nats. */
  public double logDensity(double x, double y) {
    double[] logs = new double[kind.components()];
    for (int k = 0; k < logs.length; k++) {
      logs[k] = logComponent(k, x, y);
    }
    return logSumExp(logs) - StrictMath.log(logs.length);
  }

  private double logComponent(int component, double x, double y) {
    return switch (kind) {
      case RING, GRID -> {
        double[] mean = mean(component);
        yield logNormal(x - mean[0], sigma) + logNormal(y - mean[1], sigma);
      }
      case PINWHEEL -> {
        double[] v = turn(new double[] {x, y}, -armAngle(component) - StrictMath.hypot(x, y));
        yield logNormal(v[0] - ARM_MIDDLE, ARM_SPREAD) + logNormal(v[1], sigma);
      }
      case MOONS -> {
        // Four Gauss-Legendre points to each piece of the arc, pieces about half as long as the
        // noise is wide.
        int pieces = (int) Math.ceil(Math.max(8, 2 * StrictMath.PI / sigma));
        double[] logs = new double[4 * pieces];
        for (int i = 0; i < logs.length; i++) {
          double inPiece = 0.5 + (i % 2 == 0 ? 0.5 : -0.5) * NODES[i % 4 / 2];
          double[] arc = arc(component, StrictMath.PI * (i / 4 + inPiece) / pieces);
          logs[i] =
              logNormal(x - arc[0], sigma)
                  + logNormal(y - arc[1], sigma)
                  + StrictMath.log(WEIGHTS[i % 4 / 2] / (2 * pieces));
        }
        yield logSumExp(logs);
      }
    };
  }

  private double[] mean(int component) {
    if (kind == Kind.GRID) {
      return new double[] {component % 5 - 2, component / 5 - 2};
    }
    double angle = 2 * StrictMath.PI * component / kind.components();
    return new double[] {2 * StrictMath.cos(angle), 2 * StrictMath.sin(angle)};
  }

  private double armAngle(int component) {
    return 2 * StrictMath.PI * component / kind.components();
  }

  private static double[] turn(double[] v, double angle) {
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    return new double[] {cos * v[0] - sin * v[1], sin * v[0] + cos * v[1]};
  }

  private static double[] arc(int component, double angle) {
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    return component == 0 ? new double[] {cos, sin} : new double[] {1 - cos, 0.5 - sin};
  }

  static double logNormal(double deviation, double sigma) {
    double z = deviation / sigma;
    return -0.5 * z * z - StrictMath.log(sigma) - 0.5 * StrictMath.log(2 * StrictMath.PI);
  }

  private static double logSumExp(double[] logs) {
    double most = Double.NEGATIVE_INFINITY;
    for (double v : logs) {
      most = Math.max(most, v);
    }
    if (Double.isInfinite(most)) {
      return most;
    }
    double sum = 0;
    for (double v : logs) {
      sum += StrictMath.exp(v - most);
    }
    return most + StrictMath.log(sum);
  }
}
