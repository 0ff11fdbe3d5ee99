package org.javae.core.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.javae.core.model.Batch;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.model.Refreshes;
import org.javae.core.model.Staged;
import org.javae.core.model.Updates;
import org.javae.core.net.Net;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.Autograd;
import org.javae.tensor.GradientGate;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Minimises the mean loss by stochastic gradients: validation, early stopping, best and averaged
 * weights, checkpoints that resume to the same bits, and recovery from divergence.
 *
 * @param <B> what a batch is
 */
public final class Trainer<B> {
  private static final int MAX_TRIES = 5;

  /**
   * Steps between good states in memory; checkpoints are written at these while training goes on.
   */
  private static final int SNAPSHOT_STEPS = 500;

  /** Batches over which He's inner loop compares losses. */
  private static final int INNER_WINDOW = 10;

  private static final int RISING_EPOCHS = 3;

  /** A coin costs ln 2; a critic this far off has lost. */
  private static final double LOST_NATS = 20;

  private static final int INFORMATION_PATIENCE = 3;

  /** Names of q's parameters start with this. */
  private static final String ENCODER = "encoder.";

  private final Model<B> model;
  private final Params params;
  private final BatchSource<B> train;
  private final BatchSource<B> validation;
  private final Validator<B> validator;
  private final TrainConfig config;
  private final Path checkpoint;
  private final String fingerprint;
  private final TrainListener listener;
  private final Rng noise;
  private final Optimizer optimizer;
  private volatile boolean stop;

  private final Set<String> playerTerms = new TreeSet<>();
  private int epoch;
  private int batch;
  private double lrFactor = 1;
  private int tries;
  private boolean aggressive;
  private double best = Double.POSITIVE_INFINITY;
  private int bestEpoch;
  private int sinceBest;
  private double lastLr;
  private double secondsBefore;
  private long sessionStart;
  private long lastWrite;
  private Map<String, Double> sums = new LinkedHashMap<>();
  private final List<EpochRecord> history = new ArrayList<>();
  private Map<String, Tensor> ema = Map.of();

  // Allocated once and overwritten: fresh copies would wait for the garbage collector, which does
  // not see native memory.
  private final Map<String, Tensor> bestWeights = new LinkedHashMap<>();
  private final Map<String, Tensor> goodTensors = new LinkedHashMap<>();
  private Map<String, byte[]> goodNoise = Map.of();
  private Checkpoint.Position good;

  /**
   * @param validation rows held out, or null
   * @param checkpoint file to write to and resume from, or null for none
   * @param fingerprint of everything that must be equal for resuming: configuration and data
   */
  public Trainer(
      Model<B> model,
      BatchSource<B> train,
      BatchSource<B> validation,
      Validator<B> validator,
      TrainConfig config,
      Path checkpoint,
      String fingerprint,
      TrainListener listener) {
    this.model = model;
    this.params = model.params();
    this.train = train;
    this.validation = validation;
    this.validator = validator;
    this.config = config;
    this.checkpoint = checkpoint;
    this.fingerprint = fingerprint;
    this.listener = listener;
    this.noise = Rng.of(config.seed()).split("train").split("noise");
    this.optimizer = new Optimizer(config, params);
    this.aggressive = config.aggressive() > 0;
    if (aggressive) {
      List<String> names = params.trainableNames();
      if (names.stream().noneMatch(n -> n.startsWith(ENCODER))) {
        throw UserException.usage(
            "aggressive training needs a model with an encoder of its own; leave out --set aggressive=%d",
            config.aggressive());
      }
      if (validation == null) {
        throw UserException.usage(
            "aggressive training ends when mutual information on held-out rows stops rising, but none are held out; add"
                + " --set validation=0.1");
      }
    }
  }

  /** Asks the training thread to stop after the current step, leaving a checkpoint. */
  public void requestStop() {
    stop = true;
  }

  /** Metrics of the finished epochs. */
  public List<EpochRecord> history() {
    return List.copyOf(history);
  }

