package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.data.Paired;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Vocabulary;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Batch;
import org.javae.core.model.BatchCoupled;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Conditional;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.model.Scores;
import org.javae.core.model.View;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.Step;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.TrainResult;
import org.javae.core.train.TrainResult.Status;
import org.javae.core.train.Trainer;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every model of the catalogue owes its users, checked on tiny data: one test a law. A law
 * that does not apply to a kind of model (a closed form is not trained by gradients) is reported as
 * skipped, with the reason.
 */
public final class ContractSuite {
  private static final int N = 24;
  private static final int BATCH = 12;

  private final CatalogEntry<?> entry;
  private final Subject subject;

  private ContractSuite(CatalogEntry<?> entry, Subject subject) {
    this.entry = entry;
    this.subject = subject;
  }

  /**
   * A row of test data for a model.
   *
   * @param data what kind of data; the suite draws observations to match
   * @param settings small ones, on top of the model's defaults
   * @param smooth further ones that make the loss differentiable everywhere, e.g. tanh networks
   */
  public record Subject(DataSpec data, Map<String, ?> settings, Map<String, ?> smooth) {}

  private interface Law {
    void check();
  }

  /** The laws for a model, as tests. */
  public static Stream<DynamicTest> of(CatalogEntry<?> entry, Subject subject) {
    ContractSuite s = new ContractSuite(entry, subject);
    Map<String, Law> laws = new LinkedHashMap<>();
    laws.put("shapes fit", s::shapesFit);
    laws.put("losses and their gradients are finite, one an observation", s::lossesAreFinite);
    laws.put("twenty steps on one batch lower the loss", s::overfits);
    laws.put("a saved model loads to the same bits", s::savesAndLoads);
    laws.put("the same seed gives the same bits, another seed others", s::seedDecides);
    laws.put("an interrupted run resumes to the same bits", s::resumes);
    laws.put("nothing leaks", s::leaksNothing);
    laws.put("settings survive JSON", s::settingsSurviveJson);
    laws.put("a model outlives the scope it was made in", s::outlivesScopes);
    laws.put("splitting a batch changes nothing", s::batchesSplit);
    laws.put("permuting a batch permutes the results", s::batchesPermute);
    laws.put("evaluation is finite and does not depend on the batch size", s::evaluates);
    laws.put("the gradient of the whole loss is its derivative", s::gradientIsDerivative);
    return laws.entrySet().stream()
        .map(l -> DynamicTest.dynamicTest(l.getKey(), () -> l.getValue().check()));
  }

  // ---- the laws

  private void shapesFit() {
    Model<Batch> m = fitted(build(1));
    Shape event = subject.data().event();
    boolean[] can = {false};
    Scope.run(
        () -> {
          Batch batch = batch(DType.FLOAT32);
          Tensor x = batch.x();
          Object v = view(m, batch);
          if (v instanceof Encodes e) {
            can[0] = true;
            expect("code", e.encode(x), Shape.of(BATCH, e.latent()));
            if (v instanceof Decodes d) {
              expect("reconstruction", d.decode(e.encode(x)), event.prepend(BATCH));
            }
          }
          if (view(m, part(batch, 0, 1)) instanceof Generates g) {
            can[0] = true;
            Tensor drawn = g.generate(5, Rng.of(1));
            expect("generated", drawn, event.prepend(5));
            assertThat(g.generate(5, Rng.of(1)).toBytes())
                .as("the same seed")
                .isEqualTo(drawn.toBytes());
            assertThat(g.generate(5, Rng.of(2)).toBytes())
                .as("another seed")
                .isNotEqualTo(drawn.toBytes());
            double[] told = {0};
            DoubleConsumer listener =
                f -> {
                  assertThat(f).as("progress").isBetween(told[0], 1.0);
                  told[0] = f;
                };
            assertThat(g.generate(5, Rng.of(1), listener).toBytes())
                .as("the same with progress told")
                .isEqualTo(drawn.toBytes());
            assertThat(told[0]).as("progress, unless there is none to tell").isIn(0.0, 1.0);
          }
          if (v instanceof LatentVariableModel l) {
            expect("posterior mean", l.posterior(x).mean(), Shape.of(BATCH, l.latent()));
            expect(
                "prior mean", l.prior().mean(), Shape.of(isConditional(m) ? BATCH : 1, l.latent()));
            Tensor z = l.posterior(x).sample(Rng.of(1), 3);
            expect("posterior draws", z, Shape.of(3L * BATCH, l.latent()));
            expect("posterior density", l.posterior(x).repeat(3).logProb(z), Shape.of(3L * BATCH));
            expect(
                "prior density",
                Conditional.rows(l.prior(), 3L * BATCH).logProb(z),
                Shape.of(3L * BATCH));
            expect("likelihood", l.likelihood(z).logProb(x.repeatBatch(3)), Shape.of(3L * BATCH));
            expect("draws", l.likelihood(z).sample(Rng.of(1)), event.prepend(3L * BATCH));
          }
          if (m instanceof Scores s) {
            can[0] = true;
            expect("density", s.logProb(x), Shape.of(BATCH));
          }
        });
    assertThat(can[0]).as("the model can do something with data").isTrue();
  }

