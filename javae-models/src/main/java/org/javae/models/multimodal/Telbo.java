package org.javae.models.multimodal;

import java.util.List;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * The triple ELBO (Vedantam, Fischer, Huang and Murphy, 2018): a joint encoder and one of each
 * view, each trained by the ELBO of what it reads, {@code max ELBO(X) + Σₘ ELBO(xₘ)}, three for two
 * views. With more of them random subsets join, through the joint encoder. All terms train encoders
 * and decoders at once.
 */
public final class Telbo extends JointVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "triple ELBO",
          "max  ELBO(x₁, x₂; q(z|x₁, x₂)) + ELBO(x₁; q₁(z|x₁)) + ELBO(x₂; q₂(z|x₂))",
          "Vedantam, Fischer, Huang and Murphy, 2018, Generative Models of Visually Grounded Imagination");

  private final JointVae.Config config;

  public Telbo(DataSpec data, Params params, JointVae.Config config) {
    super(data, params, config, 0);
    this.config = config;
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    List<Tensor> f = features(s);
    return elbos(s, subset -> posterior(s, f, subset), config.subsets(), step);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
