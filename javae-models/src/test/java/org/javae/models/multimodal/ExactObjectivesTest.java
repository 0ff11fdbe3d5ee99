package org.javae.models.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.View;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.BatchSource;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.ModelCatalog;
import org.javae.models.multimodal.MultimodalVae.Seen;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.testkit.ContractSuite;
import org.junit.jupiter.api.Test;

/**
 * Objectives of two views against their formulas written out in plain numbers, with the very draws
 * that the models take: nothing is left to average out.
 */
class ExactObjectivesTest {
  private static final DataSpec A = DataSpec.of(Shape.of(4), false, false);
  private static final DataSpec B = DataSpec.of(Shape.of(3), false, false);
  private static final int[] FROM = {0, 4, 7};
  private static final int N = 5;
  private static final int LATENT = 2;
  private static final int PRIVATES = 3;

  private static <M extends Model<Batch>> M build(String name, DataSpec d, Map<String, ?> more) {
    M m = ViewOraclesTest.build(name, d, more);
    // Away from the initial zeros, so that every term has something to say.
    m.params()
        .trainable()
        .forEach(p -> p.addInPlace(Rng.of(6).normal(DType.FLOAT64, p.shape().toArray()), 0.3));
    return m;
  }

  private static <M extends Model<Batch>> M build(String name, Map<String, ?> more) {
    return build(name, ContractSuite.views(A, B), more);
  }

  private static Tensor ones(int n) {
    return Tensor.ones(n, 2).to(DType.FLOAT64);
  }

  private static Loss loss(Model<Batch> m) {
    return ViewOraclesTest.loss(m, ViewOraclesTest.batch(ViewOraclesTest.x(), 2));
  }

  // ---- the formulas, in plain numbers

  private static double[][] rows(Tensor t) {
    double[] flat = t.toDoubles();
    int n = (int) t.size(0);
    int w = flat.length / n;
    double[][] r = new double[n][w];
    for (int i = 0; i < flat.length; i++) {
      r[i / w][i % w] = flat[i];
    }
    return r;
  }