  /** Whether each observation has a prior of its own. */
  private static boolean isConditional(Model<?> m) {
    return m instanceof Conditional || m instanceof Multimodal v && !v.conditions().isEmpty();
  }

  private static void expect(String what, Tensor t, Shape shape) {
    assertThat(t.shape()).as(what).isEqualTo(shape);
    assertThat(t.allFinite()).as(what + " is finite").isTrue();
  }

  private void lossesAreFinite() {
    Model<Batch> m = build(1);
    if (m instanceof ClosedForm) {
      Scope.run(
          () ->
              assertThatThrownBy(() -> m.loss(batch(DType.FLOAT32), step(1)))
                  .isInstanceOf(UnsupportedOperationException.class));
      Assumptions.abort("a closed form has no loss: it says so instead");
    }
    Scope.run(
        () -> {
          Loss loss = m.loss(batch(DType.FLOAT32), step(1));
          expect("loss", loss.total(), Shape.of(BATCH));
          assertThat(loss.terms()).isNotEmpty();
          loss.terms().forEach((name, t) -> expect("term " + name, t, Shape.of(BATCH)));
          assertThat(m.params().trainable()).isNotEmpty();
          List<Tensor> g = Autograd.grad(loss.total().mean(), m.params().trainable());
          double size = 0;
          for (int i = 0; i < g.size(); i++) {
            String name = m.params().trainableNames().get(i);
            assertThat(g.get(i).allFinite()).as("gradient of " + name).isTrue();
            size += g.get(i).abs().sum().item();
          }
          assertThat(size).as("size of the gradient").isPositive();
        });
  }

  private void overfits() {
    Model<Batch> m = trained("there are no steps");
    double before = meanLoss(m);
    Loader one = new Loader(data(), rows(0, BATCH), preprocessing(), Rng.of(5), false);
    TrainResult r =
        new Trainer<>(m, one, null, null, config(20, BATCH, 0.01), null, "", silent()).run(false);
    assertThat(r.status()).isEqualTo(Status.FINISHED);
    assertThat(meanLoss(m)).as("loss after 20 steps").isLessThan(before);
  }

  /** Averaged over enough noise that a single lucky draw does not decide. */
  private double meanLoss(Model<Batch> m) {
    double[] sum = {0};
    for (int i = 0; i < 20; i++) {
      int seed = i;
      Autograd.off(
          () ->
              Scope.run(
                  () -> {
                    Loss l = m.loss(batch(DType.FLOAT32), Step.evaluation(Rng.of(seed)));
                    sum[0] += l.total().mean().item() / 20;
                  }));
    }
    return sum[0];
  }

