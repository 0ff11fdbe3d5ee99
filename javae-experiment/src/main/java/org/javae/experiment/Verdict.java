package org.javae.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Encodes;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainResult.Status;

/** What the numbers of a training mean, in sentences that end in advice. */
public final class Verdict {
  /** A change of the loss by less than this part of it counts as none. */
  private static final double NOTICEABLE = 0.002;

  private static final int SETTLED_EPOCHS = 5;

  /** Fewer epochs than this do not show whether anything has settled. */
  private static final int FEW_EPOCHS = 6;

  private Verdict() {}

  /**
   * The kept epoch's metrics under the names evaluation uses ({@code elbo}, {@code reconstruction},
   * {@code kl}, {@code active_units} …), measured on the validation rows where there are any; and
   * the whole record under {@code epoch}, {@code train} and {@code validation}.
   */
  public static Map<String, Object> flat(Experiment.Outcome o) {
    Map<String, Object> all = o.metrics();
    Map<String, Object> flat = new LinkedHashMap<>();
    Object held = all.get("validation");
    Object from = held instanceof Map<?, ?> v && !v.isEmpty() ? held : all.get("train");
    if (from instanceof Map<?, ?> m) {
      if (!m.containsKey("elbo")
          && m.get("nll") instanceof Double nll
          && m.get("kl") instanceof Double kl) {
        flat.put("elbo", -nll - kl);
      }
      // A loss term called nll is −ln p(x|z) beside a kl; without one, or beside a reconstruction,
      // nll is −ln p(x).
      boolean term = m.containsKey("kl") && !m.containsKey("reconstruction");
      m.forEach(
          (k, v) -> flat.put(term && k.equals("nll") ? "reconstruction" : String.valueOf(k), v));
    }
    flat.putAll(all);
    return flat;
  }

  /** None to three sentences on how training went. */
  public static List<String> of(Experiment.Outcome o, Model<?> model) {
    List<String> v = new ArrayList<>();
    List<EpochRecord> h = o.history();
    if (h.isEmpty()) {
      return v;
    }
    int latent = model instanceof Encodes e ? e.latent() : 0;
    Map<String, Object> m = flat(o);
    if (model instanceof LatentVariableModel && m.get("active_units") instanceof Number n) {
      long active = Math.round(n.doubleValue());
      if (active == 0) {
        v.add(
            "the posterior has collapsed: no latent dimension carries information; try --set schedule=linear:10, or a"
                + " smaller beta");
      } else if (active == latent) {
        v.add("all " + latent + " latent dimensions are in use; a larger --latent may gain");
      } else {
        v.add(active + " of " + latent + " latent dimensions are in use");
      }
    }
    double[] loss =
        h.stream().mapToDouble(e -> e.validation().getOrDefault("loss", Double.NaN)).toArray();
    int last = loss.length - 1;
    int best = 0;
    for (int i = 0; i <= last; i++) {
      best = loss[i] < loss[best] ? i : best;
    }
    if (Double.isNaN(loss[last])) {
      return v;
    }
    double noise = NOTICEABLE * Math.abs(loss[best]);
    if (o.result().status() != Status.DIVERGED
        && last >= 1
        && best == last
        && loss[last - 1] - loss[last] > noise) {
      v.add("the validation loss is still falling; more --epochs will gain");
    } else if (last - best >= SETTLED_EPOCHS
        && loss[last] - loss[best] > 2 * noise
        && h.get(last).train().getOrDefault("loss", Double.NaN)
            < h.get(best).train().getOrDefault("loss", Double.NaN)) {
      v.add(
          "it overfits after epoch "
              + h.get(best).epoch()
              + "; more data, a smaller network or --set weight_decay=1e-4 may help");
    } else if (h.size() >= FEW_EPOCHS) {
      v.add("the validation loss has settled");
    }
    return v;
  }
}
