package org.javae.models.density;

import org.javae.core.flow.FlowDistribution;
import org.javae.core.flow.FlowSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Scores;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Masked autoregressive flow (Papamakarios, Pavlakou and Murray, 2017): maximises the exact {@code
 * ln p(x) = ln N(f(x); 0, I) + ln |det ∂f/∂x|} of real vectors, f a stack of masked autoregressive
 * layers ({@code flow=maf:L,W}) or of affine couplings ({@code flow=flow:L,W}, RealNVP). Nats per
 * observation.
 *
 * @see FlowSpec
 */
public final class Maf extends Model<Batch> implements Scores, Generates {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "masked autoregressive flow",
          "max  ln N(f(x); 0, I) + ln |det ∂f/∂x|",
          "Papamakarios, Pavlakou and Murray, 2017, Masked Autoregressive Flow");

  /**
   * Settings.
   *
   * @param flow f
   */
  public record Config(FlowSpec flow) implements ModelConfig {
    /** Five layers, as in the paper. */
    public static Config defaults(DataSpec d) {
      return new Config(FlowSpec.parse("maf:5"));
    }
  }

  private final Config config;
  private final FlowDistribution density;

  public Maf(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    int size = RealVectors.size("maf", data);
    this.density = FlowDistribution.over(config.flow().build(params, "flow", size), params);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    return Loss.zero().plus("nll", logProb(batch.x()).neg());
  }

  @Override
  public Tensor logProb(Tensor x) {
    return density.logProb(x.flatten());
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    Tensor x = Autograd.off(() -> density.sample(rng, n));
    return x.reshape(data().event().prepend(n).toArray());
  }

  /** The inverse of an autoregressive layer finds one element after the other. */
  @Override
  public long samplingSteps() {
    return config.flow().kind().equals("maf") ? config.flow().layers() * data().event().numel() : 1;
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