  private void savesAndLoads() {
    inFolder(
        folder -> {
          Model<Batch> m = fitted(build(1));
          if (!(m instanceof ClosedForm)) {
            train(m, null, false, -1);
          }
          ModelFolder.save(folder, entry.name(), m, preprocessing(), Map.of(), Map.of(), Map.of());
          for (int time = 0; time < 2; time++) {
            ModelFolder.Loaded loaded = ModelFolder.load(folder, name -> entry);
            @SuppressWarnings("unchecked") // what was saved is a model of one block
            Model<Batch> back = (Model<Batch>) loaded.model();
            assertThat(back).hasSameClassAs(m);
            assertThat(back.config()).isEqualTo(m.config());
            assertThat(back.data()).usingRecursiveComparison().isEqualTo(m.data());
            assertSameBits(bits(back), bits(m));
            assertSameBits(outputs(back), outputs(m));
          }
        });
  }

  private void seedDecides() {
    Map<String, byte[]> a = run(1);
    assertSameBits(run(1), a);
    if (build(1) instanceof ClosedForm) {
      return; // nothing in it is random
    }
    Map<String, byte[]> c = run(2);
    assertThat(a.keySet()).anyMatch(k -> !Arrays.equals(a.get(k), c.get(k)));
  }

  private Map<String, byte[]> run(long seed) {
    Model<Batch> m = fitted(build(seed));
    if (!(m instanceof ClosedForm)) {
      train(m, null, false, -1);
    }
    Map<String, byte[]> all = bits(m);
    all.putAll(outputs(m));
    return all;
  }

  private void resumes() {
    Model<Batch> whole = trained("there is nothing to interrupt");
    List<EpochRecord> history = train(whole, null, false, -1).history();
    inFolder(
        folder -> {
          for (int stop = 1; stop <= 8; stop += 3) {
            Path file = folder.resolve("state" + stop);
            train(build(1), file, false, stop);
            Model<Batch> m = build(9);
            Trainer<Batch> t = train(m, file, true, -1);
            assertSameBits(bits(m), bits(whole));
            assertThat(t.history())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
                .isEqualTo(history);
          }
        });
  }

  private void leaksNothing() {
    Model<Batch> m = fitted(build(1));
    Rng noise = Rng.of(3);
    Leaks.assertNone(
        () ->
            Scope.run(
                () -> {
                  Batch b = batch(DType.FLOAT32);
                  if (!(m instanceof ClosedForm)) {
                    Loss loss = m.loss(b, new Step(3, 2.5, 10, true, noise));
                    Autograd.grad(loss.total().mean(), m.params().trainable());
                  }
                  Object v = view(m, b);
                  if (v instanceof Encodes e && v instanceof Decodes d) {
                    d.decode(e.encode(b.x()));
                  }
                  if (v instanceof Generates g) {
                    g.generate(3, noise);
                  }
                  if (m instanceof Scores s) {
                    s.logProb(b.x());
                  }
                }));
    if (m instanceof ClosedForm c) {
      Leaks.assertNone(() -> c.fitBatches(pass(7)));
    }
  }

  private void settingsSurviveJson() {
    for (Map<String, ?> settings : List.of(Map.<String, Object>of(), subject.settings())) {
      var config = entry.configure(subject.data(), settings);
      String json = Json.toString(config);
      assertThat(entry.read(Json.parse(json, "text", JsonNode.class))).isEqualTo(config);
      assertThat(entry.read(Json.mapper().valueToTree(config))).isEqualTo(config);
      assertThat(Json.parse(json, "text", JsonNode.class).fieldNames())
          .toIterable()
          .containsExactlyElementsOf(entry.keys());
    }
    assertThat(build(1).config()).isEqualTo(entry.configure(subject.data(), subject.settings()));
  }

  private void outlivesScopes() {
    Model<Batch> m = Scope.run(() -> fitted(build(1)));
    assertSameBits(outputs(m), outputs(fitted(build(1))));
    if (!(m instanceof ClosedForm)) {
      Scope.run(
          () -> assertThat(m.loss(batch(DType.FLOAT32), step(1)).total().allFinite()).isTrue());
    }
  }

