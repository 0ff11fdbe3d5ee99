package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Fused;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A classifier p(label|x) of one block of data, trained by Adam on the cross-entropy: what judges
 * whether a generated observation shows what it should. Pictures go through convolutions, other
 * quantities through a perceptron, text as counts of its words.
 */
public final class Classifier {
  /** Changes when the same data and seed would give another classifier. */
  public static final String VERSION = "2";

  private static final int BATCH = 64;

  /** Updates by Adam; some thousands of small batches suffice for digits. */
  private static final int STEPS = 1500;

  /** Of few observations it has seen enough before. */
  private static final int MOST_EPOCHS = 100;

  private static final double RATE = 1e-3;
  private static final int AT_ONCE = 500;

  private final DataSpec data;
  private final Params params;
  private final Net net;
  private final int classes;

  /**
   * One that knows nothing yet.
   *
   * @param data what it is to look at
   * @param classes number of labels
   */
  public Classifier(DataSpec data, int classes, Rng init) {
    if (classes < 2) {
      throw UserException.of(
          "a classifier needs at least two labels to tell apart, and there are %d", classes);
    }
    this.data = data;
    this.classes = classes;
    this.params = new Params(init, DType.FLOAT32);
    Shape in = data.isText() ? Shape.of(data.vocabulary()) : data.event();
    boolean conv = in.isImage() && Math.min(in.at(1), in.at(2)) >= 16;
    this.net =
        NetSpec.parse(conv ? "conv:16,32" : "mlp:128,64")
            .encoder(params, "classifier", in, classes);
  }

  /** Gives training observations. */
  public interface Rows {
    /**
     * @param rows numbers from 0
     * @return {@code [rows, event…]}
     */
    Tensor read(int[] rows);
  }

  /**
   * Trains it.
   *
   * @param labels of the observations, one each
   * @param progress told the fraction done
   */
  public void train(Rows x, int[] labels, Rng rng, DoubleConsumer progress) {
    int n = labels.length;
    if (Arrays.stream(labels).distinct().count() < 2) {
      throw UserException.of(
          "a classifier needs training observations of at least two labels, and these %d have %d",
          n, Arrays.stream(labels).distinct().count());
    }
    List<Tensor> first = params.trainable().stream().map(Tensor::zerosLike).toList();
    List<Tensor> second = params.trainable().stream().map(Tensor::zerosLike).toList();
    Tensor count = Tensor.zeros();
    int batch = Math.min(BATCH, n);
    int perEpoch = n / batch;
    int steps = Math.min(STEPS, MOST_EPOCHS * perEpoch);
    int[] order = new int[0];
    for (int step = 0; step < steps; step++) {
      if (step % perEpoch == 0) {
        order = rng.permutation(n, step / perEpoch);
      }
      int from = step % perEpoch * batch;
      int[] rows = Arrays.copyOfRange(order, from, from + batch);
      // Towards the end smaller steps, so that the last batches do not decide.
      double rate = step < 0.7 * steps ? RATE : RATE * (1 - (step / (double) steps - 0.7) / 0.3);
      int number = step + 1;
      Scope.run(
          () -> {
            long[] u = Arrays.stream(rows).mapToLong(r -> labels[r]).toArray();
            Tensor loss = logits(x.read(rows)).crossEntropy(Tensor.of(u, u.length)).mean();
            List<Tensor> g = Autograd.grad(loss, params.trainable());
            count.fillInPlace(number);
            Fused.adam(
                params.trainable(), g, first, second, count, rate, 0.9, 0.999, 0, 1e-8, false);
          });
      progress.accept((step + 1.0) / steps);
    }
  }

  private Tensor logits(Tensor x) {
    if (!data.isText()) {
      return net.apply(x.to(DType.FLOAT32));
    }
    int words = data.vocabulary();
    Tensor counts = x.to(DType.INT64).oneHot(words).to(DType.FLOAT32).sum(1);
    return net.apply(counts);
  }

  /** The likeliest label of each observation. */
  public int[] classify(Tensor x) {
    int n = Math.toIntExact(x.size(0));
    int[] r = new int[n];
    for (int from = 0; from < n; from += AT_ONCE) {
      int start = from;
      int some = Math.min(AT_ONCE, n - from);
      Scope.run(
          () -> {
            long[] c = Autograd.off(() -> logits(x.narrow(0, start, some)).argmax(1).toLongs());
            for (int i = 0; i < some; i++) {
              r[start + i] = (int) c[i];
            }
          });
    }
    return r;
  }

  /** Number of labels. */
  public int classes() {
    return classes;
  }

  /** Its parameters by name, to be kept. */
  public Map<String, Tensor> tensors() {
    return new LinkedHashMap<>(params.all());
  }

  /**
   * Takes kept parameters.
   *
   * @return false, and nothing is changed, if they are not this classifier's
   */
  public boolean load(Map<String, Tensor> kept) {
    Map<String, Tensor> mine = params.all();
    List<String> names = new ArrayList<>(mine.keySet());
    if (!kept.keySet().equals(mine.keySet())
        || names.stream().anyMatch(k -> !kept.get(k).shape().equals(mine.get(k).shape()))) {
      return false;
    }
    params.load(kept);
    return true;
  }
}