  /** ln N(x; μ, e^2t) summed. */
  private static double gaussian(double[] x, double[] mean, double[] logScale) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double t = logScale[logScale.length == 1 ? 0 : i];
      double u = (x[i] - mean[i]) / Math.exp(t);
      sum -= 0.5 * u * u + t + 0.5 * Math.log(2 * Math.PI);
    }
    return sum;
  }

  private static double gaussian(double[] z, Normal q, int row) {
    return gaussian(z, rows(q.mean())[row], rows(q.logScale())[row]);
  }

  private static double standard(double[] z) {
    return gaussian(z, new double[z.length], new double[z.length]);
  }

  /** KL(q ‖ p) of one row. */
  private static double kl(Normal q, Normal p, int row) {
    double[] m = rows(q.mean())[row];
    double[] s = rows(q.logScale())[row];
    double[] n = rows(p.mean())[(int) Math.min(row, p.mean().size(0) - 1)];
    double[] t = rows(p.logScale())[(int) Math.min(row, p.mean().size(0) - 1)];
    double sum = 0;
    for (int i = 0; i < m.length; i++) {
      double ratio = Math.exp(2 * (s[i] - t[i]));
      double apart = (m[i] - n[i]) / Math.exp(t[i]);
      sum += 0.5 * (ratio + apart * apart - 1 - Math.log(ratio));
    }
    return sum;
  }

  private static double kl(Normal q, int row) {
    return kl(q, Normal.standard(DType.FLOAT64, q.mean().size(1)), row);
  }

  /** ln p(x_m | code) of each row of codes, observation i at rows i, i + N … */
  private static double[] speaks(MultimodalVae m, int view, double[][] codes) {
    double[] flat = new double[codes.length * codes[0].length];
    for (int i = 0; i < codes.length; i++) {
      System.arraycopy(codes[i], 0, flat, i * codes[0].length, codes[0].length);
    }
    Tensor z = Tensor.of(flat, codes.length, codes[0].length);
    double[][] mean = rows(m.nets.likelihood(view, z).mean());
    double[] scale =
        m.params().all().get("decoder.view" + view + ".likelihood.log_scale").toDoubles();
    double[][] x = rows(ViewOraclesTest.x());
    double[] r = new double[codes.length];
    for (int i = 0; i < r.length; i++) {
      r[i] =
          gaussian(
              Arrays.copyOfRange(x[i % N], FROM[view], FROM[view + 1]),
              mean[i],
              new double[] {scale[0]});
    }
    return r;
  }

  /** μ + σ ε with the next noise of the stream, k draws of each row after one another. */
  private static double[][] draws(Normal q, int k, Rng rng) {
    double[][] mean = rows(q.mean());
    double[][] logScale = rows(q.logScale());
    double[][] e = rows(rng.normal(DType.FLOAT64, (long) k * mean.length, mean[0].length));
    for (int i = 0; i < e.length; i++) {
      for (int j = 0; j < e[i].length; j++) {
        int row = i % mean.length;
        e[i][j] = mean[row][j] + Math.exp(logScale[row][j]) * e[i][j];
      }
    }
    return e;
  }

  private static double[][] beside(double[][] a, double[][] b) {
    double[][] r = new double[a.length][];
    for (int i = 0; i < r.length; i++) {
      r[i] = DoubleStream.concat(Arrays.stream(a[i]), Arrays.stream(b[i])).toArray();
    }
    return r;
  }

  private static double logSumExp(double[] v) {
    double most = Arrays.stream(v).max().orElseThrow();
    return most + Math.log(Arrays.stream(v).map(u -> Math.exp(u - most)).sum());
  }

  private static void same(Tensor found, double[] hand) {
    assertThat(found.toDoubles()).containsExactly(hand, within(1e-9));
  }

  private static Normal of(MultimodalVae m, double a, double b) {
    Tensor p = Tensor.of(new double[] {a, b}, 1, 2).expand(N, 2);
    return (Normal) m.posterior(ViewOraclesTest.x(), p);
  }

  /** E_q ln p of some views at one draw − KL(q ‖ N(0, I)), equation (27) of the lecture. */
  private static double[] elbo(MultimodalVae m, Normal q, double[][] z, int... views) {
    double[] r = new double[N];
    for (int v : views) {
      double[] p = speaks(m, v, z);
      for (int i = 0; i < N; i++) {
        r[i] += p[i];
      }
    }
    for (int i = 0; i < N; i++) {
      r[i] -= kl(q, i);
    }
    return r;
  }

  // ---- the models

  @Test
  void m2vaeOfTwoViewsIsTheExpansionByHand() {
    // 2 L_M = L_VI + L_a + L_b, equation (74), with L_VI = L_J − KL(q_ab‖q_b) − KL(q_ab‖q_a),
    // equation (59).
    MultimodalVae m = build("m2vae", Map.of());
    Normal a = of(m, 1, 0);
    Normal b = of(m, 0, 1);
    Normal ab = of(m, 1, 1);
    Rng rng = Rng.of(9);
    double[] la = elbo(m, a, draws(a, 1, rng), 0);
    double[] lb = elbo(m, b, draws(b, 1, rng), 1);
    double[] lj = elbo(m, ab, draws(ab, 1, rng), 0, 1);
    double[] hand = new double[N];
    for (int i = 0; i < N; i++) {
      double variation = lj[i] - kl(ab, b, i) - kl(ab, a, i);
      hand[i] = -(variation + la[i] + lb[i]) / 2;
      assertThat(kl(ab, b, i)).isGreaterThan(1e-3);
    }
    same(loss(m).total(), hand);
  }

  @Test
  void m2vaeOfThreeViewsIsTheExpansionByHand() {
    // 3 L_abc = J_abc − Σ KL(q_abc‖q_pair) + L_ab + L_ac + L_bc, each pair by (74); single views
    // enter by two pairs.
    DataSpec three = ContractSuite.views(A, B, B);
    MultimodalVae m = build("m2vae", three, Map.of("joint", 4));
    Tensor x = Rng.of(6).normal(DType.FLOAT64, N, 10);
    Batch batch = ViewOraclesTest.batch(x, 3);
    double[][] there = {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}};
    Normal[] q = new Normal[8];
    for (int s = 1; s < 8; s++) {
      double[] p = s == 7 ? new double[] {1, 1, 1} : there[s - 1];
      q[s] = (Normal) m.posterior(x, Tensor.of(p, 1, 3).expand(N, 3));
    }
    // The draws follow the recursion: a, b, ab, c, ac, bc, abc.
    Rng rng = Rng.of(9);
    double[][] elbo = new double[8][N];
    int[] from = {0, 4, 7, 10};
    for (int s = 1; s < 8; s++) {
      double[][] z = draws(q[s], 1, rng);
      for (int v = 0; v < 3; v++) {
        if ((s >> v & 1) == 1) {
          double[] flat = Arrays.stream(z).flatMapToDouble(Arrays::stream).toArray();
          double[][] mean = rows(m.nets.likelihood(v, Tensor.of(flat, N, LATENT)).mean());
          double[] scale =
              m.params().all().get("decoder.view" + v + ".likelihood.log_scale").toDoubles();
          for (int i = 0; i < N; i++) {
            double[] own = Arrays.copyOfRange(rows(x)[i], from[v], from[v + 1]);
            elbo[s][i] += gaussian(own, mean[i], new double[] {scale[0]});
          }
        }
      }
      for (int i = 0; i < N; i++) {
        elbo[s][i] -= kl(q[s], i);
      }
    }
    double[] hand = new double[N];
    for (int i = 0; i < N; i++) {
      double ab =
          (elbo[3][i] - kl(q[3], q[1], i) - kl(q[3], q[2], i) + elbo[1][i] + elbo[2][i]) / 2;
      double ac =
          (elbo[5][i] - kl(q[5], q[1], i) - kl(q[5], q[4], i) + elbo[1][i] + elbo[4][i]) / 2;
      double bc =
          (elbo[6][i] - kl(q[6], q[2], i) - kl(q[6], q[4], i) + elbo[2][i] + elbo[4][i]) / 2;
      double apart = kl(q[7], q[3], i) + kl(q[7], q[5], i) + kl(q[7], q[6], i);
      hand[i] = -(elbo[7][i] - apart + ab + ac + bc) / 3;
    }
    same(ViewOraclesTest.loss(m, batch).total(), hand);
  }

  @Test
  void telboIsTheSumOfThreeElbosByHand() {
    MultimodalVae m = build("telbo", Map.of());
    Normal ab = of(m, 1, 1);
    Normal a = of(m, 1, 0);
    Normal b = of(m, 0, 1);
    // All three are drawn in one go.
    Normal all =
        new Normal(
            Tensor.cat(List.of(ab.mean(), a.mean(), b.mean()), 0),
            Tensor.cat(List.of(ab.logScale(), a.logScale(), b.logScale()), 0));
    double[][] z = draws(all, 1, Rng.of(9));
    double[] joint = elbo(m, ab, Arrays.copyOfRange(z, 0, N), 0, 1);
    double[] first = elbo(m, a, Arrays.copyOfRange(z, N, 2 * N), 0);
    double[] second = elbo(m, b, Arrays.copyOfRange(z, 2 * N, 3 * N), 1);
    same(
        loss(m).total(),
        IntStream.range(0, N).mapToDouble(i -> -joint[i] - first[i] - second[i]).toArray());
  }

  @Test
  void mmvaePlusIsItsBoundByHand() {
    int k = 3;
    MultimodalVae m =
        build("mmvae-plus", Map.of("k", k, "privates", PRIVATES, "gradient", "reparameterised"));
    Seen s = m.see(ViewOraclesTest.x(), ones(N));
    double[] hand = new double[N];
    Rng rng = Rng.of(9);
    for (int v = 0; v < 2; v++) {
      int other = 1 - v;
      double[][] z = draws(s.experts().get(v), k, rng);
      double[][] w = draws(s.own().get(v), k, rng);
      double[] width = m.params().all().get("auxiliary.view" + other).toDoubles();
      double[][] strange = rows(rng.normal(DType.FLOAT64, (long) k * N, PRIVATES));
      for (double[] row : strange) {
        for (int j = 0; j < PRIVATES; j++) {
          row[j] *= Math.exp(width[j]);
        }
      }
      double[] own = speaks(m, v, beside(z, w));
      double[] cross = speaks(m, other, beside(z, strange));
      for (int i = 0; i < N; i++) {
        double[] weights = new double[k];
        for (int j = 0; j < k; j++) {
          int at = j * N + i;
          double q0 = gaussian(z[at], s.experts().get(0), i);
          double q1 = gaussian(z[at], s.experts().get(1), i);
          double mixture = logSumExp(new double[] {q0, q1}) - Math.log(2);
          weights[j] =
              own[at]
                  + cross[at]
                  + standard(z[at])
                  + standard(w[at])
                  - mixture
                  - gaussian(w[at], s.own().get(v), i);
        }
        hand[i] -= (logSumExp(weights) - Math.log(k)) / 2;
      }
    }
    same(loss(m).total(), hand);
  }

  @Test
  void memeIsItsBoundsByHandWithBothViewsAndWithOne() {
    int k = 4;
    int pseudo = 3;
    MultimodalVae m = build("meme", Map.of("k", k, "pseudo", pseudo));
    Seen s = m.see(ViewOraclesTest.x(), ones(N));
    double[] both = new double[N];
    double[][] single = new double[2][N];
    Rng rng = Rng.of(9);
    for (int v = 0; v < 2; v++) {
      int t = 1 - v;
      Normal q = s.experts().get(v);
      double[][] z = draws(q, k, rng);
      double[] own = speaks(m, v, z);
      double[] other = speaks(m, t, z);
      String name = "pseudo.view" + t;
      double[][] mean = rows(m.params().all().get(name + ".mean"));
      double[][] scale = rows(m.params().all().get(name + ".log_scale"));
      for (int i = 0; i < N; i++) {
        double[] p = new double[k];
        for (int j = 0; j < k; j++) {
          p[j] = other[j * N + i];
        }
        double marginal = logSumExp(p) - Math.log(k); // ln q(t|s)
        double mutual = marginal;
        for (int j = 0; j < k; j++) {
          double[] at = z[j * N + i];
          double spread = gaussian(at, q, i);
          mutual +=
              Math.exp(p[j] - marginal)
                  / k
                  * (own[j * N + i] + gaussian(at, s.experts().get(t), i) - spread - p[j]);
          double[] parts = new double[pseudo];
          for (int u = 0; u < pseudo; u++) {
            parts[u] = gaussian(at, mean[u], scale[u]);
          }
          double prior = logSumExp(parts) - Math.log(pseudo);
          single[v][i] -= (own[j * N + i] + prior - spread) / k;
        }
        both[i] -= mutual / 2;
      }
    }
    same(loss(m).total(), both);
    Batch first =
        new Batch(
            ViewOraclesTest.x(), null, null, Tensor.of(new double[] {1, 0}, 1, 2).expand(N, 2));
    same(ViewOraclesTest.loss(m, first).total(), single[0]);
  }

  @Test
  void dmvaeIsTheLecturesBoundsByHand() {
    for (boolean cross : new boolean[] {false, true}) {
      MultimodalVae m = build("dmvae", Map.of("privates", PRIVATES, "cross", cross));
      Seen s = m.see(ViewOraclesTest.x(), ones(N));
      Rng rng = Rng.of(9);
      double[][][] w = {draws(s.own().get(0), 1, rng), draws(s.own().get(1), 1, rng)};
      double[] hand = new double[N];
      for (int part = -1; part < 2; part++) { // both views, the first, the second
        Normal q = product(s, part);
        double[][] j = draws(q, 1, rng);
        for (int v = 0; v < 2; v++) {
          if (part < 0 || part == v || cross) {
            double[] p = speaks(m, v, beside(j, w[v]));
            for (int i = 0; i < N; i++) {
              hand[i] -= p[i] - kl(s.own().get(v), i);
            }
          }
        }
        for (int i = 0; i < N; i++) {
          hand[i] += kl(q, i);
        }
      }
      same(loss(m).total(), hand);
    }
  }

  /** N(0, I) times one expert or both: precisions add up, means weigh by them. */
  private static Normal product(Seen s, int part) {
    double[] mean = new double[N * LATENT];
    double[] logScale = new double[N * LATENT];
    for (int i = 0; i < mean.length; i++) {
      double precision = 1;
      for (int v = 0; v < 2; v++) {
        if (part < 0 || part == v) {
          double t = Math.exp(-2 * s.experts().get(v).logScale().toDoubles()[i]);
          precision += t;
          mean[i] += t * s.experts().get(v).mean().toDoubles()[i];
        }
      }
      mean[i] /= precision;
      logScale[i] = -0.5 * Math.log(precision);
    }
    return new Normal(Tensor.of(mean, N, LATENT), Tensor.of(logScale, N, LATENT));
  }

  // ---- labels of MFM

  @Test
  void mfmsLabelTermIsTheCrossEntropyOfALinearMapOfTheSharedCode() {
    int classes = 3;
    DataSpec d = ContractSuite.views(A, B).labelled(classes);
    MultimodalVae m = build("mfm", d, Map.of("privates", PRIVATES));
    long[] y = {2, 0, 1, 1, 2};
    Tensor present = Tensor.of(new double[] {1, 1, 1, 0, 0, 1, 0, 0, 1, 1}, N, 2);
    Batch labelled = new Batch(ViewOraclesTest.x(), Tensor.of(y, N), null, present);
    Loss loss = ViewOraclesTest.loss(m, labelled);
    Rng rng = Rng.of(9);
    rng.normal(DType.FLOAT64, N, PRIVATES); // private draws come first
    rng.normal(DType.FLOAT64, N, PRIVATES);
    Seen s = m.see(ViewOraclesTest.x(), present);
    double[][] z = draws((Normal) m.joint(s), 1, rng);
    double[][] weight = rows(parameter(m, "label", "weight"));
    double[] bias = parameter(m, "label", "bias").toDoubles();
    double[] hand = new double[N];
    for (int i = 0; i < N; i++) {
      double[] logits = bias.clone();
      for (int c = 0; c < classes; c++) {
        for (int j = 0; j < LATENT; j++) {
          logits[c] += weight[c][j] * z[i][j];
        }
      }
      hand[i] = i == 3 ? 0 : logSumExp(logits) - logits[(int) y[i]]; // the fourth has no view
    }
    same(loss.terms().get("label"), hand);
    // It is part of what is minimised, and without labels there is no such term.
    Loss without = ViewOraclesTest.loss(m, new Batch(ViewOraclesTest.x(), null, null, present));
    assertThat(without.terms()).doesNotContainKey("label");
    same(loss.total().minus(without.total()), hand);
    MultimodalVae plain = build("mfm", Map.of("privates", PRIVATES));
    assertThat(plain.params().all().keySet()).noneMatch(n -> n.startsWith("label"));
  }

  private static Tensor parameter(Model<?> m, String start, String end) {
    return m.params().all().entrySet().stream()
        .filter(e -> e.getKey().startsWith(start + ".") && e.getKey().endsWith(end))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  // ---- swapping what is shared and what is private

  @Test
  @SuppressWarnings("unchecked") // a model of batches
  void inATrainedDmvaeTheSharedPartFollowsItsSourceAndThePrivatePartItsOwn() {
    // View m is (s, wₘ) turned by its own angle, with little noise: s is shared, wₘ private.
    int n = 256;
    Tensor hidden = Rng.of(1).split("hidden").normal(DType.FLOAT64, n, 3);
    Tensor noise = Rng.of(1).split("noise").normal(DType.FLOAT64, n, 4).times(0.1);
    double[][] h = rows(hidden);
    double[] angle = {0.6, -0.9};
    double[] x = new double[4 * n];
    for (int i = 0; i < n; i++) {
      for (int m = 0; m < 2; m++) {
        double c = Math.cos(angle[m]);
        double d = Math.sin(angle[m]);
        x[4 * i + 2 * m] = c * h[i][0] - d * h[i][1 + m];
        x[4 * i + 2 * m + 1] = d * h[i][0] + c * h[i][1 + m];
      }
    }
    Tensor data = Tensor.of(x, n, 4).plus(noise);
    DataSpec two = DataSpec.of(Shape.of(2), false, false);
    DataSpec d =
        new DataSpec(
            new long[] {4},
            List.of(),
            false,
            false,
            0,
            0,
            0,
            List.of(
                new View("view0", 0, two, "gaussian:0.3", null, 1),
                new View("view1", 2, two, "gaussian:0.3", null, 1)));
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.putAll(Map.of("latent", 1, "privates", 1, "encoder", "linear", "decoder", "linear"));
    var e = ModelCatalog.get("dmvae").in(DType.FLOAT64);
    Dmvae m = (Dmvae) (Model<?>) e.build(d, e.configure(d, settings), Rng.of(2).split("init"));
    Batch all = new Batch(data, null, null, ones(n));
    descend(m, all, 400, 0.05);
    int[] turned = IntStream.range(0, n).map(i -> (i + 7) % n).toArray();
    double[][] swapped =
        rows(
            Autograd.off(
                () -> {
                  Tensor z = m.encode(data);
                  Tensor other = z.indexSelect(0, Tensor.indices(turned));
                  return m.decode(Tensor.cat(List.of(z.narrow(1, 0, 1), other.narrow(1, 1, 2)), 1));
                }));
    for (int v = 0; v < 2; v++) {
      double c = Math.cos(angle[v]);
      double s = Math.sin(angle[v]);
      double[] shared = new double[n];
      double[] own = new double[n];
      List<double[]> truth = List.of(new double[n], new double[n], new double[n], new double[n]);
      for (int i = 0; i < n; i++) {
        double a = swapped[i][2 * v];
        double b = swapped[i][2 * v + 1];
        shared[i] = c * a + s * b;
        own[i] = -s * a + c * b;
        truth.get(0)[i] = h[i][0];
        truth.get(1)[i] = h[turned[i]][0];
        truth.get(2)[i] = h[i][1 + v];
        truth.get(3)[i] = h[turned[i]][1 + v];
      }
      assertThat(correlation(shared, truth.get(0))).as("shared, its source").isGreaterThan(0.95);
      assertThat(Math.abs(correlation(shared, truth.get(1)))).as("shared, other").isLessThan(0.25);
      assertThat(Math.abs(correlation(own, truth.get(2)))).as("private, other").isLessThan(0.25);
      assertThat(correlation(own, truth.get(3))).as("private, its source").isGreaterThan(0.95);
    }
  }

  /** Steps of Adam on the whole set at once. */
  static void descend(Model<Batch> m, Batch all, int steps, double lr) {
    BatchSource<Batch> whole =
        new BatchSource<>() {
          @Override
          public int size() {
            return Math.toIntExact(all.size());
          }

          @Override
          public Batch batch(long epoch, int index, int batchSize) {
            return all;
          }
        };
    Schedule cosine = Schedule.parse("cosine");
    int batch = whole.size();
    TrainConfig c =
        new TrainConfig(steps, batch, lr, 1, "adam", cosine, 0.9, 0, 5, 0, 1, 0, 0, false, 0, 1e9);
    new Trainer<>(m, whole, null, null, c, null, "", new TrainListener() {}).run(false);
  }

  private static double correlation(double[] a, double[] b) {
    double ma = Arrays.stream(a).average().orElseThrow();
    double mb = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - ma) * (b[i] - mb);
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
    }
    return ab / Math.sqrt(aa * bb);
  }
}