  private void batchesSplit() {
    Model<Batch> m = fitted(build(1, DType.FLOAT64, subject.settings()));
    Map<String, Function<Batch, Tensor>> functions = perRow(m);
    if (m instanceof BatchCoupled c) {
      // They are functions of the whole batch; for all others the law stands.
      c.coupledTerms().forEach(t -> functions.remove("loss term " + t));
    }
    functions.forEach(
        (name, f) ->
            Autograd.off(
                () ->
                    Scope.run(
                        () -> {
                          Batch b = rows(DType.FLOAT64);
                          List<Tensor> parts = new ArrayList<>();
                          int at = 0;
                          for (int n : new int[] {1, 7, 3, N - 11}) {
                            parts.add(f.apply(part(b, at, n)));
                            at += n;
                          }
                          assertClose(name, Tensor.cat(parts, 0), f.apply(b));
                        })));
    if (m instanceof ClosedForm) {
      Model<Batch> other = build(1, DType.FLOAT64, subject.settings());
      ((ClosedForm) other).fitBatches(pass(7));
      m.params()
          .all()
          .forEach(
              (name, t) ->
                  assertThat(other.params().all().get(name).toDoubles())
                      .as("fitted in other batches: " + name)
                      .containsExactly(t.toDoubles(), within(1e-9)));
    }
  }

  private void batchesPermute() {
    Model<Batch> m = fitted(build(1, DType.FLOAT64, subject.settings()));
    int[] order = Rng.of(4).permutation(N);
    perRow(m)
        .forEach(
            (name, f) ->
                Autograd.off(
                    () ->
                        Scope.run(
                            () -> {
                              Batch b = rows(DType.FLOAT64);
                              Tensor p = Tensor.indices(order);
                              assertClose(
                                  name, f.apply(chosen(b, p)), f.apply(b).indexSelect(0, p));
                            })));
  }

  /** Everything that is a function of one observation, without noise: rows in, rows out. */
  private Map<String, Function<Batch, Tensor>> perRow(Model<Batch> m) {
    Map<String, Function<Batch, Tensor>> r = new LinkedHashMap<>();
    Object kind = Scope.run(() -> view(m, batch(DType.FLOAT64)));
    if (kind instanceof Encodes) {
      r.put("code", b -> ((Encodes) view(m, b)).encode(b.x()));
      if (kind instanceof Decodes) {
        r.put(
            "reconstruction",
            b -> {
              Object v = view(m, b);
              return ((Decodes) v).decode(((Encodes) v).encode(b.x()));
            });
      }
    }
    if (kind instanceof LatentVariableModel) {
      Function<Batch, LatentVariableModel> v = b -> Conditional.view(m, b);
      r.put(
          "posterior density", b -> v.apply(b).posterior(b.x()).logProb(v.apply(b).encode(b.x())));
      r.put("prior density", b -> v.apply(b).prior().logProb(v.apply(b).encode(b.x())));
      r.put("likelihood", b -> v.apply(b).likelihood(v.apply(b).encode(b.x())).logProb(b.x()));
    }
    if (m instanceof Scores s) {
      r.put("density", b -> s.logProb(b.x()));
    }
    if (!(m instanceof ClosedForm)) {
      Map<String, byte[]> one = terms(m, 1);
      Map<String, byte[]> two = terms(m, 2);
      one.forEach(
          (name, bits) -> {
            if (Arrays.equals(bits, two.get(name))) {
              r.put("loss term " + name, b -> m.loss(b, step(1)).terms().get(name));
            }
          });
    }
    return r;
  }

  private Map<String, byte[]> terms(Model<Batch> m, long seed) {
    return Scope.run(
        () -> {
          Map<String, byte[]> r = new LinkedHashMap<>();
          m.loss(rows(DType.FLOAT64), step(seed)).terms().forEach((k, t) -> r.put(k, t.toBytes()));
          return r;
        });
  }

  private static void assertClose(String name, Tensor a, Tensor b) {
    assertThat(a.shape()).as(name).isEqualTo(b.shape());
    double size = 1 + b.abs().max().item();
    assertThat(a.toDoubles()).as(name).containsExactly(b.toDoubles(), within(1e-11 * size));
  }

