package org.javae.models;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.models.unimodal.Vae;

/** A toy: {@code −ELBO + λ Σⱼ |zⱼ|}, codes drawn to be small. This one file is the whole model. */
public final class SparseVae extends Vae {
  static final About ABOUT = new About("toy", "max  ELBO − λ E‖z‖₁", "nobody");

  /** Settings: those of the VAE and λ. */
  public record Config(@JsonUnwrapped Vae.Config vae, double lambda) implements ModelConfig {
    public Config {
      Check.notNegative("lambda", lambda);
    }

    static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 0.1);
    }
  }

  private final Config config;

  public SparseVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    return negativeElbo(d, step, 1).plus("size", config.lambda(), d.z().abs().sumEvent());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
