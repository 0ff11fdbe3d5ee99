package org.javae.models.density;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.flow.Affine;
import org.javae.core.flow.Made;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Scores;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * MADE (Germain et al., 2015): {@code p(x) = Πᵢ p(xᵢ | x before i)}, all conditionals from one pass
 * of a masked perceptron: Bernoulli for zeros and ones, else Gaussian with mean and scale. With
 * several orders a training step takes the next one, and the density is the mean of all ({@code
 * masks} M, section 4): {@code p(x) = 1/M Σₘ pₘ(x)}. Nats per observation; validation takes the
 * natural order, which is cheap and on average an upper bound of −ln p.
 *
 * @see Made
 */
public final class MadeModel extends Model<Batch> implements Scores, Generates {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "masked autoencoder for distribution estimation",
          "max  Σᵢ ln p(xᵢ | x₁ … xᵢ₋₁)",
          "Germain, Gregor, Murray and Larochelle, 2015, MADE");

  /**
   * Settings.
   *
   * @param network a perceptron, whose weights are masked
   * @param masks M, orders of the elements
   */
  public record Config(NetSpec network, int masks) implements ModelConfig {
    public Config {
      Check.positive("masks", masks);
      if (!network.kind().equals("mlp")) {
        throw UserException.usage(
            "network is '%s', but made masks the weights of a perceptron; write mlp:W,W…", network);
      }
    }

    /** A wide hidden layer for images, two small ones for anything else. */
    public static Config defaults(DataSpec d) {
      return new Config(NetSpec.parse(d.event().isImage() ? "mlp:2000" : "mlp:128,128"), 1);
    }
  }

  private final Config config;
  private final int size;
  private final Made made;

  public MadeModel(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.size = RealVectors.size("made", data);
    NetSpec net = config.network();
    int numbers = data.binary() ? 1 : 2;
    this.made =
        new Made(params, "made", size, net.widths(), numbers, net.activation(), config.masks());
  }

  /** All conditionals of {@code [batch, D]} in an order. */
  private Distribution conditionals(Tensor x, int order) {
    Tensor out = made.apply(x, order);
    if (data().binary()) {
      return new Bernoulli(out);
    }
    Affine a = Affine.of(out);
    return new Normal(a.shift(), a.logScale());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    int order = step.training() ? (int) (step.index() % made.orders()) : 0;
    Tensor x = batch.x().flatten();
    return Loss.zero().plus("nll", conditionals(x, order).logProb(x).neg());
  }

  @Override
  public Tensor logProb(Tensor x) {
    Tensor flat = x.flatten();
    List<Tensor> each = new ArrayList<>();
    for (int m = 0; m < made.orders(); m++) {
      each.add(conditionals(flat, m).logProb(flat));
    }
    return Tensor.stack(each, 0).logSumExp(0).minus(Math.log(made.orders()));
  }

  @Override
  public boolean discrete() {
    return data().binary();
  }

  @Override
  public long samplingSteps() {
    return size;
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    return generate(n, rng, done -> {});
  }

  @Override
  public Tensor generate(int n, Rng rng, DoubleConsumer progress) {
    int[] counts = new int[made.orders()];
    for (long m : rng.multinomial(Tensor.ones(1, counts.length), n).toLongs()) {
      counts[(int) m]++;
    }
    List<Tensor> parts = new ArrayList<>();
    for (int m = 0; m < counts.length; m++) {
      double before = (double) m / counts.length;
      if (counts[m] > 0) {
        parts.add(draw(counts[m], m, rng, f -> progress.accept(before + f / counts.length)));
      }
    }
    progress.accept(1);
    return Tensor.cat(parts, 0).reshape(data().event().prepend(n).toArray());
  }

  /** Element by element. */
  private Tensor draw(int n, int order, Rng rng, DoubleConsumer progress) {
    double[] x = new double[n * size];
    int done = 0;
    for (int i : made.elements(order)) {
      double[] drawn =
          Scope.run(
              () -> {
                Tensor known = Tensor.of(x, n, size).to(params().type());
                return Autograd.off(
                    () -> conditionals(known, order).sample(rng).select(1, i).toDoubles());
              });
      for (int k = 0; k < n; k++) {
        x[k * size + i] = drawn[k];
      }
      progress.accept((double) ++done / size);
    }
    return Tensor.of(x, n, size).to(params().type());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
