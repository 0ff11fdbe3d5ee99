package org.javae.core.model;

import org.javae.core.distribution.Distribution;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A model of {@code p(x given u) = ∫ p(z given u) p(x given z, u) dz} with the covariate u a label.
 * For given labels it is an ordinary latent-variable model, so every estimator works on it.
 */
public interface Conditional {
  /**
   * The model for observations with these labels.
   *
   * @param labels int64 {@code [batch]}; distributions of a batch k·batch repeat them as samples
   *     are laid out (draw j of row i at row {@code j·batch + i})
   */
  LatentVariableModel given(Tensor labels);

  /** Dimensions of z, the same for every label. */
  int latent();

  /** The number of labels, which are 0 … classes − 1. */
  int classes();

  /**
   * The latent-variable model behind any model, for a batch: the model itself, the conditional one
   * given the batch's labels, the multimodal one of the views that are there, or null if it is
   * none.
   *
   * @throws UserException if a conditional model gets a batch without labels
   */
  static LatentVariableModel view(Model<?> model, Batch batch) {
    if (model instanceof Conditional c) {
      if (batch.labels() == null) {
        throw UserException.of(
            "a conditional model needs a label for every observation, and these data have none; name the column with --set"
                + " label=COLUMN, or use a model without labels such as vae");
      }
      return c.given(batch.labels());
    }
    if (model instanceof Multimodal m && batch.present() != null) {
      return m.given(batch.x(), batch.present());
    }
    return model instanceof LatentVariableModel m ? m : null;
  }

  /** A distribution for {@code rows} rows: repeated unless it broadcasts or already fits. */
  static Distribution rows(Distribution d, long rows) {
    long batch = d.shape().at(0);
    return batch == 1 || batch == rows ? d : d.repeat(Math.toIntExact(rows / batch));
  }
}