  /**
   * Trains to the end, or until stopped, and leaves the weights to keep in the model.
   *
   * @param resume continue from the checkpoint
   * @throws UserException if the checkpoint is missing, damaged or of another run
   */
  public TrainResult run(boolean resume) {
    sessionStart = System.nanoTime();
    lastWrite = sessionStart;
    if (model instanceof Refreshes r) {
      @SuppressWarnings("unchecked") // models that refresh are models of one block
      BatchSource<Batch> rows = (BatchSource<Batch>) train;
      r.trainingRows(rows);
    }
    if (config.ema() > 0) {
      ema = params.snapshot();
    }
    live().forEach((k, t) -> goodTensors.put(k, t.copy()));
    if (resume) {
      Scope.run(() -> restore(Checkpoint.read(checkpoint)));
    }
    if (good == null) {
      capture();
    }
    TrainResult r = loop();
    if (r.status() == Status.DIVERGED) {
      backToGood();
    } else if (r.status() != Status.INTERRUPTED && r.status() != Status.OUT_OF_TIME) {
      capture();
    }
    if (checkpoint != null) {
      write();
    }
    if (r.status() != Status.INTERRUPTED) {
      keepWeights();
    }
    return r;
  }

  private TrainResult loop() {
    int batches = train.batches(config.batch());
    Pace pace = new Pace();
    while (epoch < config.epochs()) {
      // Asked here and not after an epoch, so that resuming a run that had stopped early stops
      // again.
      if (validation != null && config.patience() > 0 && sinceBest >= config.patience()) {
        return result(
            Status.STOPPED_EARLY,
            "stopped early: no better validation loss for "
                + config.patience()
                + " epochs, best was epoch "
                + bestEpoch);
      }
      if (batch == 0) {
        beginEpoch();
      }
      String trouble = null;
      while (batch < batches && trouble == null) {
        if (stop) {
          return result(Status.INTERRUPTED, "stopped on request; continue with --resume");
        }
        if (config.max_seconds() > 0 && seconds() >= config.max_seconds()) {
          return result(
              Status.OUT_OF_TIME,
              batch == 0
                  ? "time is up after " + epoch + " of " + config.epochs() + " epochs"
                  : "time is up in epoch " + (epoch + 1) + " of " + config.epochs());
        }
        trouble = step(batches);
        if (trouble == null) {
          report(pace, batches);
          if (optimizer.steps() % SNAPSHOT_STEPS == 0 && batch < batches) {
            snapshot();
          }
        }
      }
      String broken = trouble == null ? notFinite() : null;
      if (broken != null) {
        trouble =
            "the last update of epoch "
                + (epoch + 1)
                + " made parameter "
                + broken
                + " infinite or NaN";
      }
      if (trouble == null) {
        endEpoch();
        snapshot();
        String critic = divergingPlayer();
        if (critic != null) {
          return result(Status.DIVERGED, critic);
        }
      } else if (tries == MAX_TRIES) {
        return result(
            Status.DIVERGED,
            trouble
                + "; gave up after "
                + MAX_TRIES
                + " returns to the last good state, whose weights are kept: try a"
                + " smaller --lr or --set clip=1");
      } else {
        retry(trouble);
      }
    }
    return result(Status.FINISHED, "finished " + config.epochs() + " epochs");
  }

  /**
   * Lets a model pass to its next stage. Averages of weights and the search for the best ones begin
   * anew there.
   */
  private void beginEpoch() {
    String done =
        model instanceof Staged s
            ? s.beginEpoch(epoch, Rng.of(config.seed()).split("stage").split(String.valueOf(epoch)))
            : null;
    if (done != null) {
      Map<String, Tensor> now = params.all();
      ema.forEach((n, t) -> t.copyFromInPlace(now.get(n).detach()));
      best = Double.POSITIVE_INFINITY;
      sinceBest = 0;
      listener.message(done);
    }
  }

