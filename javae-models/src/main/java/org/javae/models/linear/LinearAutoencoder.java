package org.javae.models.linear;

import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Defaults;
import org.javae.core.model.Encodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Symmetric linear autoencoder: minimises {@code ‖(x − b) − W Wᵀ(x − b)‖²} over W [elements,
 * latent] and b (equation (1) of the lecture without the constraint, which its minimiser fulfils by
 * itself: Baldi and Hornik, 1989). At the optimum W spans the first principal components and the
 * loss is the sum of the discarded eigenvalues.
 */
public final class LinearAutoencoder extends Model<Batch> implements Encodes, Decodes {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "linear autoencoder",
          "min  ‖x − W Wᵀ x‖²",
          "Baldi and Hornik, 1989; Bengio et al., 2006");

  /**
   * Settings.
   *
   * @param latent columns of W
   */
  public record Config(int latent) implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(Defaults.latent(d));
    }
  }

  private final Config config;
  private final Tensor w;
  private final Tensor b;

  public LinearAutoencoder(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    long d = data.event().numel();
    Check.atMost("latent", config.latent(), d);
    this.w = params.glorot("weight", 1, d, config.latent(), d, config.latent());
    this.b = params.parameter("offset", Tensor.zeros(1, d));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    return Loss.zero().plus("squared_error", decode(encode(x)).minus(x).square().sumEvent());
  }

  @Override
  public Tensor encode(Tensor x) {
    return x.flatten().minus(b).matmul(w);
  }

  @Override
  public Tensor decode(Tensor z) {
    return z.matmul(w.t()).plus(b).reshape(data().event().prepend(z.size(0)).toArray());
  }

  @Override
  public int latent() {
    return config.latent();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
