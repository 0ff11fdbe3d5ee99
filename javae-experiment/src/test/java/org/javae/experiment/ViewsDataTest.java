package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.core.data.Dataset;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.Batch;
import org.javae.core.train.TrainListener;
import org.javae.data.write.DatasetWriter;
import org.javae.tensor.Scope;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of several views between the command line and a model. */
class ViewsDataTest {
  private static final String DIGITS = "strokes-label:train=60,test=10";

  @TempDir Path folder;

  private static Settings settings(String data, Object... more) {
    Settings s = Settings.of(data, "vae").with(Map.of("latent", 2, "encoder", "mlp:8"));
    for (int i = 0; i < more.length; i += 2) {
      s = s.with(Map.of(String.valueOf(more[i]), more[i + 1]));
    }
    return s;
  }

  private static void refused(Settings s, String... parts) {
    assertThatThrownBy(() -> Experiment.prepare(s, note -> {}).close())
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void aModelOfOneBlockSeesTheFlatVector() {
    try (Experiment e = Experiment.prepare(settings(DIGITS, "likelihood", "bernoulli"), n -> {})) {
      assertThat(e.model().data().views())
          .extracting(v -> v.name())
          .containsExactly("image", "label");
      assertThat(e.preprocessing().views().get(0).of().binarize()).isEqualTo(Binarize.DYNAMIC);
      assertThat(e.model().data().binary()).isTrue();
      Scope.run(
          () -> {
            Batch b = e.trainingRows().batch(0, 0, 10);
            assertThat(b.x().shape().toArray()).containsExactly(10, 794);
            assertThat(b.present().toFloats()).hasSize(20).containsOnly(1);
            float[] x = b.x().toFloats();
            int label = (int) b.labels().toDoubles()[3];
            assertThat(x[3 * 794 + 784 + label]).isEqualTo(1);
          });
    }
    // The image asks for zeros and ones itself, so keeping greys contradicts it.
    refused(settings(DIGITS, "binarize", "none"), "likelihood bernoulli needs zeros and ones");
  }

  @Test
  void aModelOfOneBlockIsRefusedMissingViewsAndSentences() {
    refused(settings(DIGITS, "missing_views", 0.5), "model vae needs every view", "multimodal");
    refused(settings(DIGITS, "paired", 0.1), "image (", "label (");
    refused(settings("shapes-captions:n=40"), "has a view of text");
    refused(settings("strokes:train=30,test=5", "paired", 0.1), "strokes has one; leave them out");
    refused(settings("strokes:train=30,test=5", "repeat_complete", 3), "strokes has one");
    assertThatThrownBy(() -> settings(DIGITS, "missing_views", 1.5))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("missing_views is 1.5");
  }

  @Test
  void completeObservationsCanComeMoreOftenInAnEpoch() {
    Settings few =
        Settings.of(DIGITS, "mvae")
            .with(Map.of("latent", 2, "encoder", "mlp:8", "paired", 0.2, "validation", 0));
    int once;
    try (Experiment e = Experiment.prepare(few, n -> {})) {
      once = e.trainingRows().size();
    }
    assertThat(once).isEqualTo(60);
    try (Experiment e = Experiment.prepare(few.with(Map.of("repeat_complete", 5)), n -> {})) {
      assertThat(e.trainingRows().size()).isEqualTo(60 + 4 * 12);
      float[] present = e.trainingRows().batch(0, 0, 108).present().toFloats();
      int both = 0;
      for (int i = 0; i < 108; i++) {
        both += present[2 * i] + present[2 * i + 1] == 2 ? 1 : 0;
      }
      assertThat(both).isEqualTo(5 * 12);
    }
  }

  @Test
  void aFolderOfViewsIsReadAsItWasWritten() throws IOException {
    Path out = folder.resolve("captions");
    try (Dataset d = DataAccess.generate("shapes-captions:size=16,n=40", 0, 1)) {
      DatasetWriter.write(d, out);
      try (Dataset back = DataAccess.open(DataConfig.DEFAULTS.withData(out.toString()))) {
        assertThat(back.name()).isEqualTo("shapes-captions");
        assertThat(back.views())
            .extracting(Dataset.View::name)
            .containsExactly("picture", "attributes", "caption");
        assertThat(back.views().get(0).settings().likelihood()).isEqualTo("bernoulli");
        float[] a = new float[256];
        float[] b = new float[256];
        for (int i = 0; i < 40; i++) {
          d.view(0).read(new int[] {i}, a);
          back.view(0).read(new int[] {i}, b);
          assertThat(b).isEqualTo(a);
        }
        assertThat(back.views().get(1).columns()).hasSize(4);
        float[] first = new float[back.views().get(2).length()];
        float[] was = new float[8];
        back.view(2).read(new int[] {3}, first);
        d.view(2).read(new int[] {3}, was);
        List<String> words = back.views().get(2).tokens().words();
        List<String> before = d.views().get(2).tokens().words();
        for (int t = 0; t < 8; t++) {
          assertThat(words.get((int) first[t])).isEqualTo(before.get((int) was[t]));
        }
      }
    }
    DataConfig c = DataConfig.DEFAULTS.withData(out.resolve("views.yaml").toString());
    assertThat(DataReport.table(c)).isNull();
    assertThatThrownBy(
            () -> DataAccess.open(Settings.of(c.data(), "vae").with(Map.of("label", "x")).data()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("belong to one view: write them into views.yaml");
  }

  @Test
  void aViewOfCountsTrainsAndEvaluates() throws IOException {
    java.util.SplittableRandom r = new java.util.SplittableRandom(3);
    StringBuilder genes = new StringBuilder("g1,g2,g3\n");
    StringBuilder sizes = new StringBuilder("s1,s2\n");
    for (int i = 0; i < 60; i++) {
      double cause = r.nextGaussian();
      long rate = Math.round(20 * Math.exp(cause));
      genes.append(rate + r.nextInt(5)).append(',').append(r.nextInt(3)).append(',');
      genes.append(2 * rate + r.nextInt(9)).append('\n');
      sizes.append(cause).append(',').append(r.nextGaussian()).append('\n');
    }
    Files.writeString(folder.resolve("genes.csv"), genes);
    Files.writeString(folder.resolve("sizes.csv"), sizes);
    Path manifest = folder.resolve("views.yaml");
    String yaml =
        "views:\n  - {name: genes, source: genes.csv, likelihood: negative-binomial%s}\n"
            + "  - {name: sizes, source: sizes.csv}\n";
    Files.writeString(manifest, String.format(yaml, ""));
    for (String model : List.of("mvae", "cvae-views")) {
      Settings s =
          Settings.of(manifest.toString(), model)
              .with(Map.of("latent", 2, "encoder", "mlp:8", "epochs", 30, "lr", 0.02));
      Path out = folder.resolve(model);
      try (Experiment e = Experiment.prepare(s, n -> {})) {
        assertThat(e.model().data().views().get(0).likelihood()).isEqualTo("negative-binomial");
        var history = e.train(out, false, new TrainListener() {}).history();
        double first = history.get(0).train().get("loss");
        assertThat(history.get(history.size() - 1).train().get("loss")).isLessThan(first - 1);
      }
      try (Run run = Run.open(out)) {
        Evaluator.Options o = new Evaluator.Options(20, 1, 16, java.util.Set.of());
        Run.Evaluation v = run.evaluate(null, 0, o, f -> {});
        assertThat(v.metrics().nll()).isFinite();
        assertThat(v.multimodal().likelihoods().joint()).isFinite();
        boolean told = model.equals("cvae-views");
        assertThat(v.multimodal().likelihoods().views()).hasSize(told ? 1 : 2);
        // Nothing but counts is drawn of counts.
        if (told) {
          assertThatThrownBy(() -> run.generate(4, 1))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("trained to tell genes from sizes");
          Files.writeString(folder.resolve("one.csv"), "s1,s2\n0.5,0\n");
          Map<String, String> one = Map.of("sizes", folder.resolve("one.csv").toString());
          assertThat(GivenViews.generate(run, one, 5, 1).getWidth()).isPositive();
          Files.writeString(folder.resolve("other.csv"), "g1,g2,g3\n3,0,7\n");
          Map<String, String> other = Map.of("genes", folder.resolve("other.csv").toString());
          assertThatThrownBy(() -> GivenViews.generate(run, other, 5, 1))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("was not told sizes");
        } else {
          float[] drawn = run.draws(20, 1);
          for (int i = 0; i < drawn.length; i++) {
            if (i % 5 < 3) {
              assertThat(drawn[i]).isEqualTo((float) Math.rint(drawn[i])).isNotNegative();
            }
          }
        }
      }
    }
    Files.writeString(manifest, String.format(yaml, ", scaling: standard"));
    refused(settings(manifest.toString()), "scaling standard would leave no counts");
    Files.writeString(manifest, String.format(yaml, ""));
    refused(
        settings(manifest.toString(), "likelihood", "poisson"), "write it to the views of counts");
    Files.writeString(folder.resolve("genes.csv"), genes.toString().replaceFirst("\n\\d+", "\n-2"));
    refused(
        settings(manifest.toString(), "validation", 0, "test", 0),
        "needs counts (0, 1, 2 …), but row 1",
        "holds -2.0 in column 'g1'");
    refused(
        settings(folder.resolve("genes.csv").toString(), "likelihood", "poisson"),
        "needs counts (0, 1, 2 …), but row 1");
  }

  @Test
  void aReportTellsWhichViewsAreThere() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "id,u\n1,5\n2,6\n3,7\n");
    Files.writeString(folder.resolve("b.csv"), "id,w\n2,8\n3,9\n4,1\n5,2\n");
    Files.writeString(
        folder.resolve("views.yaml"),
        "views:\n  - {name: a, source: a.csv, key: id, weight: 3}\n"
            + "  - {name: b, source: b.csv, key: id}\n"
            + "  - {name: c, source: b.csv, key: id, columns: [w]}\n");
    try (Dataset d = DataAccess.open(DataConfig.DEFAULTS.withData(folder.toString()))) {
      DataReport r = DataReport.of(d);
      assertThat(r.views()).extracting(DataReport.ViewReport::kind).containsOnly("table");
      assertThat(r.views().get(0).weight()).isEqualTo(3);
      assertThat(r.patterns())
          .containsExactlyInAnyOrder(
              new DataReport.Pattern(List.of("a", "b", "c"), 2),
              new DataReport.Pattern(List.of("b", "c"), 2),
              new DataReport.Pattern(List.of("a"), 1));
      refused(settings(folder.toString(), "validation", 0, "test", 0), "a (2), b (1), c (1)");
      assertThatThrownBy(() -> ViewsPicture.of(d))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no view that is a picture");
    }
    try (Dataset d = DataAccess.generate("poly-strokes:train=8,test=1,views=2", 0, 0)) {
      BufferedImage i = ViewsPicture.of(d);
      int[] pixels = i.getRGB(0, 0, i.getWidth(), i.getHeight(), null, 0, i.getWidth());
      assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(100);
    }
  }
}
