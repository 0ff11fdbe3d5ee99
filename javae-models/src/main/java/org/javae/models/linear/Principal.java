package org.javae.models.linear;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Mean, eigenvalues and eigenvectors of the covariance, in float64: shared by PCA and probabilistic
 * PCA.
 */
final class Principal {
  private final DataSpec data;
  private final Tensor mean;
  private final Tensor eigenvalues;
  private final Tensor components;

  Principal(DataSpec data, Params params, int latent) {
    long d = data.event().numel();
    Check.atMost("latent", latent, d);
    this.data = data;
    this.mean = params.buffer("mean", Tensor.zeros(DType.FLOAT64, 1, d));
    this.eigenvalues = params.buffer("eigenvalues", Tensor.zeros(DType.FLOAT64, d));
    this.components = params.buffer("components", Tensor.zeros(DType.FLOAT64, latent, d));
  }

  void fit(Consumer<Consumer<Tensor>> pass) {
    Scope.run(
        () -> {
          long d = mean.numel();
          long[] n = {0};
          // Two passes: subtracting the mean first keeps the digits that Σxxᵀ − nμμᵀ would cancel.
          mean.fillInPlace(0);
          pass.accept(
              x -> {
                mean.addInPlace(x.flatten().to(DType.FLOAT64).sum(0).unsqueeze(0), 1);
                n[0] += x.size(0);
              });
          mean.scaleInPlace(1.0 / n[0]);
          Tensor covariance = Tensor.zeros(DType.FLOAT64, d, d);
          pass.accept(
              x -> {
                Tensor c = centred(x);
                covariance.addInPlace(c.t().matmul(c), 1.0 / n[0]);
              });
          List<Tensor> e = covariance.eigh();
          Tensor descending =
              Tensor.indices(IntStream.range(0, (int) d).map(i -> (int) d - 1 - i).toArray());
          eigenvalues.copyFromInPlace(e.get(0).indexSelect(0, descending));
          Tensor u = e.get(1).indexSelect(1, descending).t().narrow(0, 0, components.size(0));
          // Eigenvectors are free in sign: the largest element is made positive.
          Tensor largest = u.gather(1, u.abs().argmax(1).unsqueeze(1));
          components.copyFromInPlace(u.times(largest.sign()));
        });
  }

  Tensor centred(Tensor x) {
    return x.flatten().to(DType.FLOAT64).minus(mean);
  }

  Tensor project(Tensor x) {
    return centred(x).matmul(components.t());
  }

  Tensor expand(Tensor z) {
    return shaped(z.to(DType.FLOAT64).matmul(components).plus(mean));
  }

  Tensor shaped(Tensor flat) {
    return flat.reshape(data.event().prepend(flat.size(0)).toArray());
  }

  Tensor eigenvalues() {
    return eigenvalues;
  }

  /** Uᵀ, the first eigenvectors as rows. */
  Tensor components() {
    return components;
  }

  long elements() {
    return mean.numel();
  }
}
