package org.javae.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.Tokens;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final int N = 12;
  private static final float NAN = Float.NaN;

  /** Row i: a grey 2×2 picture, a table of two columns, a label, a sentence of three words. */
  private static Paired data(int[][] rows) {
    float[] pixels = new float[N * 4];
    float[] table = new float[N * 2];
    float[] words = new float[N * 3];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < 4; j++) {
        pixels[i * 4 + j] = (i + j) / 20f;
      }
      table[i * 2] = 100 + 10 * i;
      table[i * 2 + 1] = i * i;
      words[i * 3] = 4 + i % 3;
      words[i * 3 + 1] = Vocabulary.END;
    }
    List<Column> columns =
        List.of(
            new Column("a", Column.Kind.REAL, List.of()),
            new Column("b", Column.Kind.REAL, List.of()));
    Annotation label =
        new Annotation(
            "label", IntStream.range(0, N).map(i -> i % 3).toArray(), 3, List.of("x", "y", "z"));
    Tokens tokens = new Tokens(7, List.of("<pad>", "<s>", "</s>", "<unk>", "one", "two", "three"));
    List<View> views =
        List.of(
            new View("picture", Shape.of(1, 2, 2)).with(ViewSettings.AUTO.likelihood("bernoulli")),
            new View("table", columns).with(ViewSettings.AUTO.weight(2.5)),
            new View("label", List.of(LabelView.column(label))),
            new View("words", Shape.of(3), List.of(), tokens, ViewSettings.AUTO));
    List<Dataset> sources =
        List.of(
            ArrayDataset.of("p", Shape.of(1, 2, 2), pixels),
            ArrayDataset.of("t", Shape.of(2), table).withColumns(columns),
            LabelView.of(label),
            ArrayDataset.of("w", Shape.of(3), words).withTokens(tokens));
    Paired p =
        rows == null ? Paired.of("four", views, sources) : Paired.of("four", views, sources, rows);
    return p.withAnnotations(List.of(label));
  }

  private static int[] all() {
    return IntStream.range(0, N).toArray();
  }

  /** Of row i, view i mod 4 is absent. */
  private static Paired withHoles() {
    int[][] rows = new int[4][];
    for (int m = 0; m < 4; m++) {
      int view = m;
      rows[m] = IntStream.range(0, N).map(i -> i % 4 == view ? -1 : i).toArray();
    }
    return data(rows);
  }

  private static Preprocessing fit(Dataset d) {
    return Preprocessing.fitViews(d, all(), "auto", "auto", "error", 0);
  }

  private static Loader loader(Dataset d, Preprocessing p) {
    return new Loader(d, all(), p, Rng.of(1), false);
  }

  @Test
  void viewsLieOneAfterAnotherAndAreCutOutAgain() {
    Paired d = data(null);
    assertThat(d.shape()).isEqualTo(Shape.of(4 + 2 + 3 + 3));
    float[] one = new float[12];
    d.read(new int[] {5}, one);
    assertThat(one).containsExactly(.25f, .3f, .35f, .4f, 150, 25, 0, 0, 1, 6, Vocabulary.END, 0);
    float[] table = new float[4];
    d.view(1).read(new int[] {5, 0}, table);
    assertThat(table).containsExactly(150, 25, 100, 0);
    assertThat(d.view(1).columns()).hasSize(2);
    assertThat(d.view(3).tokens()).isPresent();
    assertThat(d.fingerprint()).isEqualTo(data(null).fingerprint());
    assertThat(d.fingerprint()).isNotEqualTo(withHoles().fingerprint());
  }

  @Test
  void eachViewIsPreparedInItsOwnWay() {
    Paired d = data(null);
    Preprocessing p = fit(d);
    assertThat(p.views())
        .extracting(Preprocessing.Part::name)
        .containsExactly("picture", "table", "label", "words");
    assertThat(p.views().get(0).of().binarize()).isEqualTo(Binarize.DYNAMIC);
    assertThat(p.views().get(1).of().shift()).containsExactly(155, 506f / 12);
    assertThat(p.views().get(2).of().scale()).containsOnly(1);
    assertThat(p.views().get(3).of().vocabulary().size()).isEqualTo(7);
    DataSpec spec = p.spec(d, all());
    assertThat(spec.views()).extracting(v -> v.offset()).containsExactly(0, 4, 6, 9);
    assertThat(spec.views().get(0).data().binary()).isTrue();
    assertThat(spec.views().get(0).data().event()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(spec.views().get(1).weight()).isEqualTo(2.5);
    assertThat(spec.views().get(2).data().mixed()).isTrue();
    assertThat(spec.views().get(3).data().vocabulary()).isEqualTo(7);
    assertThat(spec.classes()).isEqualTo(3);
    Scope.run(
        () -> {
          Batch b = loader(d, p).batch(0, 0, N);
          assertThat(b.present().toFloats()).containsOnly(1).hasSize(4 * N);
          assertThat(spec.views().get(0).of(b.x()).shape()).isEqualTo(Shape.of(N, 1, 2, 2));
          assertThat(spec.views().get(0).of(b.x()).toFloats()).containsOnly(0, 1);
          float[] t = spec.views().get(1).of(b.x()).toFloats();
          double mean = 0;
          double square = 0;
          for (int i = 0; i < N; i++) {
            mean += t[2 * i + 1] / N;
            square += t[2 * i + 1] * t[2 * i + 1] / N;
          }
          assertThat(mean).isCloseTo(0, within(1e-6));
          assertThat(square).isCloseTo(1, within(1e-5));
          float[] restored = p.restore(b.x()).toFloats();
          assertThat(restored[5 * 12 + 4]).isCloseTo(150, within(1e-4f));
          assertThat(restored[5 * 12 + 8]).isEqualTo(1);
        });
  }

  @Test
  void whatIsLearnedOfAViewComesFromTheRowsThatHaveItAlone() {
    Paired d = withHoles();
    Preprocessing p = fit(d);
    double mean =
        IntStream.range(0, N)
            .filter(i -> i % 4 != 1)
            .mapToDouble(i -> 100 + 10 * i)
            .average()
            .orElseThrow();
    assertThat(p.views().get(1).of().shift()[0]).isCloseTo((float) mean, within(1e-4f));
    assertThat(p.spec(d, all()).views().get(1).data().rows()).isEqualTo(9);
  }

  @Test
  void absentViewsAreZeroAndMarked() {
    Paired d = withHoles();
    Preprocessing p = fit(d);
    Preprocessing whole = fit(data(null));
    Scope.run(
        () -> {
          Batch b = loader(d, p).batch(0, 0, N);
          float[] there = b.present().toFloats();
          float[] x = b.x().toFloats();
          int[] from = {0, 4, 6, 9, 12};
          for (int i = 0; i < N; i++) {
            for (int m = 0; m < 4; m++) {
              assertThat(there[i * 4 + m]).isEqualTo(i % 4 == m ? 0 : 1);
              if (i % 4 == m) {
                assertThat(Arrays.copyOfRange(x, i * 12 + from[m], i * 12 + from[m + 1]))
                    .containsOnly(0);
              }
            }
          }
          // A view is binarised by its row, whatever else that row has.
          float[] full = loader(data(null), whole).batch(0, 0, N).x().toFloats();
          for (int i = 0; i < N; i++) {
            if (i % 4 != 0) {
              assertThat(Arrays.copyOfRange(x, i * 12, i * 12 + 4))
                  .isEqualTo(Arrays.copyOfRange(full, i * 12, i * 12 + 4));
            }
          }
        });
  }

  @Test
  void aCellMissingInAViewThatIsThereFollowsThePolicyForCells() {
    float[] v = {1, 2, NAN, 4, NAN, NAN};
    List<Column> columns =
        List.of(
            new Column("a", Column.Kind.REAL, List.of()),
            new Column("b", Column.Kind.REAL, List.of()));
    ArrayDataset t = ArrayDataset.of("t", Shape.of(2), v).withColumns(columns);
    Paired d =
        Paired.of(
            "d",
            List.of(new View("left", columns), new View("right", columns)),
            List.of(
                t,
                ArrayDataset.of("u", Shape.of(2), new float[] {1, 2, 3, 4, 5, 6})
                    .withColumns(columns)));
    int[] rows = {0, 1, 2};
    assertThatThrownBy(() -> Preprocessing.fitViews(d, rows, "auto", "auto", "error", 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("view left of d has a missing value in row 2, column 'a'");
    Preprocessing p = Preprocessing.fitViews(d, rows, "none", "auto", "mean", 0);
    Scope.run(
        () -> {
          Batch b = new Loader(d, rows, p, Rng.of(1), false).batch(0, 0, 3);
          assertThat(b.present().toFloats()).containsExactly(1, 1, 1, 1, 0, 1);
          assertThat(b.x().toFloats()).containsExactly(1, 2, 1, 2, 1, 4, 3, 4, 0, 0, 5, 6);
        });
  }

  @Test
  void aViewNobodyHasIsRefused() {
    int[][] rows = new int[4][];
    Arrays.fill(rows, all());
    rows[2] = new int[N];
    Arrays.fill(rows[2], -1);
    assertThatThrownBy(() -> fit(data(rows)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("view label of four is in none of the 12 training rows");
  }

  @Test
  void aModelOfOneBlockIsRefusedWhereAViewIsMissing() {
    Views.refuseMissing(data(null), all(), "vae");
    assertThatThrownBy(() -> Views.refuseMissing(withHoles(), all(), "vae"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("picture (3), table (3), label (3), words (3)")
        .hasMessageContaining("multimodal");
  }

  @Test
  void theModelRefusesOtherViews() {
    Paired d = data(null);
    Preprocessing p = fit(d);
    assertThatThrownBy(() -> loader(ArrayDataset.of("flat", Shape.of(12), new float[12 * N]), p))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("made for the views picture (4), table (2), label (3), words (3)")
        .hasMessageContaining("one block");
  }

  @Test
  void bothDescriptionsSurviveTheirFile() throws Exception {
    Paired d = withHoles();
    Preprocessing p = fit(d);
    DataSpec spec = p.spec(d, all());
    DataSpec back = Json.mapper().readValue(Json.mapper().writeValueAsString(spec), DataSpec.class);
    assertThat(Json.mapper().writeValueAsString(back))
        .isEqualTo(Json.mapper().writeValueAsString(spec));
    assertThat(back.views()).hasSize(4);
    Preprocessing again =
        Json.mapper().readValue(Json.mapper().writeValueAsString(p), Preprocessing.class);
    assertThat(again.views().get(1).of().shift()).isEqualTo(p.views().get(1).of().shift());
    // A file from before there were views.
    DataSpec old =
        Json.mapper()
            .readValue(
                "{\"shape\":[3],\"columns\":[],\"binary\":false,\"unitInterval\":false}",
                DataSpec.class);
    assertThat(old.views()).isEmpty();
    assertThat(Json.mapper().writeValueAsString(old)).doesNotContain("views");
  }

  @Test
  void viewsThatDoNotCoverAnObservationAreRefused() {
    DataSpec two = DataSpec.of(Shape.of(2), false, false);
    assertThatThrownBy(
            () ->
                new DataSpec(
                    new long[] {5},
                    List.of(),
                    false,
                    false,
                    0,
                    0,
                    0,
                    List.of(new org.javae.core.model.View("a", 0, two, null, null, 1))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("take 2 elements");
    assertThatThrownBy(() -> new org.javae.core.model.View("a", 0, two, null, null, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("weight 0.0; a positive number");
  }

  /** Two views of 4000 observations. */
  private static Paired two() {
    ArrayDataset d = ArrayDataset.of("d", Shape.of(1), new float[4000]);
    return Paired.of(
        "two", List.of(new View("a", Shape.of(1)), new View("b", Shape.of(1))), List.of(d, d));
  }

  @Test
  void viewsAreTakenFromTrainingRowsAlone() {
    int[] train = IntStream.range(0, 3000).toArray();
    int[] rest = IntStream.range(3000, 4000).toArray();
    Dataset d = new ThinnedViews(two(), train, 0.5, 1, 7);
    assertThat(Arrays.stream(Views.present(d, rest))).allMatch(p -> p[0] && p[1]);
    boolean[][] present = Views.present(d, train);
    // Both are lost with 1/4, and then one comes back: 1/4 whole, 3/8 each alone.
    int[] count = new int[4];
    for (boolean[] p : present) {
      count[(p[0] ? 1 : 0) + (p[1] ? 2 : 0)]++;
    }
    assertThat(count[0]).isZero();
    assertThat(count[3] / 3000.0).isCloseTo(0.25, within(0.03));
    assertThat(count[1] / 3000.0).isCloseTo(0.375, within(0.035));
    float[] cut = new float[3000];
    d.view(1).read(train, cut);
    for (int i = 0; i < 3000; i++) {
      assertThat(Float.isNaN(cut[i])).isEqualTo(!present[i][1]);
    }
    assertThat(Views.present(new ThinnedViews(two(), train, 0.5, 1, 7), train)).isEqualTo(present);
    assertThat(Views.present(new ThinnedViews(two(), train, 0.5, 1, 8), train))
        .isNotEqualTo(present);
    // With probability 1 every observation keeps its last view.
    assertThat(Arrays.stream(Views.present(new ThinnedViews(two(), train, 1, 1, 7), train)))
        .allMatch(p -> p[0] ^ p[1]);
  }

  @Test
  void aFractionStaysPairedAndTheOthersKeepOneView() {
    int[] train = IntStream.range(0, 4000).toArray();
    boolean[][] tenth = Views.present(new ThinnedViews(two(), train, 0, 0.1, 3), train);
    boolean[][] half = Views.present(new ThinnedViews(two(), train, 0, 0.5, 3), train);
    int whole = 0;
    int first = 0;
    for (int i = 0; i < 4000; i++) {
      boolean both = tenth[i][0] && tenth[i][1];
      whole += both ? 1 : 0;
      first += !both && tenth[i][0] ? 1 : 0;
      assertThat(tenth[i][0] || tenth[i][1]).isTrue();
      if (both) {
        assertThat(half[i]).containsOnly(true);
      }
    }
    assertThat(whole).isEqualTo(400);
    assertThat(first / 3600.0).isCloseTo(0.5, within(0.03));
  }
}