  private void evaluates() {
    Model<Batch> m = fitted(build(1));
    Metrics a = evaluate(m, 5);
    Metrics b = evaluate(m, N);
    assertThat(evaluate(m, 5)).usingRecursiveComparison().isEqualTo(a);
    double tolerance = 1e-4;
    if (m.data().isText()) {
      assertThat(a.perplexity()).isFinite().isGreaterThan(1);
      assertThat(a.mse()).isNull();
    } else if (m instanceof Decodes || m instanceof Conditional) {
      assertThat(a.mse()).isFinite().isCloseTo(b.mse(), within(tolerance * (1 + b.mse())));
      assertThat(a.reconstruction()).isFinite();
    }
    if (m instanceof LatentVariableModel || m instanceof Conditional) {
      int latent = m instanceof Conditional c ? c.latent() : ((Encodes) m).latent();
      assertThat(a.elbo()).isFinite();
      assertThat(a.nll()).isFinite();
      assertThat(a.kl()).isFinite();
      if (m instanceof LatentVariableModel v && !v.euclidean()) {
        assertThat(a.activeUnits()).isNull();
      } else {
        assertThat(a.activeUnits()).isBetween(0, latent).isEqualTo(b.activeUnits());
      }
      boolean informative =
          Scope.run(
              () -> {
                Batch batch = batch(DType.FLOAT32);
                return Conditional.view(m, batch).posterior(batch.x()).cheapDensity();
              });
      if (informative) {
        assertThat(a.mutualInformation()).isLessThanOrEqualTo(Math.log(N) + 1e-6);
      } else {
        assertThat(a.mutualInformation()).isNull();
      }
      // Without a closed form it is an estimate from other draws in other batches.
      if (a.klPerDimension() != null) {
        assertThat(a.kl()).isGreaterThanOrEqualTo(-1e-6);
        assertThat(a.kl()).isCloseTo(b.kl(), within(tolerance * (1 + b.kl())));
        assertThat(Arrays.stream(a.klPerDimension()).sum())
            .isCloseTo(a.kl(), within(tolerance * (1 + a.kl())));
      }
    }
  }

  private Metrics evaluate(Model<Batch> m, int batch) {
    Loader rows = new Loader(data(), rows(0, N), preprocessing(), Rng.of(5), false);
    return Evaluator.evaluate(m, rows, new Evaluator.Options(8, 3, batch, Set.of()), p -> {});
  }

  /** (f(p + εe) − f(p − εe)) / 2ε for some elements of every parameter. */
  private void gradientIsDerivative() {
    Map<String, Object> settings = new LinkedHashMap<>(subject.settings());
    settings.putAll(subject.smooth());
    Model<Batch> m = build(1, DType.FLOAT64, settings);
    if (m instanceof ClosedForm) {
      Assumptions.abort("a closed form has no gradient");
    }
    // Away from the initial zeros, where a wrong derivative may pass for a right one.
    Scope.run(
        () ->
            m.params()
                .trainable()
                .forEach(
                    p -> p.addInPlace(Rng.of(6).normal(DType.FLOAT64, p.shape().toArray()), 0.05)));
    double epsilon = 1e-5;
    for (int i = 0; i < m.params().trainable().size(); i++) {
      Tensor p = m.params().trainable().get(i);
      String name = m.params().trainableNames().get(i);
      if (m instanceof DiscreteCodes && name.matches("(encoder|codebook).*")) {
        continue; // the gradient is passed straight through what has none: no derivative
      }
      double[] automatic = gradient(m, p);
      double[] values = p.toDoubles();
      int stride = Math.max(1, values.length / 8);
      for (int j = 0; j < values.length; j += stride) {
        double numerical =
            (shifted(m, p, values, j, epsilon) - shifted(m, p, values, j, -epsilon))
                / (2 * epsilon);
        assertThat(automatic[j])
            .as("derivative by element %d of %s", j, name)
            .isCloseTo(numerical, within(2e-7 * (1 + Math.abs(numerical))));
      }
    }
  }

