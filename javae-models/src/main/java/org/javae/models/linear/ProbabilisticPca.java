package org.javae.models.linear;

import java.util.Arrays;
import java.util.function.Consumer;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Scores;
import org.javae.core.train.Step;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Probabilistic PCA (Tipping and Bishop, 1999): {@code x = Wz + μ + ε, z ~ N(0, I), ε ~ N(0, σ²I)}
 * at its maximum likelihood {@code W = U(Λ − σ²I)^½}, σ² the mean of the discarded eigenvalues
 * (their equations (14), (15)). As WᵀW is diagonal the exact posterior is too: {@code z|x ~
 * N(Λ⁻¹Wᵀ(x − μ), σ²Λ⁻¹)}, so its ELBO equals ln p(x) and it anchors every estimator. Float64, nats
 * per observation.
 */
public final class ProbabilisticPca extends Model<Batch>
    implements ClosedForm, LatentVariableModel, Scores {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "probabilistic PCA",
          "max  ln N(x; μ, W Wᵀ + σ² I)",
          "Tipping and Bishop, 1999, equations (14), (15)");

  private final LinearAutoencoder.Config config;
  private final Principal principal;
  private final Normal prior;

  public ProbabilisticPca(DataSpec data, Params params, LinearAutoencoder.Config config) {
    super(data, params);
    this.config = config;
    this.principal = new Principal(data, params, config.latent());
    Tensor zeros = params.constant(Tensor.zeros(DType.FLOAT64, 1, config.latent()));
    this.prior = new Normal(zeros, zeros);
    if (config.latent() >= data.event().numel()) {
      throw UserException.usage(
          "latent=%d leaves no dimension for the noise of probabilistic PCA; choose fewer than %d",
          config.latent(), data.event().numel());
    }
  }

  @Override
  public void fit(Consumer<Consumer<Tensor>> pass) {
    principal.fit(pass);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("probabilistic PCA is fitted in closed form");
  }

  /** λ of the kept components, {@code [1, latent]}, none below σ². */
  private Tensor kept() {
    Tensor largest = principal.eigenvalues().narrow(0, 0, config.latent()).unsqueeze(0);
    return largest.clamp(noiseVariance(), Double.MAX_VALUE);
  }

  /** σ², the mean of the discarded eigenvalues, at least 1e-9 of the largest. */
  public double noiseVariance() {
    long q = config.latent();
    double[] e = principal.eigenvalues().toDoubles();
    // Of exactly low-rank data rounding leaves eigenvalues that are tiny or negative, in the data's
    // own units.
    double floor = Math.max(Double.MIN_NORMAL, 1e-9 * e[0]);
    return Math.max(floor, Arrays.stream(e).skip(q).average().orElseThrow());
  }

  private Tensor loadings() {
    return kept().minus(noiseVariance()).sqrt();
  }

  @Override
  public Normal posterior(Tensor x) {
    Tensor mean = principal.project(x).times(loadings()).div(kept());
    Tensor logScale = kept().log().neg().plus(Math.log(noiseVariance())).times(0.5);
    return new Normal(mean, logScale.expand(x.size(0), -1));
  }

  @Override
  public Normal prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    long[] ones = new long[data().event().rank() + 1];
    Arrays.fill(ones, 1);
    Tensor mean = principal.expand(z.to(DType.FLOAT64).times(loadings()));
    return new Normal(
        mean, Tensor.zeros(DType.FLOAT64, ones).plus(0.5 * Math.log(noiseVariance())));
  }

  @Override
  public Tensor logProb(Tensor x) {
    double s2 = noiseVariance();
    long d = principal.elements();
    long q = config.latent();
    Tensor y2 = principal.project(x).square();
    Tensor rest = principal.centred(x).square().sum(1).minus(y2.sum(1));
    double logDet = kept().log().sum().item() + (d - q) * Math.log(s2);
    return y2.div(kept())
        .sum(1)
        .plus(rest.div(s2))
        .plus(d * Math.log(2 * Math.PI) + logDet)
        .times(-0.5);
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
