package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.javae.core.config.Nearest;
import org.javae.core.distribution.Normal;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** How a level's posterior comes out of what was inferred from x and of the level's prior. */
public enum Inference {
  /** The inferred Gaussian as it is (Tomczak and Welling, 2018, section 4). */
  DIRECT,
  /**
   * The normalised product of both Gaussians, {@code σ⁻² = σ̂⁻² + σₚ⁻²}, {@code μ = (μ̂σ̂⁻² +
   * μₚσₚ⁻²) σ²} (Sønderby et al., 2016, Ladder Variational Autoencoders, equations (17) and (18)).
   */
  LADDER,
  /**
   * What was inferred as a change of the prior, {@code N(μₚ + Δμ, (σₚ Δσ)²)} (Vahdat and Kautz,
   * 2020, NVAE, section 3.2).
   */
  RESIDUAL;

  /**
   * q(z_l | x, above).
   *
   * @param prior p(z_l | above)
   * @param inferred from x: μ̂ and ln σ̂, or Δμ and ln Δσ
   */
  public Normal posterior(Normal prior, Normal inferred) {
    return switch (this) {
      case DIRECT -> inferred;
      case LADDER -> {
        Tensor ours = inferred.logScale().times(-2);
        Tensor logPrecision = ours.logAddExp(prior.logScale().times(-2));
        // The share of the precision that is the data's own: it never overflows.
        Tensor share = ours.minus(logPrecision).exp();
        Tensor mean = prior.mean().plus(share.times(inferred.mean().minus(prior.mean())));
        yield new Normal(mean, logPrecision.times(-0.5));
      }
      case RESIDUAL ->
          new Normal(
              prior.mean().plus(inferred.mean()), prior.logScale().plus(inferred.logScale()));
    };
  }

  /**
   * KL(q‖p) of each dimension of a residual posterior, {@code ½[Δμ²/σₚ² + Δσ² − ln Δσ² − 1]}
   * (Vahdat and Kautz, 2020, equation (2)): nothing of the prior's mean is left to cancel.
   *
   * @param delta Δμ and ln Δσ
   */
  public static Tensor residualDivergence(Normal prior, Normal delta) {
    Tensor shift = delta.mean().times(prior.logScale().neg().exp());
    Tensor logVariance = delta.logScale().times(2);
    return shift.square().plus(logVariance.exp()).minus(logVariance).minus(1).times(0.5);
  }

  /**
   * Reads one.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static Inference parse(String text) {
    List<String> names = Arrays.stream(values()).map(Inference::toString).toList();
    int i = names.indexOf(text);
    if (i < 0) {
      throw UserException.usage(
          "unknown inference '%s'; %s", text, Nearest.suggestion(text, names));
    }
    return values()[i];
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