  private double[] gradient(Model<Batch> m, Tensor p) {
    return Scope.run(() -> Autograd.grad(weighted(m), List.of(p)).get(0).toDoubles());
  }

  private double shifted(Model<Batch> m, Tensor p, double[] values, int j, double by) {
    return Scope.run(
        () -> {
          double[] v = values.clone();
          v[j] += by;
          p.copyFromInPlace(Tensor.of(v, p.shape().toArray()));
          double f = Autograd.off(() -> weighted(m).item());
          p.copyFromInPlace(Tensor.of(values, p.shape().toArray()));
          return f;
        });
  }

  /** The losses of all observations, each with a weight of its own, and always the same noise. */
  private Tensor weighted(Model<Batch> m) {
    double[] w = IntStream.range(0, BATCH).mapToDouble(i -> 0.5 + Math.sin(1 + 1.7 * i)).toArray();
    return m.loss(batch(DType.FLOAT64), step(7)).total().times(Tensor.of(w, BATCH)).sum();
  }

  // ---- models and data

  private Model<Batch> build(long seed) {
    return build(seed, entry.type(), subject.settings());
  }

  @SuppressWarnings("unchecked") // the suite feeds models of one block
  private Model<Batch> build(long seed, DType type, Map<String, ?> settings) {
    return (Model<Batch>)
        entry
            .in(type)
            .build(
                subject.data(),
                entry.configure(subject.data(), settings),
                Rng.of(seed).split("init"));
  }

  private Model<Batch> fitted(Model<Batch> m) {
    if (m instanceof ClosedForm c) {
      c.fitBatches(pass(N));
    }
    return m;
  }

  private Model<Batch> trained(String otherwise) {
    Model<Batch> m = build(1);
    Assumptions.assumeFalse(m instanceof ClosedForm, "a closed form is not trained: " + otherwise);
    return m;
  }

  private Consumer<Consumer<Batch>> pass(int batch) {
    Loader l = new Loader(data(), rows(0, N), preprocessing(), Rng.of(5), false);
    return consumer -> l.each(batch, consumer);
  }

  private static Step step(long seed) {
    return new Step(3, 2.5, 10, true, Rng.of(seed));
  }

  private static TrainListener silent() {
    return new TrainListener() {};
  }

  private static TrainConfig config(int epochs, int batch, double lr) {
    TrainConfig d = TrainConfig.DEFAULTS;
    return new TrainConfig(
        epochs,
        batch,
        lr,
        4,
        d.optimizer(),
        d.lr_schedule(),
        d.momentum(),
        0.001,
        10,
        0.9,
        1,
        0,
        0,
        true,
        0,
        1e9);
  }