  /** Back to the last good state, with half the learning rate. */
  private void retry(String trouble) {
    double factor = lrFactor / 2;
    int n = tries + 1;
    backToGood();
    lrFactor = factor;
    tries = n;
    listener.message(
        String.format(
            Locale.ROOT,
            "%s; back to the last good state with learning rate %.3g (try %d of %d)",
            trouble,
            config.lr() * factor,
            n,
            MAX_TRIES));
  }

  /** Name of the first tensor that is not finite, or null. */
  private String notFinite() {
    for (Map.Entry<String, Tensor> e : params.all().entrySet()) {
      if (!e.getValue().allFinite()) {
        return e.getKey();
      }
    }
    return null;
  }

  /** One optimiser step; returns what went wrong, or null. */
  private String step(int batches) {
    return Scope.run(
        () -> {
          double at = epoch + (double) batch / batches;
          Step s = new Step(optimizer.steps(), at, config.epochs(), true, noise);
          lastLr = lr(s);
          if (aggressive) {
            String trouble = improveEncoder(s, batches);
            if (trouble != null) {
              return trouble;
            }
          }
          List<Tensor> gradients = null;
          Map<String, List<Tensor>> gathered = new LinkedHashMap<>();
          int parts = Math.min(config.accumulate(), batches - batch);
          int slices = slices();
          int size = config.batch() / slices;
          long observations = 0;
          for (int i = batch * slices; i < (batch + parts) * slices; i++) {
            if ((long) i * size >= train.size()) {
              break; // the last batch is smaller
            }
            int index = i;
            // A slice's graph is gone before the next one's is built.
            Part part =
                Scope.run(
                    () -> {
                      B b = train.batch(epoch, index, size);
                      Loss loss = model.loss(b, s);
                      String trouble = check(loss, b, s, index / slices);
                      if (trouble != null) {
                        return new Part(trouble, 0, List.of(), Map.of());
                      }
                      add(loss);
                      // Several batches: gradients of sums, divided once, so that a smaller last
                      // batch weighs less.
                      return new Part(
                          null,
                          loss.total().numel(),
                          gradients(loss, parts * slices == 1 ? Tensor::mean : Tensor::sum),
                          model instanceof Updates ? loss.gathered() : Map.of());
                    });
            if (part.trouble() != null) {
              return part.trouble();
            }
            observations += part.observations();
            part.gathered()
                .forEach(
                    (name, t) -> gathered.computeIfAbsent(name, k -> new ArrayList<>()).add(t));
            if (gradients == null) {
              gradients = part.gradients();
            } else {
              for (int k = 0; k < gradients.size(); k++) {
                gradients.get(k).addInPlace(part.gradients().get(k), 1);
              }
            }
          }
          if (parts * slices > 1) {
            for (Tensor g : gradients) {
              g.scaleInPlace(1.0 / observations);
            }
          }
          if (config.clip() > 0) {
            clip(gradients);
          }
          optimizer.step(aggressive ? only(gradients, false) : gradients, lastLr);
          if (model instanceof Updates u) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            gathered.forEach(
                (name, t) -> all.put(name, t.size() == 1 ? t.get(0) : Tensor.cat(t, 0)));
            Autograd.off(() -> u.update(all, s));
          }
          if (config.ema() > 0) {
            // Early on the average follows quickly, or the start would linger (as in Adam's bias
            // correction).
            double d = Math.min(config.ema(), optimizer.steps() / (optimizer.steps() + 10.0));
            Map<String, Tensor> now = params.all();
            ema.forEach((n, t) -> t.lerpInPlace(now.get(n).detach(), 1 - d));
          }
          batch += parts;
          return null;
        });
  }

  /** What one slice of a batch gave. */
  private record Part(
      String trouble, long observations, List<Tensor> gradients, Map<String, Tensor> gathered)
      implements Scope.Holder {
    @Override
    public Iterable<Tensor> tensors() {
      List<Tensor> all = new ArrayList<>(gradients);
      all.addAll(gathered.values());
      return all;
    }
  }

  /** Equal slices in which a batch fits into memory. */
  private int slices() {
    int most = model.rowsAtOnce();
    int n = 1;
    while (config.batch() % n != 0 || config.batch() / n > most) {
      n++;
    }
    return n;
  }

  /** Null, or what is wrong with the loss. */
  private String check(Loss loss, B b, Step s, int index) {
    boolean finite = Double.isFinite(loss.total().mean().item());
    for (Tensor t : loss.groups().values()) {
      finite &= Double.isFinite(t.detach().mean().item());
    }
    return finite ? null : explain(loss, b, s, index);
  }

  /**
   * A gradient for every parameter: of the loss of its own group if there is one, else of the
   * total; with the factors the loss asks for.
   */
  private List<Tensor> gradients(Loss loss, UnaryOperator<Tensor> reduce) {
    List<Tensor> all = params.trainable();
    loss.bends().forEach(GradientGate::set);
    if (loss.groups().isEmpty()) {
      return Autograd.grad(reduce.apply(loss.total()), all);
    }
    List<String> names = params.trainableNames();
    List<Tensor> result = new ArrayList<>(Collections.nCopies(all.size(), null));
    Map<String, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      String group = names.get(i).substring(0, Math.max(0, names.get(i).indexOf('.')));
      members
          .computeIfAbsent(loss.groups().containsKey(group) ? group : "", k -> new ArrayList<>())
          .add(i);
    }
    members.forEach(
        (group, which) -> {
          Tensor y = reduce.apply(group.isEmpty() ? loss.total() : loss.groups().get(group));
          List<Tensor> g = Autograd.gradOfShared(y, which.stream().map(all::get).toList());
          for (int i = 0; i < g.size(); i++) {
            result.set(which.get(i), g.get(i));
          }
        });
    return result;
  }

  /**
   * He et al. (2019), Algorithm 1, lines 3–8: updates of the encoder alone on random batches until
   * the mean loss over {@value #INNER_WINDOW} of them no longer falls.
   */
  private String improveEncoder(Step s, int batches) {
    double before = Double.POSITIVE_INFINITY;
    double sum = 0;
    SplittableRandom random = Rng.of(config.seed()).split("aggressive").at(optimizer.steps());
    for (int n = 1; n <= config.aggressive(); n++) {
      int index = random.nextInt(batches);
      double[] value = {0};
      String trouble =
          Scope.run(
              () -> {
                B b = train.batch(epoch, index, config.batch());
                Loss loss = model.loss(b, s);
                String wrong = check(loss, b, s, index);
                if (wrong == null) {
                  value[0] = loss.total().detach().mean().item();
                  List<Tensor> g = only(gradients(loss, Tensor::mean), true);
                  if (config.clip() > 0) {
                    clip(g);
                  }
                  optimizer.inner(g, lastLr);
                }
                return wrong;
              });
      if (trouble != null) {
        return trouble;
      }
      sum += value[0];
      if (n % INNER_WINDOW == 0) {
        if (sum >= before) {
          return null;
        }
        before = sum;
        sum = 0;
      }
    }
    return null;
  }

  /** The gradients of the encoder, or of everything else; null for the others. */
  private List<Tensor> only(List<Tensor> gradients, boolean encoder) {
    List<Tensor> some = new ArrayList<>(gradients);
    List<String> names = params.trainableNames();
    for (int i = 0; i < some.size(); i++) {
      if (names.get(i).startsWith(ENCODER) != encoder) {
        some.set(i, null);
      }
    }
    return some;
  }

  private double lr(Step s) {
    return config.lr() * lrFactor * config.lr_schedule().at(s);
  }

  private void clip(List<Tensor> gradients) {
    double squares = 0;
    for (Tensor g : gradients) {
      squares += g == null ? 0 : g.square().sum().item();
    }
    double norm = Math.sqrt(squares);
    if (norm > config.clip()) {
      for (Tensor g : gradients) {
        if (g != null) {
          g.scaleInPlace(config.clip() / norm);
        }
      }
    }
  }

  private void add(Loss loss) {
    loss.groups()
        .forEach(
            (group, own) ->
                loss.terms()
                    .forEach(
                        (name, t) -> {
                          if (t == own) {
                            playerTerms.add(name);
                          }
                        }));
    loss.terms().forEach((n, t) -> sums.merge(n, t.detach().sum().item(), Double::sum));
    sums.merge("loss", loss.total().detach().sum().item(), Double::sum);
    sums.merge("", (double) loss.total().numel(), Double::sum);
  }

  private Map<String, Double> means() {
    Map<String, Double> m = new LinkedHashMap<>();
    double n = sums.getOrDefault("", 1.0);
    sums.forEach(
        (k, v) -> {
          if (!k.isEmpty()) {
            m.put(k, v / n);
          }
        });
    return m;
  }

  /**
   * Names the first offender of a loss that is not finite: a parameter, else a layer, else a term.
   */
  private String explain(Loss loss, B b, Step s, int index) {
    String where = " in epoch " + (epoch + 1) + ", batch " + (index + 1);
    String term = "loss";
    for (Map.Entry<String, Tensor> e : loss.terms().entrySet()) {
      if (!e.getValue().allFinite()) {
        term = "loss term '" + e.getKey() + "'";
        break;
      }
    }
    String broken = notFinite();
    if (broken != null) {
      return term
          + " is not finite"
          + where
          + ": the update before it made parameter "
          + broken
          + " infinite or NaN";
    }
    String[] layer = {null};
    Net.watching(
        (name, y) -> {
          if (layer[0] == null && !y.allFinite()) {
            layer[0] = name;
          }
        },
        () -> Autograd.off(() -> Scope.run(() -> model.loss(b, s))));
    return term
        + " is not finite"
        + where
        + (layer[0] == null ? "" : ", first in layer " + layer[0]);
  }

  /** Closes an epoch. */
  private void endEpoch() {
    Validator.Held measured = Validator.Held.NOTHING;
    if (validation != null) {
      Rng fresh = Rng.of(config.seed()).split("validation").split(String.valueOf(epoch));
      measured =
          withKeptWeights(
              () -> {
                refresh();
                return validator.measure(model, validation, fresh);
              });
    }
    Map<String, Double> held = measured.metrics();
    if (aggressive && informationStoppedRising(held)) {
      aggressive = false;
      listener.message(
          "mutual information no longer rises: from epoch "
              + (epoch + 2)
              + " on, encoder and decoder are trained together");
    }
    epoch++;
    batch = 0;
    double score = held.getOrDefault("loss", Double.NaN);
    // While the KL weight still rises, validation losses of different epochs are comparable all the
    // same: they are
    // measured at the schedule's end.
    if (score < best || !model.lossesCompare()) {
      best = score;
      bestEpoch = epoch;
      sinceBest = 0;
      if (config.best()) {
        keepAsBest(config.ema() > 0 ? ema : params.all());
      }
    } else {
      sinceBest++;
    }
    EpochRecord r =
        new EpochRecord(
            epoch, optimizer.steps(), lastLr, means(), held, measured.klPerDimension(), seconds());
    history.add(r);
    sums = new LinkedHashMap<>();
    listener.epoch(r);
  }

  /**
   * A player whose own loss has risen {@value #RISING_EPOCHS} epochs in a row to ten times its
   * lowest: the game is lost, and half the learning rate later it would still be. Null if there is
   * none.
   */
  private String divergingPlayer() {
    for (String term : playerTerms) {
      double[] curve =
          history.stream().mapToDouble(e -> e.train().getOrDefault(term, Double.NaN)).toArray();
      int last = curve.length - 1;
      boolean rising = last >= RISING_EPOCHS;
      double lowest = Double.POSITIVE_INFINITY;
      for (int i = 0; i <= last; i++) {
        lowest = Math.min(lowest, Math.abs(curve[i]));
        rising &= i == 0 || i <= last - RISING_EPOCHS || curve[i] > curve[i - 1];
      }
      if (rising && curve[last] > LOST_NATS && curve[last] > 10 * lowest) {
        StringBuilder b = new StringBuilder();
        for (int i = Math.max(0, last - 7); i <= last; i++) {
          b.append(b.length() == 0 ? "" : ", ")
              .append(String.format(Locale.ROOT, "%.3g", curve[i]));
        }
        return term
            + " diverges: "
            + b
            + " nats in the last epochs; stopped, and the weights of the best epoch are kept: try a smaller --lr, --set"
            + " clip=1, or a smaller weight on its term";
      }
    }
    return null;
  }

  /**
   * He et al. (2019), Algorithm 1, line 14: whether mutual information has not risen above its
   * highest for {@value #INFORMATION_PATIENCE} epochs. They stop at the first fall; while the
   * decoder still learns which words there are, one fall says little.
   */
  private boolean informationStoppedRising(Map<String, Double> held) {
    Double now = held.get("mutual_information");
    if (now == null) {
      throw UserException.usage(
          "aggressive training ends when mutual information stops rising, which is not measured for this model's posterior;"
              + " leave out --set aggressive=%d, or set posterior=diagonal",
          config.aggressive());
    }
    double best = now;
    int since = 0;
    for (int i = history.size() - 1; i >= 0; i--) {
      double v = history.get(i).validation().getOrDefault("mutual_information", -1.0);
      if (v >= best) {
        best = v;
        since = history.size() - i;
      }
    }
    return since >= INFORMATION_PATIENCE;
  }

  /** Lets the model recompute what depends on its weights and the training rows. */
  private void refresh() {
    if (model instanceof Refreshes r) {
      r.refresh(Rng.of(config.seed()).split("refresh"));
    }
  }

  private <T> T withKeptWeights(Supplier<T> body) {
    if (config.ema() == 0) {
      return body.get();
    }
    return Scope.run(
        () -> {
          Map<String, Tensor> own = params.snapshot();
          params.load(ema);
          try {
            return body.get();
          } finally {
            params.load(own);
          }
        });
  }

  private void keepWeights() {
    if (config.best() && !bestWeights.isEmpty()) {
      params.load(bestWeights);
    } else {
      bestEpoch = epoch;
      if (config.ema() > 0) {
        params.load(ema);
      }
    }
    refresh();
  }

  private void snapshot() {
    if (notFinite() != null) {
      return; // the next step's loss says so and returns to the state before
    }
    capture();
    if (checkpoint != null
        && (System.nanoTime() - lastWrite) / 1e9 >= config.checkpoint_seconds()) {
      write();
      lastWrite = System.nanoTime();
    }
  }

  /** Every tensor that training changes, by its name in a checkpoint. */
  private Map<String, Tensor> live() {
    Map<String, Tensor> m = new LinkedHashMap<>();
    params.all().forEach((k, t) -> m.put("param/" + k, t));
    m.putAll(optimizer.state());
    ema.forEach((k, t) -> m.put("ema/" + k, t));
    return m;
  }

  /** Remembers the present as the last good state. */
  private void capture() {
    live().forEach((k, t) -> goodTensors.get(k).copyFromInPlace(t.detach()));
    goodNoise = noise.state();
    good = position();
  }

  private Checkpoint.Position position() {
    return new Checkpoint.Position(
        optimizer.steps(),
        epoch,
        batch,
        lrFactor,
        tries,
        Double.isInfinite(best) ? null : (Double) best,
        bestEpoch,
        sinceBest,
        optimizer.updates(),
        aggressive,
        seconds(),
        Map.copyOf(sums),
        List.copyOf(history),
        fingerprint);
  }

  private void backToGood() {
    live().forEach((k, t) -> t.copyFromInPlace(goodTensors.get(k)));
    noise.restore(goodNoise);
    goTo(good);
  }

  private void write() {
    Scope.run(
        () -> {
          Checkpoint.Position now = position();
          boolean between =
              now.step() != good.step()
                  || now.epoch() != good.epoch()
                  || now.batch() != good.batch()
                  || now.tries() != good.tries();
          Map<String, Tensor> t = new LinkedHashMap<>();
          live().forEach((k, v) -> t.put(k, v.detach()));
          bestWeights.forEach((k, v) -> t.put("best/" + k, v));
          noise.state().forEach((k, v) -> t.put("rng/" + k, Tensor.of(v, v.length)));
          if (between) {
            goodTensors.forEach((k, v) -> t.put("good/" + k, v));
            goodNoise.forEach((k, v) -> t.put("good-rng/" + k, Tensor.of(v, v.length)));
          }
          new Checkpoint(now, between ? good : null, t).write(checkpoint);
        });
  }

  private void restore(Checkpoint c) {
    if (!c.position().config().equals(fingerprint)) {
      throw UserException.of(
          "the checkpoint was made with other settings or data; resume with the ones in the run's config.yaml");
    }
    copyInto(live(), c.tensors());
    if (c.good() != null) {
      copyInto(goodTensors, c.part("good/"));
      goodNoise = states(c, "good-rng/");
      good = c.good();
    }
    Map<String, Tensor> b = c.part("best/");
    if (!b.isEmpty()) {
      keepAsBest(b);
    }
    noise.restore(states(c, "rng/"));
    secondsBefore = c.position().seconds();
    goTo(c.position());
  }

  private static void copyInto(Map<String, Tensor> own, Map<String, Tensor> saved) {
    own.forEach(
        (k, t) -> {
          Tensor s = saved.get(k);
          if (s == null || !s.shape().equals(t.shape())) {
            throw UserException.of(
                "the checkpoint does not fit this model: %s is missing or of another shape", k);
          }
          t.copyFromInPlace(s);
        });
  }

  private static Map<String, byte[]> states(Checkpoint c, String prefix) {
    Map<String, byte[]> states = new LinkedHashMap<>();
    c.part(prefix).forEach((k, t) -> states.put(k, t.toBytes()));
    return states;
  }

  private void goTo(Checkpoint.Position p) {
    optimizer.restore(p.step(), p.updates());
    aggressive = p.aggressive();
    epoch = p.epoch();
    batch = p.batch();
    lrFactor = p.lrFactor();
    tries = p.tries();
    best = p.best() == null ? Double.POSITIVE_INFINITY : p.best();
    bestEpoch = p.bestEpoch();
    sinceBest = p.sinceBest();
    sums = new LinkedHashMap<>(p.sums());
    history.clear();
    history.addAll(p.history());
  }

  private void keepAsBest(Map<String, Tensor> weights) {
    // Buffers of their own, outside any scope that may be open here.
    weights.forEach(
        (k, t) -> {
          if (!bestWeights.containsKey(k)) {
            bestWeights.put(k, Scope.outside(t::copy));
          }
          bestWeights.get(k).copyFromInPlace(t.detach());
        });
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - sessionStart) / 1e9;
  }

  private TrainResult result(Status s, String reason) {
    return new TrainResult(s, epoch, bestWeights.isEmpty() ? epoch : bestEpoch, seconds(), reason);
  }

  private void report(Pace pace, int batches) {
    long done = Math.min((long) batch * config.batch(), train.size());
    pace.mark((long) epoch * train.size() + done);
    double left =
        ((double) config.epochs() * train.size() - (long) epoch * train.size() - done)
            / pace.rate();
    if (config.max_seconds() > 0) {
      left = Math.min(left, Math.max(0, config.max_seconds() - seconds()));
    }
    listener.step(
        new TrainListener.Progress(
            epoch + 1, config.epochs(), done, train.size(), means(), pace.rate(), left));
  }

  /** Observations per second, smoothed over some seconds. */
  private static final class Pace {
    private long lastCount = -1;
    private long lastTime;
    private double rate = Double.NaN;

    void mark(long count) {
      long now = System.nanoTime();
      if (lastCount < 0 || count < lastCount) {
        lastCount = count;
        lastTime = now;
      } else if (now - lastTime > 250_000_000L) {
        double r = (count - lastCount) / ((now - lastTime) / 1e9);
        rate = Double.isNaN(rate) ? r : 0.8 * rate + 0.2 * r;
        lastCount = count;
        lastTime = now;
      }
    }

    double rate() {
      return rate;
    }
  }
}
