package org.javae.core.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * One of the blocks an observation is made of: {@code data.event().numel()} consecutive elements of
 * the flat vector, from {@code offset}.
 *
 * @param name what people call it
 * @param offset its first element
 * @param data what the model must know of it alone; has no views of its own
 * @param likelihood of it given the latents, as text, or null: what suits the values
 * @param network that reads and draws it, as text, or null: what suits the shape
 * @param weight of its log-likelihood in an objective, positive
 */
public record View(
    String name, int offset, DataSpec data, String likelihood, String network, double weight) {
  public View {
    if (name == null || name.isBlank() || data == null || offset < 0) {
      throw UserException.of("a view of the data lacks its name, its place or its description");
    }
    if (!data.views().isEmpty()) {
      throw UserException.of("view %s of the data has views of its own", name);
    }
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw UserException.of("view %s has weight %s; a positive number is expected", name, weight);
    }
  }

  /** Elements of an observation it takes. */
  @JsonIgnore
  public int length() {
    return Math.toIntExact(data.event().numel());
  }

  /** This view of flat observations {@code [batch, elements]}: {@code [batch, event…]}. */
  public Tensor of(Tensor x) {
    return x.narrow(1, offset, length()).reshape(data.event().prepend(x.size(0)).toArray());
  }

  /** The likelihood asked for, or what suits the values. */
  @JsonIgnore
  public LikelihoodSpec likelihoodOr() {
    return likelihood == null ? Defaults.likelihood(data) : LikelihoodSpec.parse(likelihood);
  }

  /** The network asked for, or what suits the shape. */
  @JsonIgnore
  public NetSpec networkOr() {
    return network == null ? Defaults.encoder(data) : NetSpec.parse(network);
  }
}
