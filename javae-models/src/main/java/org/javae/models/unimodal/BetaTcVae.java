package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.divergence.TotalCorrelation;
import org.javae.core.divergence.TotalCorrelation.Aggregate;
import org.javae.core.divergence.TotalCorrelation.Estimator;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * β-TC-VAE (Chen et al., 2018, equation (4)): the average KL term taken apart into mutual
 * information, total correlation and the dimensions' own divergences, each with its weight,
 *
 * <pre>min E[−ln p(x|z)] + α I(z; n) + β KL(q(z) ‖ Πⱼ q(zⱼ)) + γ Σⱼ KL(q(zⱼ) ‖ p(zⱼ)).</pre>
 *
 * <p>The three sum to the KL term, so the last is the KL term less the others, and what is computed
 * is {@code γ KL + (α − γ) I + (β − γ) TC}: for α = β = γ = 1 exactly the VAE, for any prior. I and
 * TC are the averages of ln q(z|x) − ln q(z) and ln q(z) − Σⱼ ln q(zⱼ) at samples z, with q(z)
 * estimated from the batch ({@link TotalCorrelation}). The authors' code samples the last part too,
 * which has the same expectation.
 */
public final class BetaTcVae extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "β-TC-VAE",
          "max  E[ln p(x|z)] − α I(z; n) − β TC(z) − γ Σⱼ KL(q(zⱼ) ‖ p(zⱼ))",
          "Chen et al., 2018, Isolating Sources of Disentanglement, equation (4)");

  private static final List<String> ESTIMATORS = List.of("weighted", "stratified");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param alpha α, weight of the mutual information
   * @param beta β, weight of the total correlation
   * @param gamma γ, weight of the dimensions' own divergences
   * @param estimator of q(z): {@code weighted} or {@code stratified}
   */
  public record Config(
      @JsonUnwrapped Vae.Config vae, double alpha, double beta, double gamma, String estimator)
      implements ModelConfig {
    public Config {
      Check.notNegative("alpha", alpha);
      Check.notNegative("beta", beta);
      Check.notNegative("gamma", gamma);
      Check.oneOf("estimator", estimator, ESTIMATORS);
      vae.posterior()
          .requireDiagonal("beta-tc-vae estimates the codes' density one dimension at a time");
    }

    /**
     * What suits the data, with the paper's α = γ = 1 and β = 6; stratified, as the weighted
     * estimate reports a total correlation that is too large by about (latent − 1) ln N.
     */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 1, 6, 1, "stratified");
    }
  }

  private final Config config;
  private final Estimator estimator;

  public BetaTcVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
    this.estimator = Estimator.values()[ESTIMATORS.indexOf(config.estimator())];
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor z = d.first();
    Aggregate a = TotalCorrelation.estimate(d.normal(), z, data().rows(), estimator);
    double w = config.vae().schedule().at(step);
    return negativeElbo(d, step, config.gamma())
        .plus(
            "mutual_information",
            w * (config.alpha() - config.gamma()),
            d.q().logProb(z).minus(a.joint()))
        .plus("total_correlation", w * (config.beta() - config.gamma()), a.totalCorrelation());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
