package org.javae.data.generate;

import java.util.List;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Dataset.Tokens;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.Autograd;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Sequences of tokens with two hidden causes, on which text models collapse although the causes
 * matter (the synthetic set of He et al., 2019, Lagging Inference Networks): z from an even mixture
 * of N((±2, ±2), I), the first token evenly from all, every further one from {@code softmax(U h_t +
 * V z)}, h_t the state of an LSTM of 100 units that starts from {@code c₀ = A z, h₀ = tanh(c₀)} and
 * is fed the token before (embedded in 100 dimensions) and z. All weights are even on (−1, 1),
 * those of V on (−scale, scale). The label is the component. Tokens stand for no words; their
 * numbers follow the marks of {@link Vocabulary}, and no sequence has an end mark.
 *
 * <p>Random numbers come from {@link Draws}, the arithmetic is the engine's in float64: another
 * engine would have to round a draw of 200,000 across an edge of about 1e-13 to give other tokens.
 *
 * @param train number of training sequences, at least 1
 * @param validation of validation sequences, may be 0
 * @param test of test sequences, may be 0
 * @param length tokens a sequence
 * @param vocabulary different tokens
 * @param scale how much z matters
 */
public record SyntheticText(
    int train, int validation, int test, int length, int vocabulary, double scale)
    implements Generator {
  private static final String NAME = "synthetic-text";
  private static final int UNITS = 100;
  private static final int COMPONENTS = 4;

  /** Sequences drawn at a time. */
  private static final int BLOCK = 1000;

  /**
   * @throws UserException if a setting is out of its range
   */
  public SyntheticText {
    Settings.atLeast(NAME, "train", train, 1);
    Settings.atLeast(NAME, "validation", validation, 0);
    Settings.atLeast(NAME, "test", test, 0);
    Settings.atLeast(NAME, "length", length, 1);
    Settings.atLeast(NAME, "vocabulary", vocabulary, 2);
    Settings.notNegative(NAME, "scale", scale);
    Settings.fits(NAME, (long) train + validation + test, length);
    Settings.fits(NAME, vocabulary, BLOCK);
  }

  /** 16,000, 2,000 and 2,000 sequences of 10 out of 1,000 tokens. */
  public static SyntheticText standard() {
    return new SyntheticText(16_000, 2_000, 2_000, 10, 1_000, 5);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Dataset generate(long seed) {
    int n = train + validation + test;
    float[] values = new float[n * length];
    int[] labels = new int[n];
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Source source = new Source(seed, vocabulary, scale);
                  for (int i = 0; i < n; i += BLOCK) {
                    int from = i;
                    Scope.run(() -> source.draw(from, Math.min(BLOCK, n - from), values, labels));
                  }
                }));
    return ArrayDataset.of(NAME, Shape.of(length), values)
        .withTokens(new Tokens(Vocabulary.MARKS.size() + vocabulary, List.of()))
        .withAnnotations(List.of(new Annotation("label", labels, COMPONENTS, List.of())))
        .withSplit(new PublishedSplit(train, validation, test));
  }

  /** The language model that speaks. */
  private final class Source {
    private final long seed;
    private final Tensor embedding;
    private final Tensor start;
    private final Tensor input;
    private final Tensor recurrent;
    private final Tensor bias;
    private final Tensor fromState;
    private final Tensor fromCode;

    Source(long seed, int words, double scale) {
      this.seed = seed;
      this.embedding = weights("embedding", 1, words, UNITS);
      this.start = weights("start", 1, UNITS, 2);
      this.input = weights("input", 1, 4 * UNITS, UNITS + 2);
      this.recurrent = weights("recurrent", 1, 4 * UNITS, UNITS);
      this.bias = weights("bias", 1, 4 * UNITS);
      this.fromState = weights("from-state", 1, words, UNITS);
      this.fromCode = weights("from-code", scale, words, 2);
    }

    private Tensor weights(String what, double width, long... shape) {
      Draws draws = Draws.of(seed, NAME + "/" + what, 0);
      double[] w = new double[Math.toIntExact(Shape.of(shape).numel())];
      for (int i = 0; i < w.length; i++) {
        w[i] = draws.uniform(-width, width);
      }
      return Tensor.of(w, shape);
    }

    void draw(int from, int count, float[] values, int[] labels) {
      Draws[] draws = new Draws[count];
      double[] codes = new double[2 * count];
      long[] now = new long[count];
      for (int i = 0; i < count; i++) {
        draws[i] = Draws.of(seed, NAME, from + i);
        int k = draws[i].below(COMPONENTS);
        labels[from + i] = k;
        codes[2 * i] = draws[i].normal(k % 2 == 0 ? -2 : 2, 1);
        codes[2 * i + 1] = draws[i].normal(k / 2 == 0 ? -2 : 2, 1);
        now[i] = draws[i].below(vocabulary);
      }
      Tensor z = Tensor.of(codes, count, 2);
      Tensor always = z.linear(fromCode, null);
      Tensor c = z.linear(start, null);
      List<Tensor> state = List.of(c.tanh(), c);
      for (int t = 0; ; t++) {
        for (int i = 0; i < count; i++) {
          values[(from + i) * length + t] = Vocabulary.MARKS.size() + now[i];
        }
        if (t == length - 1) {
          return;
        }
        List<Tensor> before = state;
        Tensor word = Tensor.of(now, count);
        state =
            Scope.run(
                () -> {
                  Tensor x = Tensor.cat(List.of(embedding.embedding(word), z), 1).unsqueeze(1);
                  return x.lstm(before.get(0), before.get(1), input, recurrent, bias).subList(1, 3);
                });
        Tensor h = state.get(0);
        double[] upTo =
            Scope.run(
                () -> h.linear(fromState, null).plus(always).softmax(1).cumsum(1).toDoubles());
        for (int i = 0; i < count; i++) {
          now[i] = pick(upTo, i * vocabulary, draws[i].uniform());
        }
      }
    }

    /** The first token whose cumulative probability exceeds u of the whole. */
    private int pick(double[] upTo, int from, double u) {
      double wanted = u * upTo[from + vocabulary - 1];
      int low = 0;
      int high = vocabulary - 1;
      while (low < high) {
        int middle = (low + high) / 2;
        if (upTo[from + middle] > wanted) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }
}
