package org.javae.core.objective;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.core.config.NumberedKind;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What stands in the place of the KL term, a cure for posterior collapse. Written as text:
 *
 * <ul>
 *   <li>{@code plain}: KL
 *   <li>{@code free-bits:λ}: {@code Σⱼ max(λ, E_batch KLⱼ)}, λ nats a dimension that cost nothing
 *       (Kingma et al., 2016, section C.8; default 0.5). Without independent dimensions the whole
 *       KL counts as one.
 *   <li>{@code capacity:C,E,γ}: {@code γ |E_batch KL − C(t)|} with C(t) rising linearly from 0 to C
 *       nats over E epochs (Burgess et al., 2018, equation (8); defaults 25, 20, 10)
 * </ul>
 *
 * Both means are over the batch, so a batch of another size is another penalty.
 */
public final class KlPenalty {
  private static final Map<String, double[]> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("plain", new double[0]);
    DEFAULTS.put("free-bits", new double[] {0.5});
    DEFAULTS.put("capacity", new double[] {25, 20, 10});
  }

  /** KL as it is. */
  public static final KlPenalty PLAIN = new KlPenalty(new NumberedKind("plain", new double[0]));

  private final String kind;
  private final double[] args;

  private KlPenalty(NumberedKind k) {
    this.kind = k.kind();
    this.args = k.numbers();
  }

  /**
   * Reads a penalty.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static KlPenalty parse(String text) {
    NumberedKind k = NumberedKind.parse("KL penalty", text, DEFAULTS);
    for (double n : k.numbers()) {
      if (!(n > 0)) {
        throw UserException.usage("KL penalty '%s': its numbers must be positive", text);
      }
    }
    return new KlPenalty(k);
  }

  /** True if this is KL itself. */
  public boolean plain() {
    return kind.equals("plain");
  }

  /**
   * The penalty of each observation: {@code [batch]}. Its mean over the batch is the penalty above,
   * as is the gradient of its mean.
   *
   * @param kl of each observation and dimension {@code [batch, latent]}, or of each observation
   *     {@code [batch]} where dimensions are not independent
   */
  public Tensor of(Tensor kl, Step step) {
    Tensor each = kl.shape().rank() == 1 ? kl.unsqueeze(1) : kl;
    return switch (kind) {
      case "free-bits" -> {
        // A dimension below its allowance costs the allowance, whatever the observation.
        Tensor above = each.detach().mean(0).unsqueeze(0).gt(args[0]).expand(each.size(0), -1);
        yield Tensor.where(above, each, Tensor.full(args[0], 1, 1).to(each.dtype())).sumEvent();
      }
      case "capacity" -> {
        double target = args[0] * Math.min(1, step.epochs() / args[1]);
        Tensor total = each.sumEvent();
        double side = total.detach().mean().item() >= target ? 1 : -1;
        yield total.minus(target).times(side * args[2]);
      }
      default -> each.sumEvent();
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return new NumberedKind(kind, args).toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof KlPenalty s && s.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
