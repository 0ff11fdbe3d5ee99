package org.javae.core.model;

import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.distribution.Distribution;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A model whose codes are entries of codebooks: whole numbers 0 … K − 1, held as floating point so
 * that whatever writes and reads codes works on them. As each observation has one code k(x), q(k|x)
 * is a point mass, its divergence from the prior is −ln p(k(x)), and {@code ln p(x) ≥ ln p(k(x)) +
 * ln p(x|k(x))}. The terms {@code nll} and {@code kl} of its loss are the two parts of that bound,
 * and the loss gathers how often each entry was chosen under names that end in {@link #COUNTS}.
 */
public interface DiscreteCodes extends Encodes, Decodes, Generates {
  /** End of the names of gathered counts, {@code [1, K]} each. */
  String COUNTS = ".counts";

  /** K for each of the {@link #latent} codes. */
  List<Integer> sizes();

  /** p(x given codes): batch of the codes {@code [batch, latent]}, event of x. */
  Distribution likelihood(Tensor codes);

  /** ln p(codes) in nats, {@code [batch]}. */
  Tensor logPrior(Tensor codes);

  /**
   * Codes drawn from the prior: {@code [n, latent]}.
   *
   * @param progress told the fraction done
   */
  Tensor draw(int n, Rng rng, DoubleConsumer progress);

  @Override
  default Tensor decode(Tensor codes) {
    return likelihood(codes).mean();
  }

  @Override
  default Tensor generate(int n, Rng rng) {
    return generate(n, rng, done -> {});
  }

  @Override
  default Tensor generate(int n, Rng rng, DoubleConsumer progress) {
    return decode(draw(n, rng, progress));
  }

  /** The prior finds one code after the other. */
  @Override
  default long samplingSteps() {
    return latent();
  }

  /**
   * Codes as int64.
   *
   * @throws UserException if one is not an entry of its codebook
   */
  default Tensor checked(Tensor codes) {
    List<Integer> sizes = sizes();
    double[] v = codes.toDoubles();
    for (int i = 0; i < v.length; i++) {
      int k = sizes.get(i % sizes.size());
      if (!(v[i] >= 0 && v[i] < k) || v[i] != Math.rint(v[i])) {
        throw UserException.of(
            "z%d is %s, but a code of this model is a whole number from 0 to %d: there is nothing between or beyond the"
                + " entries of a codebook; give it codes as 'javae encode' writes them",
            i % sizes.size(), v[i], k - 1);
      }
    }
    return codes.to(DType.INT64);
  }
}
