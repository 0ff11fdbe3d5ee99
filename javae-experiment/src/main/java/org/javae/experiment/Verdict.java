package org.javae.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.javae.core.evaluate.Collapse;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Clusters;
import org.javae.core.model.Conditional;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Remarks;
import org.javae.core.model.Staged;
import org.javae.core.train.BatchSource;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainResult.Status;

/** What the numbers of a training mean, in sentences that end in advice. */
public final class Verdict {
  /** A change of the loss by less than this part of it counts as none. */
  private static final double NOTICEABLE = 0.002;

  private static final int SETTLED_EPOCHS = 5;

  /** KL in nats from which on a dimension counts. */
  private static final double INFORMATIVE = 0.01;

  /** Total KL in nats below which no dimension saves the posterior from being called collapsed. */
  private static final double COLLAPSED = 0.05;

  /** Less information than this part of the KL is little. */
  private static final double LITTLE = 0.2;

  /** A decoder this many times the encoder is wide. */
  private static final int WIDE = 4;

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

  /** Less than this part of the entries of a codebook in use means collapse. */
  private static final double FEW_ENTRIES = 0.1;

  /** What is said of codebooks, each as {@code codebook…_usage} and its perplexity. */
  private static List<String> codebooks(Model<?> model, Map<?, ?> m) {
    if (!(model instanceof DiscreteCodes d) || !(m.get("codebook_usage") instanceof Number)) {
      return List.of();
    }
    List<Integer> sizes = d.sizes();
    double usage = number(m.get("codebook_usage"));
    String perplexity =
        Double.isNaN(number(m.get("perplexity")))
            ? ""
            : String.format(Locale.ROOT, ", perplexity %.1f", number(m.get("perplexity")));
    boolean collapsed = usage < FEW_ENTRIES || number(m.get("perplexity")) < 2 && sizes.get(0) > 3;
    String of = String.format(Locale.ROOT, "%.1f %% of its entries are in use", 100 * usage);
    if (!collapsed) {
      return List.of("the codebook is alive: " + of + perplexity);
    }
    double restart = Json.mapper().valueToTree(model.config()).path("restart").asDouble();
    return List.of(
        "the codebook has collapsed: "
            + of
            + perplexity
            + "; try "
            + (restart == 0 ? "--set restart=0.03, " : "a smaller --lr, ")
            + "fewer codes than "
            + Collections.max(sizes)
            + " or --set code_size=8");
  }

