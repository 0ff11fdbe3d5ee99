package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Absent views drawn from p(x_missing | x_seen) by sampling importance resampling: codes from
 * q(z|x_seen), weighted by {@code w ∝ p(x_seen|z) p(z) / q(z|x_seen)}, so that a rough posterior
 * costs draws, not bias (Mattei and Frellsen, 2019, on single cells; here whole views). The mean is
 * {@code Σ w E[x|z]}, the conditional mean; draws are of p(x|z) at codes chosen by their weights.
 *
 * @param mean {@code [batch, elements]}, of all views
 * @param low lower end of the central 90 % interval of the draws
 * @param high its upper end
 * @param draws {@code [draws, batch, elements]}
 * @param effective Kish's effective number of codes of each observation, {@code 1/Σw²}: few where
 *     q(z|x_seen) misses the true posterior
 */
public record Imputation(Tensor mean, Tensor low, Tensor high, Tensor draws, Tensor effective) {
  /** Codes weighted for each draw asked for. */
  private static final int CODES_A_DRAW = 4;

  /** Elements held at once. */
  private static final long MOST_ELEMENTS = 200_000_000;

  /**
   * Of a batch.
   *
   * @param draws how many, at least 2
   * @throws UserException if the model is of one block, or there are too few or too many draws
   */
  public static Imputation of(Model<?> model, Batch b, int draws, Rng rng) {
    ViewSubsets s = new ViewSubsets(model);
    if (draws < 2) {
      throw UserException.usage("%d draws make no interval; at least 2 are needed", draws);
    }
    for (boolean[] seen : s.there(b)) {
      Multimodal.checkAsked(model, seen);
    }
    int batch = Math.toIntExact(b.size());
    int k = Math.multiplyExact(draws, CODES_A_DRAW);
    if (b.x().numel() * k > MOST_ELEMENTS) {
      throw UserException.of(
          "%d draws of %d observations of %d elements do not fit into memory; ask for fewer draws",
          draws, batch, b.x().numel() / batch);
    }
    return Autograd.off(
        () -> {
          List<Tensor> found = new ArrayList<>();
          // A scope returns one tensor: everything in one block of rows, cut apart after it.
          Tensor all = Scope.run(() -> compute(s, b, draws, k, batch, rng));
          long width = b.x().numel() / batch;
          for (int i = 0; i < 3; i++) {
            found.add(all.narrow(0, i, 1).reshape(batch, width));
          }
          Tensor effective = all.narrow(0, 3, 1).reshape(batch, width).select(1, 0);
          Tensor drawn = all.narrow(0, 4, draws);
          return new Imputation(found.get(0), found.get(1), found.get(2), drawn, effective);
        });
  }

  private static Tensor compute(ViewSubsets s, Batch b, int draws, int k, int batch, Rng rng) {
    LatentVariableModel seeing = s.seeing(b, s.all());
    Tensor x = b.x();
    long width = x.numel() / batch;
    Distribution q = seeing.posterior(x);
    Distribution.Drawn z = q.sampled(rng.split("codes"), k);
    Distribution p = seeing.likelihood(z.value());
    Tensor weights =
        p.logProb(x.repeatBatch(k))
            .plus(Conditional.rows(seeing.prior(), (long) k * batch).logProb(z.value()))
            .minus(z.logProb())
            .to(DType.FLOAT64)
            .reshape(k, batch)
            .softmax(0);
    Tensor effective = weights.square().sum(0).reciprocal();
    Tensor expected = p.mean().to(DType.FLOAT64).reshape(k, batch, width);
    Tensor mean = expected.times(weights.unsqueeze(2)).sum(0);
    // Row i of the choice holds the codes of observation i; code c of it lies at c·batch + i.
    Tensor choice = rng.split("choice").multinomial(weights.t(), draws).t();
    Tensor at =
        choice
            .to(DType.FLOAT64)
            .times(batch)
            .plus(Tensor.arange(batch).to(DType.FLOAT64).unsqueeze(0))
            .to(DType.INT64)
            .reshape(-1);
    Tensor codes = z.value().indexSelect(0, at);
    Tensor drawn =
        seeing
            .likelihood(codes)
            .sample(rng.split("noise"))
            .to(DType.FLOAT64)
            .reshape(draws, batch, width);
    Tensor sorted = drawn.sort(0);
    return Tensor.cat(
        List.of(
            mean.unsqueeze(0),
            quantile(sorted, 0.05).unsqueeze(0),
            quantile(sorted, 0.95).unsqueeze(0),
            effective.unsqueeze(1).expand(batch, width).unsqueeze(0),
            drawn),
        0);
  }

  /** Between the two draws next to it, as the usual definition has it (Hyndman and Fan, type 7). */
  private static Tensor quantile(Tensor sorted, double p) {
    double at = p * (sorted.size(0) - 1);
    long low = (long) Math.floor(at);
    long high = Math.min(low + 1, sorted.size(0) - 1);
    return sorted.select(0, low).lerp(sorted.select(0, high), at - low);
  }
}