  /** Three epochs of four steps; stops after {@code stop} of them if that is positive. */
  private Trainer<Batch> train(Model<Batch> m, Path file, boolean resume, int stop) {
    Loader rows = new Loader(data(), rows(0, 20), preprocessing(), Rng.of(5), true);
    Loader held = new Loader(data(), rows(20, N), preprocessing(), Rng.of(6), false);
    List<Trainer<Batch>> self = new ArrayList<>();
    int[] steps = {0};
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            if (++steps[0] == stop) {
              self.get(0).requestStop();
            }
          }
        };
    self.add(
        new Trainer<>(
            m, rows, held, Evaluator.validator(3), config(3, 5, 0.01), file, "contract", l));
    TrainResult r = self.get(0).run(resume);
    assertThat(r.status()).isEqualTo(stop > 0 ? Status.INTERRUPTED : Status.FINISHED);
    return self.get(0);
  }

  private static Map<String, byte[]> bits(Model<?> m) {
    Map<String, byte[]> r = new LinkedHashMap<>();
    m.params().all().forEach((k, t) -> r.put("parameter " + k, t.toBytes()));
    return r;
  }

  private Map<String, byte[]> outputs(Model<Batch> m) {
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Map<String, byte[]> r = new LinkedHashMap<>();
                  Batch b = rows(DType.FLOAT32);
                  Tensor x = b.x();
                  Object v = view(m, b);
                  if (v instanceof Encodes e) {
                    r.put("code", e.encode(x).toBytes());
                    if (v instanceof Decodes d) {
                      r.put("reconstruction", d.decode(e.encode(x)).toBytes());
                    }
                  }
                  if (v instanceof Generates g) {
                    r.put("generated", g.generate(4, Rng.of(8)).toBytes());
                  }
                  if (m instanceof Scores s) {
                    r.put("density", s.logProb(x).toBytes());
                  }
                  return r;
                }));
  }

  private static void assertSameBits(Map<String, byte[]> a, Map<String, byte[]> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    a.forEach((k, v) -> assertThat(v).as(k).isEqualTo(b.get(k)));
  }

  private Batch batch(DType type) {
    return part(rows(type), 0, BATCH);
  }

  /** All observations, with labels where the data have classes. */
  private Batch rows(DType type) {
    int[] labels = labels();
    return new Batch(
        all(type),
        labels == null ? null : Tensor.of(Arrays.stream(labels).asLongStream().toArray(), N),
        null,
        subject.data().views().isEmpty() ? null : present().to(type));
  }

  private static Batch part(Batch b, int from, int n) {
    return each(b, t -> t.narrow(0, from, n));
  }

  private static Batch chosen(Batch b, Tensor rows) {
    return each(b, t -> t.indexSelect(0, rows));
  }

  private static Batch each(Batch b, UnaryOperator<Tensor> f) {
    return new Batch(
        f.apply(b.x()),
        b.labels() == null ? null : f.apply(b.labels()),
        null,
        b.present() == null ? null : f.apply(b.present()));
  }

  /** Data of several views out of what each is like. */
  public static DataSpec views(DataSpec... each) {
    List<View> views = new ArrayList<>();
    int at = 0;
    for (DataSpec d : each) {
      views.add(new View("view" + views.size(), at, d, null, null, 1));
      at += (int) d.event().numel();
    }
    return new DataSpec(new long[] {at}, List.of(), false, false, 0, 0, 0, views);
  }

  /** Whether observation i lacks view m: with several views, some lack one, each at times. */
  private boolean absent(int i, int m) {
    int views = subject.data().views().size();
    return views > 1 && i / 2 % (views + 1) == m;
  }

  private Tensor present() {
    int views = subject.data().views().size();
    double[] p = new double[N * views];
    for (int i = 0; i < p.length; i++) {
      p[i] = absent(i / views, i % views) ? 0 : 1;
    }
    return Tensor.of(p, N, views);
  }

  /** Every class in turn, or null for data without. */
  private int[] labels() {
    int classes = subject.data().classes();
    return classes == 0 ? null : IntStream.range(0, N).map(i -> i % classes).toArray();
  }

  /** What the laws are about: the model, given the batch's labels where it is conditional. */
  private static Object view(Model<Batch> m, Batch b) {
    LatentVariableModel v = Conditional.view(m, b);
    return v == null ? m : v;
  }

  private Tensor all(DType type) {
    float[] v = values();
    return Tensor.of(v, subject.data().event().prepend(N).toArray()).to(type);
  }

  private Dataset data() {
    if (!subject.data().views().isEmpty()) {
      return paired();
    }
    ArrayDataset d =
        ArrayDataset.of("contract", subject.data().event(), values())
            .withColumns(subject.data().columns());
    int[] labels = labels();
    return labels == null
        ? d
        : d.withAnnotations(
            List.of(new Annotation("label", labels, subject.data().classes(), List.of())));
  }

  private Preprocessing preprocessing() {
    return subject.data().views().isEmpty()
        ? Preprocessing.NONE
        : Preprocessing.fit(data(), rows(0, N), "none", Preprocessing.Binarize.NONE, "error");
  }

  private Dataset paired() {
    List<Dataset.View> views = new ArrayList<>();
    List<Dataset> sources = new ArrayList<>();
    int[][] rows = new int[subject.data().views().size()][N];
    for (int m = 0; m < rows.length; m++) {
      View v = subject.data().views().get(m);
      DataSpec d = v.data();
      Dataset.Tokens tokens = d.isText() ? new Dataset.Tokens(d.vocabulary(), List.of()) : null;
      views.add(
          new Dataset.View(
              v.name(), d.event(), d.columns(), tokens, Dataset.ViewSettings.AUTO.scaling("none")));
      sources.add(ArrayDataset.of(v.name(), d.event(), values(d, m)).withColumns(d.columns()));
      for (int i = 0; i < N; i++) {
        rows[m][i] = absent(i, m) ? -1 : i;
      }
    }
    return Paired.of("contract", views, sources, rows);
  }

  private static int[] rows(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  /** Observations with two hidden causes, so that there is something to learn. */
  private float[] values() {
    DataSpec d = subject.data();
    if (d.views().isEmpty()) {
      return values(d, 0);
    }
    int n = Math.toIntExact(d.event().numel());
    float[] v = new float[N * n];
    for (int m = 0; m < d.views().size(); m++) {
      View view = d.views().get(m);
      float[] of = values(view.data(), m);
      for (int i = 0; i < N; i++) {
        if (!absent(i, m)) {
          System.arraycopy(of, i * view.length(), v, i * n + view.offset(), view.length());
        }
      }
    }
    return v;
  }

  /** As above for one block, whose elements depend on the causes in a way of its own. */
  private static float[] values(DataSpec d, int shift) {
    if (d.isText()) {
      return sentences(d);
    }
    int n = Math.toIntExact(d.event().numel());
    List<Column> columns = new ArrayList<>();
    d.columns().forEach(c -> columns.addAll(Collections.nCopies(c.width(), c)));
    SplittableRandom r = new SplittableRandom(11);
    float[] v = new float[N * n];
    for (int i = 0; i < N; i++) {
      double a = r.nextGaussian();
      double b = r.nextGaussian();
      for (int j = 0; j < n; j++) {
        double at = j + 7 * shift;
        double u = a * Math.cos(at) + b * Math.sin(2 * at + 1) + 0.3 * r.nextGaussian();
        double p = 1 / (1 + Math.exp(-2 * u));
        v[i * n + j] =
            (float) (d.binary() ? (r.nextDouble() < p ? 1 : 0) : d.unitInterval() ? p : u);
      }
      for (int j = 0; j < columns.size(); ) {
        int width = columns.get(j).width();
        if (columns.get(j).kind() == Column.Kind.CATEGORICAL) {
          int best = j;
          for (int k = j; k < j + width; k++) {
            best = v[i * n + k] > v[i * n + best] ? k : best;
          }
          for (int k = j; k < j + width; k++) {
            v[i * n + k] = k == best ? 1 : 0;
          }
        }
        j += width;
      }
    }
    return v;
  }

  /** Sentences of all lengths, the words of each from one of two halves of the vocabulary. */
  private static float[] sentences(DataSpec d) {
    int length = Math.toIntExact(d.event().numel());
    int words = d.vocabulary() - Vocabulary.MARKS.size();
    SplittableRandom r = new SplittableRandom(11);
    float[] v = new float[N * length];
    for (int i = 0; i < N; i++) {
      int most = r.nextInt(length + 1);
      int half = r.nextInt(2) * (words / 2);
      for (int j = 0; j < most; j++) {
        v[i * length + j] = Vocabulary.MARKS.size() + half + r.nextInt(words - words / 2);
      }
      if (most < length) {
        v[i * length + most] = Vocabulary.END;
      }
    }
    return v;
  }

  private static void inFolder(Consumer<Path> body) {
    try {
      Path folder = Files.createTempDirectory("javae-contract");
      try {
        body.accept(folder);
      } finally {
        try (Stream<Path> s = Files.walk(folder)) {
          for (Path p : s.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(p);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