  /** Some sentences on how training went. */
  public static List<String> of(Experiment.Outcome o, Experiment trained) {
    List<EpochRecord> h = o.history();
    if (h.isEmpty()) {
      return remarks(trained.model());
    }
    Map<String, Object> m = flat(o);
    double[] parts =
        h.stream()
            .filter(r -> r.epoch() == o.result().bestEpoch())
            .flatMap(r -> r.klPerDimension().stream())
            .mapToDouble(Double::doubleValue)
            .toArray();
    List<String> v =
        new ArrayList<>(
            collapse(
                trained.model(),
                new Found(
                    number(m.get("kl")),
                    number(m.get("active_units")),
                    number(m.get("mutual_information")),
                    parts),
                trained.heldOutRows()));
    v.addAll(codebooks(trained.model(), m));
    v.addAll(clusters(trained.model(), m));
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

  /**
   * What an evaluation says of the codes; nothing where KL and active units were not measured.
   *
   * @param rows that were measured
   */
  public static List<String> of(Metrics m, Model<?> model, BatchSource<Batch> rows) {
    Found c =
        new Found(
            number(m.kl()),
            number(m.activeUnits()),
            number(m.mutualInformation()),
            m.klPerDimension() == null ? new double[0] : m.klPerDimension());
    List<String> v = remarks(model);
    if (m.codebookUsage() != null) {
      Map<String, Object> used = new LinkedHashMap<>();
      used.put("codebook_usage", m.codebookUsage());
      used.put("perplexity", m.perplexity());
      v.addAll(codebooks(model, used));
      return v;
    }
    v.addAll(collapse(model, c, rows));
    if (m.clusterSizes() != null) {
      int[] sizes = m.clusterSizes();
      String empty =
          Segments.ofEmpty(
              IntStream.range(0, sizes.length).filter(i -> sizes[i] == 0).boxed().toList(),
              sizes.length);
      if (empty != null) {
        v.add(empty);
      }
    }
    return v;
  }

  /** What the model itself has found. */
  private static List<String> remarks(Model<?> model) {
    return new ArrayList<>(model instanceof Remarks r ? r.remarks() : List.of());
  }

  /** What a training says of its clusters: whether there are any, and whether all are in use. */
  private static List<String> clusters(Model<?> model, Map<String, Object> m) {
    if (model instanceof Staged && model instanceof Clusters c && c.clusters() == 0) {
      return List.of(
          "it ended while pretraining as an autoencoder, so there are no clusters yet: give more --epochs, or a smaller --set"
              + " pretrain");
    }
    Clusters c = Clusters.of(model);
    double used = number(m.get("clusters_in_use"));
    return c == null || !(used < c.clusters())
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "%.0f of %d clusters are empty: as many fewer would do, or try another --seed or a longer pretraining",
                c.clusters() - used,
                c.clusters()));
  }

  /** What was measured of the codes; NaN and empty where it was not. */
  private record Found(double kl, double active, double information, double[] klPerDimension) {
    /** Dimensions that carry information: by their KL, or where it does not come apart by units. */
    long informative() {
      return klPerDimension.length == 0
          ? Math.round(active)
          : Arrays.stream(klPerDimension).filter(v -> v > INFORMATIVE).count();
    }

    String how() {
      String units =
          Double.isNaN(active) || klPerDimension.length == 0
              ? ""
              : String.format(Locale.ROOT, ", %.0f active units", active);
      return klPerDimension.length == 0
          ? "active units"
          : String.format(Locale.ROOT, "KL above %s nats%s", INFORMATIVE, units);
    }
  }

  private static double number(Object v) {
    return v instanceof Number n ? n.doubleValue() : Double.NaN;
  }

  /** How many dimensions carry information, and what to do about the others. */
  private static List<String> collapse(Model<?> model, Found c, BatchSource<Batch> rows) {
    boolean latent = model instanceof LatentVariableModel || model instanceof Conditional;
    if (!latent
        || model instanceof ClosedForm
        || (Double.isNaN(c.active()) && c.klPerDimension().length == 0)) {
      return List.of();
    }
    int all = model instanceof Encodes e ? e.latent() : ((Conditional) model).latent();
    long used = c.informative();
    Advice advice = new Advice(model);
    List<String> v = new ArrayList<>();
    String found = used + " of " + all + " dimensions carry information (" + c.how() + ")";
    if (used == 0 || c.active() == 0 || c.kl() < COLLAPSED) {
      v.add(
          String.format(
              Locale.ROOT,
              "the posterior has collapsed, KL %.2g nats: %s; %s",
              Double.isNaN(c.kl()) ? 0 : Math.max(0, c.kl()),
              found,
              advice.againstCollapse()));
      String dai = advice.variance(rows);
      if (dai != null) {
        v.add(dai);
      }
      String wide = advice.wideDecoder();
      if (wide != null) {
        v.add(wide);
      }
      return v;
    }
    if (used == all) {
      v.add(
          "all "
              + all
              + " dimensions carry information ("
              + c.how()
              + "); a larger --latent may gain");
    } else if (2 * used >= all) {
      v.add(found + ": the others cost nothing");
    } else {
      v.add(
          found
              + ": --latent "
              + Math.max(used + 1, used * 5 / 4)
              + " would do; to use more of them "
              + advice.againstCollapse());
    }
    if (c.kl() > 1 && c.information() < LITTLE * c.kl() && c.information() < 1) {
      v.add(
          String.format(
              Locale.ROOT,
              "the KL of %.2f nats buys only %.2f nats of information on x: the codes as a whole lie off the prior, not apart"
                  + " from each other%s",
              c.kl(),
              c.information(),
              advice.has("prior", "standard") ? "; try --set prior=vamp:100" : ""));
    }
    return v;
  }

  /** What can still be changed, given what the model was configured with. */
  private static final class Advice {
    private final Model<?> model;
    private final JsonNode config;

    Advice(Model<?> model) {
      this.model = model;
      this.config = Json.mapper().valueToTree(model.config());
    }

    boolean has(String key, String value) {
      return config.path(key).asText().equals(value);
    }

    String againstCollapse() {
      List<String> cures = new ArrayList<>();
      double beta = config.path("beta").asDouble(1);
      if (beta > 1) {
        cures.add("a smaller beta than " + config.path("beta").asText());
      }
      if (has("kl", "plain")) {
        cures.add("--set kl=free-bits:0.1");
      }
      if (has("schedule", "constant")) {
        cures.add("--set schedule=cyclical:4,0.5");
      }
      cures.add("--set aggressive=30");
      String lastOne = cures.remove(cures.size() - 1);
      return "try " + (cures.isEmpty() ? lastOne : String.join(", ", cures) + " or " + lastOne);
    }

    /** A Gaussian decoder: where doing nothing costs less; null if that is not what it is. */
    String variance(BatchSource<Batch> rows) {
      String likelihood = config.path("likelihood").asText();
      boolean fixed = likelihood.matches("gaussian:[0-9.].*|balance:.*");
      boolean learned = likelihood.matches("gaussian(:shared)?");
      if (!fixed && !learned) {
        return null;
      }
      Collapse.Threshold t = Collapse.daiThreshold(model, rows);
      String where =
          String.format(
              Locale.ROOT,
              "the decoder's variance %.3g stands against a threshold of %.3g, above which ignoring the codes costs less"
                  + " (Dai et al., 2020)",
              t.variance(),
              t.threshold());
      return where
          + (fixed
              ? ": a smaller fixed scale, or the learned one of --set likelihood=gaussian:shared, makes the data worth coding"
              : ": with a learned scale it is the reconstruction that fails, not the KL that rules; see whether --model ae"
                  + " reconstructs, and if not give it other networks or another --lr");
    }

    /** Null unless the decoder is far larger than the encoder. */
    String wideDecoder() {
      long encoder = count("encoder.");
      long decoder = count("decoder.");
      return encoder > 0 && decoder > WIDE * encoder
          ? "the decoder has "
              + decoder / encoder
              + " times the encoder's weights and may explain x without codes; try a smaller --set decoder=…"
          : null;
    }

    private long count(String prefix) {
      return model.params().all().entrySet().stream()
          .filter(p -> p.getKey().startsWith(prefix))
          .mapToLong(p -> p.getValue().numel())
          .sum();
    }
  }
}
