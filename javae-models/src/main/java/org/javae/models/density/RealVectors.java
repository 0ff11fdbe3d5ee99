package org.javae.models.density;

import org.javae.core.data.Dataset.Column;
import org.javae.core.model.DataSpec;
import org.javae.tensor.UserException;

/** What densities of real vectors need of their data. */
final class RealVectors {
  private RealVectors() {}

  /**
   * Elements of an observation.
   *
   * @throws UserException if a column has categories, of which there is no density
   */
  static int size(String model, DataSpec data) {
    for (Column c : data.columns()) {
      if (c.kind() == Column.Kind.CATEGORICAL) {
        throw UserException.of(
            "model %s is a density of real numbers, but column '%s' has categories; leave it out with --set exclude=…",
            model, c.name());
      }
    }
    return Math.toIntExact(data.event().numel());
  }
}
