package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.core.data.Vocabulary;
import org.javae.core.distribution.Distribution;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** A language so small that all of its sentences can be written down. */
class TextVaeTest {
  /** The marks and two words; what can be said next is the end, an unknown word or one of them. */
  private static final int VOCABULARY = Vocabulary.MARKS.size() + 2;

  private static final int LENGTH = 3;

  private static TextVae model(int length, int latent) {
    TextVae m =
        (TextVae)
            ModelCatalog.get("text-vae")
                .in(DType.FLOAT64)
                .build(
                    DataSpec.text(length, VOCABULARY),
                    ModelCatalog.get("text-vae")
                        .configure(
                            DataSpec.text(length, VOCABULARY),
                            Map.of("latent", latent, "embedding", 3, "units", 4, "init", 0.9)),
                    Rng.of(2).split("init"));
    return m;
  }

  /** Every sentence: ended, or as long as can be. */
  private static Tensor language(int length) {
    List<double[]> all = new ArrayList<>();
    say(all, new double[length], 0);
    double[] flat = all.stream().flatMapToDouble(Arrays::stream).toArray();
    return Tensor.of(flat, all.size(), length);
  }

  private static void say(List<double[]> all, double[] begun, int at) {
    if (at == begun.length) {
      all.add(begun);
      return;
    }
    for (int next = Vocabulary.END; next < VOCABULARY; next++) {
      double[] s = begun.clone();
      s[at] = next;
      if (next == Vocabulary.END) {
        all.add(s);
      } else {
        say(all, s, at + 1);
      }
    }
  }

