package org.javae.core.model;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A model of several views ({@link DataSpec#views}), any of which may be absent from an
 * observation: it reads {@link Batch#present}. Models that are not this see one flat vector and are
 * refused data in which a view is missing somewhere.
 */
public interface Multimodal {
  /**
   * The model of the views that observations have: its posterior is given these views only, its
   * likelihood is theirs, so every estimator works on it.
   *
   * @param x the observations, {@code [batch, elements]}, whatever absent views hold: a model that
   *     is conditional on views ({@link #conditions}) reads these in them, others none
   * @param present {@code [batch or 1, M]}: 1 where a view is there, else 0; distributions of a
   *     batch k·batch repeat it as samples are laid out
   */
  LatentVariableModel given(Tensor x, Tensor present);

  /**
   * Views that the model is conditional on, and says nothing of: one of them at least must be seen
   * by whoever asks for the others. None where it is a model of all views.
   */
  default List<Integer> conditions() {
    return List.of();
  }

  /**
   * Refuses what the model cannot answer.
   *
   * @param seen whether each view is given
   * @throws UserException if there are {@link #conditions} and none of them is
   */
  static void checkAsked(Model<?> model, boolean[] seen) {
    List<Integer> conditions = model instanceof Multimodal m ? m.conditions() : List.of();
    if (!conditions.isEmpty() && conditions.stream().noneMatch(m -> seen[m])) {
      throw untold(model);
    }
  }

  /** What to say where a model was not told what it is conditional on. */
  static UserException untold(Model<?> model) {
    List<Integer> conditions = ((Multimodal) model).conditions();
    List<View> views = model.data().views();
    String given =
        conditions.stream().map(m -> views.get(m).name()).collect(Collectors.joining(", "));
    String others =
        IntStream.range(0, views.size())
            .filter(m -> !conditions.contains(m))
            .mapToObj(m -> views.get(m).name())
            .collect(Collectors.joining(", "));
    return UserException.usage(
        "the model was trained to tell %s from %s, and was not told %s; give it (--given %s=FILE), or train another with --set"
            + " given=%s for the other direction",
        others, given, given, views.get(conditions.get(0)).name(), others.replace(" ", ""));
  }

  /**
   * Dimensions of the private latent of each view, 0 for none. The latents all views share come
   * first in z, then those of each view in the views' order.
   */
  default int privates() {
    return 0;
  }
}
