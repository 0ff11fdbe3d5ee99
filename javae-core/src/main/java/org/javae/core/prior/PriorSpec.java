package org.javae.core.prior;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.javae.core.config.Nearest;
import org.javae.core.distribution.Normal;
import org.javae.core.flow.FlowDistribution;
import org.javae.core.flow.FlowSpec;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * p(z), written as text, for every model with a Gaussian posterior (those made of posteriors: with
 * a diagonal one):
 *
 * <ul>
 *   <li>{@code standard}: N(0, I)
 *   <li>{@code learned}: a Gaussian with learned mean and scale
 *   <li>{@code mixture:K}: K learned Gaussians (default 10)
 *   <li>{@code vamp:K}: posteriors at K learned pseudo-inputs (default 500)
 *   <li>{@code exemplar:N}: equal Gaussians at the codes of N training rows (default 5000)
 *   <li>{@code aggregate:N}: posteriors at N training rows (default 5000)
 *   <li>{@code flow:L,W}, {@code maf:L,W}: a normalising flow of L layers over N(0, I) ({@link
 *       FlowSpec}; Chen et al., 2017, Variational Lossy Autoencoder)
 *   <li>{@code implicit:W}: the aggregated posterior by a density-ratio network of width W (default
 *       256)
 * </ul>
 */
public final class PriorSpec {
  private static final Map<String, Integer> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("standard", null);
    DEFAULTS.put("learned", null);
    DEFAULTS.put("mixture", 10);
    DEFAULTS.put("vamp", 500);
    DEFAULTS.put("exemplar", 5000);
    DEFAULTS.put("aggregate", 5000);
    DEFAULTS.put("implicit", 256);
    DEFAULTS.put("flow", 4);
    DEFAULTS.put("maf", 4);
  }

  /** N(0, I). */
  public static final PriorSpec STANDARD = new PriorSpec("standard", null, null);

  private final String kind;
  private final Integer size;
  private final FlowSpec flow;

  private PriorSpec(String kind, Integer size, FlowSpec flow) {
    this.kind = kind;
    this.size = size;
    this.flow = flow;
  }

  /**
   * Reads a prior.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static PriorSpec parse(String text) {
    String[] p = text.strip().split(":", 2);
    if (!DEFAULTS.containsKey(p[0])) {
      throw UserException.usage(
          "unknown prior '%s'; %s", text, Nearest.suggestion(p[0], DEFAULTS.keySet()));
    }
    Integer size = DEFAULTS.get(p[0]);
    if (p[0].equals("flow") || p[0].equals("maf")) {
      return new PriorSpec(p[0], null, FlowSpec.parse(p.length == 2 ? text : p[0] + ":" + size));
    }
    if (p.length == 2) {
      if (size == null) {
        throw UserException.usage("prior '%s' takes no number", text);
      }
      try {
        size = Integer.valueOf(p[1]);
      } catch (NumberFormatException e) {
        throw UserException.usage("prior '%s': '%s' is not a whole number", text, p[1]);
      }
      if (size < 1) {
        throw UserException.usage("prior '%s': '%s' must be 1 or more", text, p[1]);
      }
    }
    return new PriorSpec(p[0], size, null);
  }

  /** Its name without numbers. */
  public String kind() {
    return kind;
  }

  /** Whether it is made of the encoder's posteriors, which must be diagonal Gaussians then. */
  public boolean ofPosteriors() {
    return List.of("vamp", "exemplar", "aggregate", "implicit").contains(kind);
  }

  /**
   * The prior over {@code [latent]}.
   *
   * @param posterior q(z given x), for priors made of posteriors
   * @throws UserException if the data have fewer rows than it needs
   */
  public Prior build(DataSpec data, Params params, int latent, Function<Tensor, Normal> posterior) {
    return switch (kind) {
      case "learned" -> new LearnedPrior(params, latent);
      case "mixture" -> new MixturePrior(params, latent, size);
      case "vamp" -> new VampPrior(data, params, size, posterior);
      case "exemplar" -> new ExemplarPrior(data, params, latent, size, false, posterior);
      case "aggregate" -> new ExemplarPrior(data, params, latent, size, true, posterior);
      case "implicit" -> new ImplicitPrior(params, latent, size, posterior);
      case "flow", "maf" -> {
        FlowDistribution d = FlowDistribution.over(flow.build(params, "prior", latent), params);
        yield () -> d;
      }
      default -> new StandardPrior(params, latent);
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return flow != null ? flow.toString() : size == null ? kind : kind + ":" + size;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof PriorSpec s && s.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