  @Test
  void theProbabilitiesOfAllSentencesSumToOneForAnyCode() {
    TextVae m = model(LENGTH, 2);
    Tensor x = language(LENGTH);
    assertThat(x.size(0)).isEqualTo(1 + 3 + 9 + 27);
    for (double[] z : new double[][] {{0, 0}, {1.5, -2}, {-30, 8}}) {
      Tensor p = m.likelihood(Tensor.of(z, 1, 2)).logProb(x).exp();
      assertThat(p.shape()).isEqualTo(Shape.of(x.size(0)));
      assertThat(p.sum().item()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void paddingContributesNothing() {
    TextVae small = model(LENGTH, 2);
    TextVae large = model(LENGTH + 6, 2);
    large.params().load(small.params().all());
    Tensor x = language(LENGTH);
    Tensor ended = x.indexSelect(0, x.eq(Vocabulary.END).to(DType.INT64).sum(1).positions());
    Tensor padded = Tensor.cat(List.of(ended, Tensor.zeros(DType.FLOAT64, ended.size(0), 6)), 1);
    Tensor z = Tensor.of(new double[] {0.4, -1}, 1, 2);
    assertThat(large.likelihood(z).logProb(padded).toDoubles())
        .containsExactly(small.likelihood(z).logProb(ended).toDoubles(), within(1e-13));
    assertThat(large.encode(padded).toDoubles())
        .containsExactly(small.encode(ended).toDoubles(), within(1e-13));
    // Beside a long sentence, which keeps the padding from being cut off.
    double[] longest = new double[LENGTH + 6];
    Arrays.fill(longest, 4);
    Tensor both = Tensor.cat(List.of(padded, Tensor.of(longest, 1, LENGTH + 6)), 0);
    assertThat(large.likelihood(z).logProb(both).narrow(0, 0, ended.size(0)).toDoubles())
        .containsExactly(small.likelihood(z).logProb(ended).toDoubles(), within(1e-13));
    assertThat(large.encode(both).narrow(0, 0, ended.size(0)).toDoubles())
        .containsExactly(small.encode(ended).toDoubles(), within(1e-13));
  }

  // ---- the equations in plain Java

  private static double[][] rows(TextVae m, String name) {
    Tensor t = m.params().all().get(name);
    double[] v = t.toDoubles();
    int n = (int) t.size(0);
    double[][] r = new double[n][];
    for (int i = 0; i < n; i++) {
      r[i] = Arrays.copyOfRange(v, i * v.length / n, (i + 1) * v.length / n);
    }
    return r;
  }

  private static double[] affine(double[][] w, double[] x, double[][] bias) {
    double[] y = new double[w.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias == null ? 0 : bias[i][0];
      for (int j = 0; j < x.length; j++) {
        y[i] += w[i][j] * x[j];
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double byHand(TextVae m, double[] sentence, double[] z) {
    double[] c = affine(rows(m, "decoder.start.0.weight"), z, rows(m, "decoder.start.0.bias"));
    double[] h = Arrays.stream(c).map(Math::tanh).toArray();
    int units = c.length;
    int before = Vocabulary.START;
    double sum = 0;
    for (double next : sentence) {
      if (next == Vocabulary.PAD) {
        break;
      }
      double[] word = rows(m, "decoder.embedding")[before];
      double[] in = Arrays.copyOf(word, word.length + z.length);
      System.arraycopy(z, 0, in, word.length, z.length);
      double[] g = affine(rows(m, "decoder.lstm.input"), in, rows(m, "decoder.lstm.bias"));
      double[] r = affine(rows(m, "decoder.lstm.recurrent"), h, null);
      for (int u = 0; u < units; u++) {
        double i = sigmoid(g[u] + r[u]);
        double f = sigmoid(g[units + u] + r[units + u]);
        double n = Math.tanh(g[2 * units + u] + r[2 * units + u]);
        double o = sigmoid(g[3 * units + u] + r[3 * units + u]);
        c[u] = f * c[u] + i * n;
        h[u] = o * Math.tanh(c[u]);
      }
      double[] logits = affine(rows(m, "decoder.output"), h, null);
      double all = Arrays.stream(logits).map(Math::exp).sum();
      sum += logits[(int) next - Vocabulary.END] - Math.log(all);
      before = (int) next;
    }
    return sum;
  }

  @Test
  void theLikelihoodIsThatOfTheEquations() {
    TextVae m = model(LENGTH, 2);
    double[] z = {0.7, -1.1};
    Tensor x = language(LENGTH);
    double[] got = m.likelihood(Tensor.of(z, 1, 2)).logProb(x).toDoubles();
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).isCloseTo(byHand(m, x.select(0, i).toDoubles(), z), within(1e-12));
    }
  }

  /** A decoder whose weights for z are zero is a language model, and its bound is −NLL − KL. */
  @Test
  void aDecoderThatIgnoresTheCodeIsALanguageModel() {
    TextVae m = model(LENGTH, 2);
    m.params().all().get("decoder.start.0.weight").fillInPlace(0);
    m.params().all().get("decoder.lstm.input").narrow(1, 3, 2).fillInPlace(0);
    Tensor x = language(LENGTH);
    Tensor z = Rng.of(1).normal(DType.FLOAT64, x.size(0), 2).times(5);
    double[] got = m.likelihood(z).logProb(x).toDoubles();
    for (int i = 0; i < got.length; i++) {
      double expected = byHand(m, x.select(0, i).toDoubles(), new double[2]);
      assertThat(got[i]).isCloseTo(expected, within(1e-12));
    }
    var loss = m.loss(new Batch(x, null), Step.evaluation(Rng.of(3)));
    assertThat(loss.terms().get("nll").neg().toDoubles()).containsExactly(got, within(1e-12));
    assertThat(loss.total().toDoubles())
        .containsExactly(
            loss.terms().get("nll").plus(loss.terms().get("kl")).toDoubles(), within(1e-12));
    // Whatever q is, every importance weight holds p(x) itself; with q = p nothing else.
    m.params().all().get("encoder.head.0.weight").fillInPlace(0);
    m.params().all().get("encoder.head.0.bias").fillInPlace(0);
    assertThat(Estimators.logLikelihood(m, x, 3, Rng.of(1)).toDoubles())
        .containsExactly(got, within(1e-12));
  }

  @Test
  void drawsHaveTheProbabilitiesTheDensityGives() {
    TextVae m = model(LENGTH, 2);
    Tensor x = language(LENGTH);
    Distribution d = m.likelihood(Tensor.of(new double[] {0.7, -1.1}, 1, 2));
    double[] p = d.logProb(x).exp().toDoubles();
    int n = 20_000;
    Tensor drawn = d.sample(Rng.of(4), n);
    assertThat(drawn.shape()).isEqualTo(Shape.of(n, LENGTH));
    long[] code = {100, 10, 1};
    Tensor weights = Tensor.of(code, 1, 3);
    long[] got = drawn.to(DType.INT64).times(weights).sum(1).toLongs();
    long[] known = x.to(DType.INT64).times(weights).sum(1).toLongs();
    double chi2 = 0;
    for (int i = 0; i < p.length; i++) {
      long sentence = known[i];
      double seen = Arrays.stream(got).filter(g -> g == sentence).count();
      chi2 += (seen - n * p[i]) * (seen - n * p[i]) / (n * p[i]);
    }
    // 39 degrees of freedom: 72.1 is passed once in a thousand.
    assertThat(chi2).isLessThan(72.1);
    assertThat(Arrays.stream(got).allMatch(g -> Arrays.stream(known).anyMatch(k -> k == g)))
        .as("nothing but sentences is drawn")
        .isTrue();
  }

  @Test
  void theMeanIsTheLikeliestWordAfterTheLikeliestWords() {
    TextVae m = model(LENGTH, 2);
    Tensor x = language(LENGTH);
    double[] z = {-2, 1.4};
    Distribution d = m.likelihood(Tensor.of(z, 1, 2));
    double[] p = d.logProb(x).exp().toDoubles();
    double[] prefix = new double[LENGTH];
    for (int t = 0; t < LENGTH && (t == 0 || prefix[t - 1] > Vocabulary.END); t++) {
      double[] mass = new double[VOCABULARY];
      for (int i = 0; i < p.length; i++) {
        double[] s = x.select(0, i).toDoubles();
        if (Arrays.equals(s, 0, t, prefix, 0, t)) {
          mass[(int) s[t]] += p[i];
        }
      }
      for (int w = 1; w < VOCABULARY; w++) {
        prefix[t] = mass[w] > mass[(int) prefix[t]] ? w : prefix[t];
      }
    }
    assertThat(d.mean().toDoubles()).containsExactly(prefix);
    assertThat(m.decode(Tensor.of(z, 1, 2)).toDoubles()).containsExactly(prefix);
  }

  /** With one latent dimension the evidence is an integral that a grid computes. */
  @Test
  void importanceSamplingFindsTheEvidence() {
    TextVae m = model(LENGTH, 1);
    Tensor x = language(LENGTH);
    int n = 401;
    double step = 20.0 / (n - 1);
    double[] evidence = new double[(int) x.size(0)];
    for (int k = 0; k < n; k++) {
      double z = -10 + k * step;
      double[] p = m.likelihood(Tensor.of(new double[] {z}, 1, 1)).logProb(x).exp().toDoubles();
      double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
      for (int i = 0; i < evidence.length; i++) {
        evidence[i] += p[i] * density * step;
      }
    }
    assertThat(Arrays.stream(evidence).sum()).isCloseTo(1, within(1e-9));
    double[] estimate = Estimators.logLikelihood(m, x, 2000, Rng.of(1)).toDoubles();
    for (int i = 0; i < evidence.length; i++) {
      assertThat(estimate[i]).isCloseTo(Math.log(evidence[i]), within(0.1));
    }
  }

  @Test
  void aBatchTooLargeForMemoryGoesThroughInParts() {
    TextVae m = model(LENGTH, 2);
    Tensor x = language(LENGTH);
    Tensor z = Rng.of(1).normal(DType.FLOAT64, x.size(0), 2);
    int k = 12_000;
    double[] one = m.likelihood(z).logProb(x).toDoubles();
    double[] many = m.likelihood(z.repeatBatch(k)).logProb(x.repeatBatch(k)).toDoubles();
    assertThat(many).hasSize(one.length * k);
    for (int i : new int[] {0, 1, one.length, many.length / 2, many.length - 1}) {
      assertThat(many[i]).isCloseTo(one[i % one.length], within(1e-12));
    }
  }

  /** Word dropout hides words from the decoder, not from the encoder, and only in training. */
  @Test
  void droppedWordsDoNotHelpToPredict() {
    Map<String, Object> settings =
        Map.of(
            "latent",
            2,
            "embedding",
            3,
            "units",
            4,
            "init",
            0.9,
            "word_dropout",
            0.999999,
            "dropout",
            0);
    DataSpec data = DataSpec.text(2, VOCABULARY);
    TextVae m =
        (TextVae)
            ModelCatalog.get("text-vae")
                .in(DType.FLOAT64)
                .build(
                    data,
                    ModelCatalog.get("text-vae").configure(data, settings),
                    Rng.of(2).split("init"));
    // One posterior for all, so that only the words differ.
    m.params().all().get("encoder.head.0.weight").fillInPlace(0);
    Tensor x = Tensor.of(new double[] {4, 4, 5, 4, 3, 4}, 3, 2);
    Tensor z = Tensor.zeros(DType.FLOAT64, 1, 2);
    double[] p = m.likelihood(z).logProb(x).toDoubles();
    double[] firsts =
        m.likelihood(z).logProb(Tensor.of(new double[] {4, 0, 5, 0, 3, 0}, 3, 2)).toDoubles();
    m.params()
        .all()
        .get("encoder.head.0.bias")
        .copyFromInPlace(Tensor.of(new double[] {0, 0, -80, -80}, 4));
    Step training = new Step(0, 0, 1, true, Rng.of(1));
    double[] nll = m.loss(new Batch(x, null), training).terms().get("nll").toDoubles();
    double second = -nll[0] - firsts[0];
    assertThat(-nll[1] - firsts[1]).isCloseTo(second, within(1e-9));
    assertThat(p[2] - firsts[2]).as("after an unknown word").isCloseTo(second, within(1e-9));
    assertThat(p[0] - firsts[0]).isNotCloseTo(p[1] - firsts[1], within(1e-3));
    double[] evaluated =
        m.loss(new Batch(x, null), Step.evaluation(Rng.of(1))).terms().get("nll").toDoubles();
    assertThat(evaluated).containsExactly(Arrays.stream(p).map(v -> -v).toArray(), within(1e-9));
  }

  @Test
  void numbersAreRefused() {
    DataSpec numbers = DataSpec.of(Shape.of(6), false, false);
    assertThatThrownBy(
            () ->
                ModelCatalog.get("text-vae")
                    .build(
                        numbers,
                        ModelCatalog.get("text-vae").configure(numbers, Map.of()),
                        Rng.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "model text-vae reads sentences, but an observation here is 6 numbers; give it a .txt file, or use vae");
  }
}
