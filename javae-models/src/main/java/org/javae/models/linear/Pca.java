package org.javae.models.linear;

import java.util.function.Consumer;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Principal component analysis (Pearson, 1901; Hotelling, 1933): codes {@code z = Uᵀ(x − μ)},
 * reconstruction {@code Uz + μ}, U the first eigenvectors of the covariance; the mean squared error
 * is the sum of the discarded eigenvalues.
 */
public final class Pca extends Model<Batch> implements ClosedForm, Encodes, Decodes {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "principal component analysis",
          "min  ‖x − U Uᵀ x‖²,  Uᵀ U = I",
          "Pearson, 1901; Hotelling, 1933");

  private final LinearAutoencoder.Config config;
  private final Principal principal;

  public Pca(DataSpec data, Params params, LinearAutoencoder.Config config) {
    super(data, params);
    this.config = config;
    this.principal = new Principal(data, params, config.latent());
  }

  @Override
  public void fit(Consumer<Consumer<Tensor>> pass) {
    principal.fit(pass);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("PCA is fitted in closed form");
  }

  @Override
  public Tensor encode(Tensor x) {
    return principal.project(x);
  }

  @Override
  public Tensor decode(Tensor z) {
    return principal.expand(z);
  }

  /** All eigenvalues of the covariance (divisor N), descending, float64. */
  public Tensor eigenvalues() {
    return principal.eigenvalues();
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
