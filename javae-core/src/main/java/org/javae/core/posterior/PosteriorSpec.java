package org.javae.core.posterior;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.javae.core.config.NumberedKind;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.flow.Composition;
import org.javae.core.flow.Flow;
import org.javae.core.flow.InverseAutoregressive;
import org.javae.core.flow.Made;
import org.javae.core.flow.Permutation;
import org.javae.core.flow.Planar;
import org.javae.core.flow.Radial;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * q(z|x), written as text:
 *
 * <ul>
 *   <li>{@code diagonal}: N(μ, diag σ²)
 *   <li>{@code full}: N(μ, L Lᵀ), L lower triangular
 *   <li>{@code planar:K}: K {@link Planar} steps after N(μ, diag σ²) (default 10)
 *   <li>{@code radial:K}: K {@link Radial} steps (default 10)
 *   <li>{@code iaf:K}, {@code iaf:K,W}: K {@link InverseAutoregressive} steps with the order of the
 *       elements reversed between them, whose networks have two hidden layers of width W and read W
 *       numbers of context from the encoder (defaults 2 and 128)
 * </ul>
 *
 * All numbers come from the encoder, but for the weights of the networks of {@code iaf}, which are
 * common to all observations.
 */
public final class PosteriorSpec {
  private static final int MOST_STEPS = 1 << 10;
  private static final int MOST_WIDTH = 1 << 16;
  private static final Map<String, double[]> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("diagonal", new double[0]);
    DEFAULTS.put("full", new double[0]);
    DEFAULTS.put("planar", new double[] {10});
    DEFAULTS.put("radial", new double[] {10});
    DEFAULTS.put("iaf", new double[] {2, 128});
  }

  /** N(μ, diag σ²). */
  public static final PosteriorSpec DIAGONAL = parse("diagonal");

  private final NumberedKind text;

  private PosteriorSpec(NumberedKind text) {
    this.text = text;
  }

  /**
   * Reads a posterior.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static PosteriorSpec parse(String text) {
    NumberedKind k = NumberedKind.parse("posterior", text, DEFAULTS);
    for (int i = 0; i < k.numbers().length; i++) {
      double n = k.numbers()[i];
      int most = i == 0 ? MOST_STEPS : MOST_WIDTH;
      if (!(n >= 1 && n <= most && n == Math.rint(n))) {
        throw UserException.usage(
            "posterior '%s': its %s must be a whole number between 1 and %d",
            text, i == 0 ? "number of steps" : "width", most);
      }
    }
    return new PosteriorSpec(k);
  }

  /** Its name without numbers. */
  public String kind() {
    return text.kind();
  }

  /** Whether q is a Gaussian with independent dimensions. */
  public boolean diagonal() {
    return kind().equals("diagonal");
  }

  /**
   * Refuses anything but {@code diagonal}.
   *
   * @param because what needs independent dimensions, the sentence's first half
   * @throws UserException if this is another posterior
   */
  public void requireDiagonal(String because) {
    if (!diagonal()) {
      throw UserException.usage("%s, but posterior is %s; use posterior=diagonal", because, this);
    }
  }

  /**
   * The family over {@code [latent]}.
   *
   * @param name under which parameters are registered, that of the encoder
   */
  public Posterior build(Params params, String name, int latent) {
    return switch (kind()) {
      case "full" -> full(params, latent);
      case "planar" -> {
        int each = 2 * latent + 1;
        yield flow(
            latent,
            steps() * each,
            h ->
                chain(
                    i ->
                        Planar.of(
                            h.narrow(1, (long) i * each, latent),
                            h.narrow(1, (long) i * each + latent, latent),
                            h.narrow(1, (long) i * each + 2L * latent, 1))));
      }
      case "radial" -> {
        int each = latent + 2;
        yield flow(
            latent,
            steps() * each,
            h ->
                chain(
                    i ->
                        Radial.of(
                            h.narrow(1, (long) i * each, latent),
                            h.narrow(1, (long) i * each + latent, 1),
                            h.narrow(1, (long) i * each + latent + 1, 1))));
      }
      case "iaf" -> autoregressive(params, name + ".posterior", latent);
      default ->
          family(2 * latent, h -> new Normal(h.narrow(1, 0, latent), h.narrow(1, latent, latent)));
    };
  }

  private static Posterior full(Params params, int d) {
    Tensor one = Tensor.eye(d).to(params.type());
    Tensor identity = params.constant(one.unsqueeze(0).copy());
    Tensor strictlyLower = params.constant(one.cumsum(0).minus(one).unsqueeze(0).copy());
    return family(
        2 * d + d * d,
        h ->
            FullNormal.of(
                h.narrow(1, 0, d),
                h.narrow(1, d, d),
                h.narrow(1, 2L * d, (long) d * d).reshape(h.size(0), d, d),
                strictlyLower,
                identity));
  }

  private Posterior autoregressive(Params params, String name, int latent) {
    int width = (int) text.numbers()[1];
    List<Made> networks = new ArrayList<>();
    for (int i = 0; i < steps(); i++) {
      networks.add(InverseAutoregressive.network(params, name + "." + i, latent, width, width));
    }
    Flow reversal = Permutation.reversal(params, latent);
    return flow(
        latent,
        width,
        h -> {
          List<Flow> all = new ArrayList<>();
          for (Made m : networks) {
            if (!all.isEmpty()) {
              all.add(reversal);
            }
            all.add(InverseAutoregressive.given(m, latent, h));
          }
          return new Composition(all);
        });
  }

  /** Steps after a Gaussian, out of so many more numbers. */
  private static Posterior flow(int latent, int more, Function<Tensor, Flow> steps) {
    return family(
        2 * latent + more,
        h ->
            new FlowPosterior(
                new Normal(h.narrow(1, 0, latent), h.narrow(1, latent, latent)),
                steps.apply(h.narrow(1, 2L * latent, more))));
  }

  private Flow chain(IntFunction<Flow> step) {
    return new Composition(IntStream.range(0, steps()).mapToObj(step).toList());
  }

  private int steps() {
    return (int) text.numbers()[0];
  }

  private static Posterior family(int outputs, Function<Tensor, Distribution> of) {
    return new Posterior() {
      @Override
      public int outputs() {
        return outputs;
      }

      @Override
      public Distribution of(Tensor h) {
        return of.apply(h);
      }
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return text.toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof PosteriorSpec s && s.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
