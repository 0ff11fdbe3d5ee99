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
import org.javae.core.model.Batch;
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
    assertThatThrownBy(() -> settings(DIGITS, "missing_views", 1.5))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("missing_views is 1.5");
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
