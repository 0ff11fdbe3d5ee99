package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Regularised autoencoder (Ghosh et al., 2020, equations (8)–(11)): minimises {@code ‖x − D(E(x))‖²
 * + β ½‖E(x)‖² + λ R}, where R keeps the decoder smooth in place of a VAE's noise: {@code l2},
 * {@code ‖θ_D‖²} of the decoder's parameters, or {@code gp}, the squared Frobenius norm of the
 * decoder's Jacobian at the code, {@code ‖∂D/∂z‖²}, estimated without bias by {@code ‖vᵀ ∂D/∂z‖²}
 * with one random sign vector v (Hutchinson, 1989).
 *
 * <p>There is no prior. New codes are drawn from the Gaussian with the mean and covariance of the
 * codes seen in training, kept as running averages (the paper fits one afterwards).
 */
public final class Rae extends Autoencoder implements Generates {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "regularised autoencoder",
          "min  ‖x − D(E(x))‖² + β ½‖E(x)‖² + λ R(D)",
          "Ghosh et al., 2020, From Variational to Deterministic Autoencoders, equation (11)");

  private static final List<String> PENALTIES = List.of("l2", "gp");

  /** The share of one batch in the running averages, once there have been more than its inverse. */
  private static final double SHARE = 0.01;

  /**
   * Settings: those of {@link Autoencoder.Config} and
   *
   * @param beta β
   * @param lambda λ
   * @param penalty R: {@code l2} or {@code gp}
   */
  public record Config(
      @JsonUnwrapped Autoencoder.Config ae, double beta, double lambda, String penalty)
      implements ModelConfig {
    public Config {
      Check.notNegative("beta", beta);
      Check.notNegative("lambda", lambda);
      Check.oneOf("penalty", penalty, PENALTIES);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(Autoencoder.Config.defaults(d), 0.1, 1e-3, "l2");
    }
  }

  private final Config config;
  private final Tensor mean;
  private final Tensor second;

  public Rae(DataSpec data, Params params, Config config) {
    super(data, params, config.ae());
    this.config = config;
    this.mean = params.buffer("codes.mean", Tensor.zeros(1, latent()));
    this.second = params.buffer("codes.second_moment", Tensor.eye(latent()));
  }

  @Override
  protected Loss objective(Loss squaredError, Tensor z, Step step) {
    if (step.training()) {
      follow(z.detach(), step);
    }
    Tensor smooth = config.penalty().equals("gp") ? jacobian(z, step.rng()) : weights();
    return squaredError
        .plus("norm", config.beta(), z.square().sum(1).times(0.5))
        .plus("penalty", config.lambda(), smooth.expand(z.size(0)));
  }

  /** ‖θ_D‖². */
  private Tensor weights() {
    return params().all().entrySet().stream()
        .filter(e -> e.getKey().startsWith("decoder."))
        .map(e -> e.getValue().square().sum())
        .reduce(Tensor::plus)
        .orElseThrow();
  }

  /** ‖vᵀ ∂D/∂z‖² of each code: differentiable again, and wanted when evaluating too. */
  private Tensor jacobian(Tensor z, Rng rng) {
    return Autograd.on(
        () -> {
          Tensor at = z.requiresGrad() ? z : z.detach().requireGrad();
          Tensor x = decode(at);
          Tensor v = rng.bernoulli(Tensor.zerosLike(x).plus(0.5)).times(2).minus(1);
          return Autograd.grad(x.times(v).sum(), List.of(at), true).get(0).square().sum(1);
        });
  }

  private void follow(Tensor z, Step step) {
    double share = Math.max(SHARE, 1.0 / (step.index() + 1));
    mean.lerpInPlace(z.mean(0).unsqueeze(0), share);
    second.lerpInPlace(z.t().matmul(z).div(z.size(0)), share);
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    Tensor covariance = second.minus(mean.t().matmul(mean));
    // A dimension that codes do not use has no variance; rounding must not make it negative.
    Tensor floor = Tensor.eye(latent()).to(mean.dtype()).times(1e-6);
    Tensor z = rng.normal(mean.dtype(), n, latent());
    return decode(z.matmul(covariance.plus(floor).cholesky().t()).plus(mean));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
