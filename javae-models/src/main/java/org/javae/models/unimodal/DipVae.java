package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.model.About;
import org.javae.core.model.BatchCoupled;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * DIP-VAE (Kumar et al., 2018, equations (6) and (7)): maximises {@code ELBO − λ_od Σ_{i≠j} Cᵢⱼ² −
 * λ_d Σᵢ (Cᵢᵢ − 1)²}, which is zero where C is the identity. In DIP-VAE-I, C is the covariance of
 * the posterior means over the data, in II that of the codes, {@code Cov μ(x) + E diag σ²(x)};
 * either is estimated from the batch.
 */
public final class DipVae extends Vae implements BatchCoupled {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "DIP-VAE I and II",
          "max  ELBO − λ_od Σ_{i≠j} Cᵢⱼ² − λ_d Σᵢ (Cᵢᵢ − 1)²",
          "Kumar et al., 2018, Disentangled Inferred Prior VAE, equations (6) and (7)");

  private static final List<String> KINDS = List.of("i", "ii");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param lambda_od λ_od, weight off the diagonal
   * @param lambda_d λ_d, weight on it
   * @param dip {@code i} or {@code ii}
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double lambda_od, double lambda_d, String dip)
      implements ModelConfig {
    public Config {
      Check.notNegative("lambda_od", lambda_od);
      Check.notNegative("lambda_d", lambda_d);
      Check.oneOf("dip", dip, KINDS);
      vae.posterior().requireDiagonal("dip-vae needs the posterior's variances in closed form");
    }

    /** What suits the data, with λ_od = λ_d = 10 and the codes' covariance. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 10, 10, "ii");
    }
  }

  private final Config config;

  public DipVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor c = covariance(d.normal().mean());
    if (config.dip().equals("ii")) {
      c = c.plus(d.normal().scale().square().mean(0).diag());
    }
    Tensor penalty = penalty(c, config.lambda_od(), config.lambda_d());
    return negativeElbo(d, step, 1).plus("covariance", penalty.expand(d.x().size(0)));
  }

  /** Of the rows, divided by their number: {@code [d, d]}. */
  private static Tensor covariance(Tensor rows) {
    Tensor centred = rows.minus(rows.mean(0));
    return centred.t().matmul(centred).div(rows.size(0));
  }

  /** {@code λ_od Σ_{i≠j} Cᵢⱼ² + λ_d Σᵢ (Cᵢᵢ − 1)²}: a scalar. */
  static Tensor penalty(Tensor c, double off, double on) {
    Tensor diagonal = c.diag();
    Tensor rest = c.square().sum().minus(diagonal.square().sum());
    return rest.times(off).plus(diagonal.minus(1).square().sum().times(on));
  }

  @Override
  public List<String> coupledTerms() {
    return List.of("covariance");
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
