package org.javae.models.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.evaluate.CodeUsage;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.net.Codebook;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorQuantisedTest {
  private static final Rng NOISE = Rng.of(7);

  private static Step step(long index) {
    return new Step(index, 0, 1, true, NOISE);
  }

  private static Params params() {
    return new Params(Rng.of(1), DType.FLOAT64);
  }

  /** 3 clusters of 40 points each at (0, 0), (6, 0), (0, 6), of radius about 0.6. */
  private static Tensor clusters() {
    double[] centres = {0, 0, 6, 0, 0, 6};
    double[] v = new double[240];
    double[] noise = Rng.of(2).normal(DType.FLOAT64, 240).toDoubles();
    for (int i = 0; i < 240; i++) {
      v[i] = centres[i / 2 % 3 * 2 + i % 2] + 0.6 * noise[i];
    }
    return Tensor.of(v, 120, 2);
  }

  private static void train(Codebook book, Tensor z, int steps) {
    for (int i = 0; i < steps; i++) {
      int index = i;
      Scope.run(
          () ->
              Autograd.off(
                  () -> {
                    Loss l = book.gather(Loss.zero(), book.quantise(z), step(index));
                    book.update(l.gathered(), step(index));
                  }));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void movingAveragesEndAtAFixedPointOfLloydsAlgorithm(int k) {
    Scope.run(
        () -> {
          Tensor z = clusters();
          Codebook book = new Codebook(params(), "codebook", new Codebook.Spec(k, 2, 0.9, 0.03));
          train(book, z, 400);
          long[] codes = book.quantise(z).codes().toLongs();
          double[] v = z.toDoubles();
          double[] e = book.lookup(Tensor.arange(k)).toDoubles();
          double[] centroid = new double[2 * k];
          int[] n = new int[k];
          for (int i = 0; i < codes.length; i++) {
            int c = (int) codes[i];
            n[c]++;
            centroid[2 * c] += v[2 * i];
            centroid[2 * c + 1] += v[2 * i + 1];
            for (int other = 0; other < k; other++) {
              assertThat(distance(v, i, e, c)).isLessThanOrEqualTo(distance(v, i, e, other) + 1e-9);
            }
          }
          for (int c = 0; c < k; c++) {
            assertThat(n[c]).as("entry %d is used", c).isPositive();
            assertThat(e[2 * c]).isCloseTo(centroid[2 * c] / n[c], within(1e-4));
            assertThat(e[2 * c + 1]).isCloseTo(centroid[2 * c + 1] / n[c], within(1e-4));
          }
          if (k == 3) {
            // One entry a cluster, and each row's is that of its cluster.
            assertThat(n).containsExactlyInAnyOrder(40, 40, 40);
          }
        });
  }

  private static double distance(double[] v, int i, double[] e, int c) {
    return Math.pow(v[2 * i] - e[2 * c], 2) + Math.pow(v[2 * i + 1] - e[2 * c + 1], 2);
  }

  @Test
  void deadEntriesBeginAnewAtVectorsOfTheBatch() {
    Scope.run(
        () -> {
          Tensor z = clusters();
          Params dead = params();
          Codebook without = new Codebook(dead, "codebook", new Codebook.Spec(8, 2, 0.9, 0));
          Params alive = params();
          Codebook with = new Codebook(alive, "codebook", new Codebook.Spec(8, 2, 0.9, 0.1));
          for (Params p : List.of(dead, alive)) {
            // One entry amid the data, all others far away: no vector will ever choose them.
            Tensor far = Tensor.full(1000, 8, 2).to(DType.FLOAT64);
            far.narrow(0, 0, 1).fillInPlace(2);
            p.all().get("codebook.vectors").copyFromInPlace(far);
            p.all().get("codebook.sums").copyFromInPlace(far);
          }
          for (int i = 1; i < 100; i++) {
            for (Codebook book : List.of(without, with)) {
              Loss l = book.gather(Loss.zero(), book.quantise(z), step(i));
              book.update(l.gathered(), step(i));
            }
          }
          assertThat(usage(without, z)).isEqualTo(1 / 8.0);
          assertThat(usage(with, z)).isEqualTo(1);
        });
  }

  private static double usage(Codebook book, Tensor z) {
    CodeUsage u = new CodeUsage();
    u.add(book.gather(Loss.zero(), book.quantise(z), Step.evaluation(NOISE)));
    return u.usage();
  }

  @Test
  void entriesTrainedByGradientsMoveToTheirCentroids() {
    Scope.run(
        () -> {
          Params p = params();
          Codebook book = new Codebook(p, "codebook", new Codebook.Spec(1, 2, 0, 0));
          Tensor z = clusters();
          Tensor g = Autograd.grad(book.quantise(z).attraction().mean(), p.trainable()).get(0);
          double[] expected =
              p.all().get("codebook.vectors").detach().minus(z.mean(0)).times(2).toDoubles();
          assertThat(g.toDoubles()).containsExactly(expected, within(1e-12));
        });
  }

  @Test
  void theGradientGoesStraightThroughAndTheCommitmentAddsItsOwn() {
    Scope.run(
        () -> {
          Codebook book = new Codebook(params(), "codebook", new Codebook.Spec(4, 2, 0.9, 0));
          Tensor z = Rng.of(3).normal(DType.FLOAT64, 5, 2).requireGrad();
          Tensor w = Rng.of(4).normal(DType.FLOAT64, 5, 2);
          Codebook.Quantised q = book.quantise(z);
          Tensor f = q.through().times(w).tanh().sum().plus(q.commitment().sum().times(0.25));
          double[] got = Autograd.grad(f, List.of(z)).get(0).toDoubles();
          // ∂/∂e of the decoder, here tanh(w e), plus 2β(z − e).
          Tensor e = q.entries().detach();
          Tensor decoder = w.times(e.times(w).tanh().square().neg().plus(1));
          double[] expected = decoder.plus(z.detach().minus(e).times(0.5)).toDoubles();
          assertThat(got).containsExactly(expected, within(1e-12));
          assertThat(q.through().detach().toDoubles())
              .containsExactly(e.toDoubles(), within(1e-12));
        });
  }

  @Test
  void usageAndPerplexityOfKnownChoices() {
    Scope.run(
        () -> {
          CodeUsage even = new CodeUsage();
          even.add("a", Tensor.of(new double[] {5, 5, 5, 5}, 4));
          assertThat(even.usage()).isEqualTo(1);
          assertThat(even.perplexity()).isCloseTo(4, within(1e-12));
          CodeUsage one = new CodeUsage();
          one.add("a", Tensor.of(new double[] {0, 9, 0, 0}, 4));
          assertThat(one.usage()).isEqualTo(0.25);
          assertThat(one.perplexity()).isEqualTo(1);
          one.add("b", Tensor.of(new double[] {3, 3, 3, 3}, 4));
          assertThat(one.usage()).isEqualTo(5 / 8.0);
          assertThat(one.perplexity()).as("geometric mean").isCloseTo(2, within(1e-12));
          assertThat(one.metrics()).containsEntry("a_usage", 0.25).containsEntry("b_usage", 1.0);
        });
  }

  @SuppressWarnings("unchecked") // both are models of one block
  private static Model<Batch> build(String name, DataSpec data, Map<String, ?> settings) {
    CatalogEntry<?> entry = ModelCatalog.get(name).in(DType.FLOAT64);
    Model<Batch> m =
        (Model<Batch>) entry.build(data, entry.configure(data, settings), Rng.of(1).split("init"));
    // Away from the zeros where layers start, or the prior would be uniform.
    Scope.run(
        () ->
            m.params()
                .all()
                .forEach(
                    (k, t) -> {
                      if (!k.startsWith("codebook")) {
                        t.detach()
                            .addInPlace(
                                Rng.of(6).split(k).normal(DType.FLOAT64, t.shape().toArray()), 0.5);
                      }
                    }));
    return m;
  }

  /** All codes: {@code [Π K, latent]}. */
  private static Tensor all(DiscreteCodes m) {
    List<double[]> rows = new ArrayList<>(List.of(new double[0]));
    for (int k : m.sizes()) {
      List<double[]> longer = new ArrayList<>();
      for (double[] r : rows) {
        for (int c = 0; c < k; c++) {
          double[] v = Arrays.copyOf(r, r.length + 1);
          v[r.length] = c;
          longer.add(v);
        }
      }
      rows = longer;
    }
    double[] flat = rows.stream().flatMapToDouble(Arrays::stream).toArray();
    return Tensor.of(flat, rows.size(), m.latent());
  }

  private static Map<String, Object> small(String encoder, int codes) {
    Map<String, Object> s = new LinkedHashMap<>();
    s.put("encoder", encoder);
    s.put("codes", codes);
    s.put("code_size", 2);
    s.put("blocks", 1);
    s.put("prior_layers", 1);
    s.put("prior_features", 4);
    return s;
  }

  @ParameterizedTest
  @ValueSource(strings = {"groups", "map", "two levels"})
  void theBoundIsOneTermOfTheSumOverAllCodes(String kind) {
    DataSpec vectors = DataSpec.of(Shape.of(5), true, true);
    DataSpec images = DataSpec.of(Shape.of(1, 4, 4), true, true);
    Map<String, Object> s = small(kind.equals("groups") ? "mlp:6" : "conv:3", 3);
    Model<Batch> m;
    switch (kind) {
      case "groups" -> {
        s.put("groups", 3);
        m = build("vq-vae", vectors, s);
      }
      case "map" -> m = build("vq-vae", images, s);
      default -> {
        s.put("features", 2);
        m = build("vq-vae-2", images, s);
      }
    }
    DiscreteCodes d = (DiscreteCodes) m;
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor codes = all(d);
                  Tensor logP = d.logPrior(codes);
                  assertThat(logP.exp().sum().item()).as("Σ p(k)").isCloseTo(1, within(1e-9));
                  assertThat(logP.max().item() - logP.min().item()).isGreaterThan(0.1);
                  Tensor x =
                      Rng.of(9)
                          .uniform(DType.FLOAT64, m.data().event().prepend(4).toArray())
                          .gt(0.5)
                          .to(DType.FLOAT64);
                  Loss loss = m.loss(new Batch(x, null), Step.evaluation(NOISE));
                  double[] bound =
                      loss.terms().get("nll").plus(loss.terms().get("kl")).neg().toDoubles();
                  double[] own =
                      d.logPrior(d.encode(x))
                          .plus(d.likelihood(d.encode(x)).logProb(x))
                          .toDoubles();
                  assertThat(bound).containsExactly(own, within(1e-9));
                  for (int i = 0; i < 4; i++) {
                    Tensor one = x.narrow(0, i, 1).repeatBatch((int) codes.size(0));
                    double exact = d.likelihood(codes).logProb(one).plus(logP).logSumExp(0).item();
                    assertThat(bound[i]).isLessThan(exact).isGreaterThan(exact - 60);
                  }
                }));
  }

  @Test
  void drawsHaveTheFrequenciesOfThePrior() {
    Map<String, Object> s = small("mlp:6", 3);
    s.put("groups", 2);
    DiscreteCodes d = (DiscreteCodes) build("vq-vae", DataSpec.of(Shape.of(5), true, true), s);
    Scope.run(
        () -> {
          int n = 20000;
          double[] last = {0};
          double[] drawn =
              d.draw(
                      n,
                      Rng.of(5),
                      f -> {
                        assertThat(f).isBetween(last[0], 1.0);
                        last[0] = f;
                      })
                  .toDoubles();
          assertThat(last[0]).isEqualTo(1);
          assertThat(d.samplingSteps()).isEqualTo(2);
          double[] f = new double[9];
          for (int i = 0; i < n; i++) {
            f[(int) (3 * drawn[2 * i] + drawn[2 * i + 1])] += 1.0 / n;
          }
          double[] p = Autograd.off(() -> d.logPrior(all(d)).exp().toDoubles());
          assertThat(f).containsExactly(p, within(0.02));
        });
  }

  @Test
  void codesThatAreNoEntriesAreRefused() {
    Map<String, Object> s = small("mlp:6", 3);
    s.put("groups", 2);
    DiscreteCodes d = (DiscreteCodes) build("vq-vae", DataSpec.of(Shape.of(5), true, true), s);
    Scope.run(
        () -> {
          for (double wrong : new double[] {-1, 0.5, 3, Double.NaN}) {
            assertThatThrownBy(() -> d.decode(Tensor.of(new double[] {0, wrong}, 1, 2)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("z1 is " + wrong)
                .hasMessageContaining("from 0 to 2");
          }
        });
  }

  @Test
  void aPerceptronLeavesNoMapForTwoLevels() {
    assertThatThrownBy(
            () -> build("vq-vae-2", DataSpec.of(Shape.of(5), true, true), small("mlp:6", 3)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leaves none");
    Map<String, Object> s = small("conv:4,4", 3);
    s.put("decoder", "conv:4");
    assertThatThrownBy(() -> build("vq-vae", DataSpec.of(Shape.of(1, 8, 8), true, true), s))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leaves a map of 2x2 codes");
  }
}
