package org.javae.core.flow;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.Params;
import org.javae.tensor.UserException;

/**
 * A flow as text, for vectors of any size:
 *
 * <ul>
 *   <li>{@code flow:L} or {@code flow:L,W}: L affine couplings (RealNVP); density and draws are
 *       equally cheap
 *   <li>{@code maf:L} or {@code maf:L,W}: L masked autoregressive layers with the order reversed
 *       between them; a better density, draws take a pass a dimension
 * </ul>
 *
 * W, by default {@value #WIDTH}, is the width of both hidden layers of every network. A flow starts
 * as the identity up to the order of its elements.
 */
public record FlowSpec(String kind, int layers, int width) {
  /** Width of the hidden layers unless told. */
  public static final int WIDTH = 64;

  private static final List<String> KINDS = List.of("flow", "maf");

  /**
   * Reads a flow.
   *
   * @throws UserException if the text is none
   */
  @JsonCreator
  public static FlowSpec parse(String text) {
    String[] p = text.strip().split(":", 2);
    if (!KINDS.contains(p[0])) {
      throw UserException.usage(
          "unknown flow '%s'; write flow:L or maf:L,W, e.g. maf:5,64 (%s)",
          text, Nearest.suggestion(p[0], KINDS));
    }
    String[] n = p.length == 2 ? p[1].split(",", -1) : new String[0];
    if (n.length < 1 || n.length > 2) {
      throw UserException.usage(
          "flow '%s': after the colon the number of layers is expected and, if you like, their width, e.g. %s:5,64",
          text, p[0]);
    }
    return new FlowSpec(
        p[0], number(text, n[0], 1 << 10), n.length == 2 ? number(text, n[1], 1 << 16) : WIDTH);
  }

  private static int number(String text, String n, int most) {
    try {
      int i = Integer.parseInt(n.strip());
      if (i > 0 && i <= most) {
        return i;
      }
    } catch (NumberFormatException e) {
      // the sentence below says what is expected
    }
    throw UserException.usage(
        "flow '%s': '%s' is not a whole number between 1 and %d", text, n, most);
  }

  /** Registers the flow's parameters {@code name.0…}, {@code name.1…} and builds it. */
  public Flow build(Params p, String name, int size) {
    List<Flow> steps = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      String at = name + "." + l;
      if (kind.equals("flow")) {
        steps.add(new AffineCoupling(p, at, size, width, l));
      } else {
        if (l > 0) {
          steps.add(Permutation.reversal(p, size));
        }
        steps.add(new MaskedAutoregressive(p, at, size, width));
      }
    }
    return new Composition(steps);
  }

  @JsonValue
  @Override
  public String toString() {
    return kind + ":" + layers + (width == WIDTH ? "" : "," + width);
  }
}
