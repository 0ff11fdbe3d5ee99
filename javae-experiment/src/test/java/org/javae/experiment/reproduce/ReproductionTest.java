package org.javae.experiment.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javae.core.io.Json;
import org.javae.core.train.EpochRecord;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments from data to the table, on a few strokes. */
class ReproductionTest {
  private static final String YAML =
      """
      experiments:
        - id: linear
          system: pca
          citation: Two components
          published: {value: 1.0, status: memory}
          data: strokes:train=100,test=30
          model: pca
          settings: {latent: 2, binarize: none}
          metric: reconstruction
          better: lower
          goals: [{tolerance: 0.5}]
          quick: {data: "strokes:train=40,test=20"}
        - id: linear-more
          system: pca
          citation: Ten components
          data: strokes:train=100,test=30
          model: pca
          settings: {latent: 10, binarize: none}
          metric: reconstruction
          better: lower
          goals: [{beats: linear, by: 1}, {metric: mse, at_most: 1}]
          quick: {data: "strokes:train=40,test=20"}
        - id: seeds
          system: vae
          citation: Somebody, 2000
          data: strokes:train=100,test=30
          model: vae
          settings: {latent: 2, encoder: "mlp:8", epochs: 3, batch: 20, seed: 7}
          evaluate: {nll_samples: 3}
          metric: nll
          better: lower
          seeds: 3
          goals: [{at_most: 1000}]
          quick: {data: "strokes:train=40,test=20", seeds: 2, settings: {epochs: 1}}
      """;

  @TempDir Path dir;

  private final List<String> begun = new ArrayList<>();
  private final List<Integer> epochs = new ArrayList<>();

  private class Watch implements Reproduction.Listener {
    @Override
    public void run(String id, long seed, int index, int of) {
      begun.add(id + " " + seed + " " + index + "/" + of);
    }

    @Override
    public void epoch(EpochRecord e) {
      epochs.add(e.epoch());
    }
  }

  private Reproduction reproduction(String yaml, Results table, boolean quick, boolean resume) {
    return new Reproduction(
        Recipes.parse(yaml, "test.yaml"), table, dir.resolve("out"), quick, resume, new Watch());
  }

  private Results table() {
    return new Results(dir.resolve("t").resolve("table.json"));
  }

  @Test
  void theBaselineRunsFirstAndMissedStaysAsMissed() throws Exception {
    List<Row> heard = new ArrayList<>();
    List<Row> rows =
        reproduction(YAML, table(), false, false).run(List.of("linear-more"), heard::add);
    assertThat(heard).extracting(Row::id).containsExactly("linear", "linear-more");
    assertThat(rows).hasSize(1);
    Row linear = heard.get(0);
    assertThat(linear.verdict()).isEqualTo(Row.MISSED);
    assertThat(linear.difference()).isCloseTo(linear.obtained() - 1, within(1e-12));
    Row more = rows.get(0);
    assertThat(more.verdict()).isEqualTo(Row.MET);
    assertThat(more.goals().get(0).other()).isEqualTo(linear.obtained());
    assertThat(more.n()).isEqualTo(30);
    // What was printed is what lies in the table, to the bit, and the rendered table shows it.
    assertThat(table().rows()).isEqualTo(heard);
    assertThat(table().markdown())
        .content()
        .contains("[linear](#linear)", "≈ 1", "**missed**", "| met |", linear.command());

    // The baseline comes from the table now, and the finished run of this one from its folder.
    begun.clear();
    Row again =
        reproduction(YAML, table(), false, false).run(List.of("linear-more"), r -> {}).get(0);
    assertThat(begun).containsExactly("linear-more 0 1/1");
    assertThat(again).isEqualTo(more);
  }

  @Test
  void severalSeedsAreAveraged() {
    Row row = reproduction(YAML, null, false, false).run(List.of("seeds"), r -> {}).get(0);
    assertThat(begun).containsExactly("seeds 7 1/3", "seeds 8 2/3", "seeds 9 3/3");
    assertThat(row.seeds()).containsExactly(7L, 8L, 9L);
    double a = row.each().get(0);
    double b = row.each().get(1);
    double c = row.each().get(2);
    assertThat(List.of(a, b, c)).doesNotHaveDuplicates();
    double mean = (a + b + c) / 3;
    assertThat(row.obtained()).isCloseTo(mean, within(1e-9));
    double squares = Math.pow(a - mean, 2) + Math.pow(b - mean, 2) + Math.pow(c - mean, 2);
    assertThat(row.sd()).isCloseTo(Math.sqrt(squares / 2), within(1e-9));
    assertThat(row.obtainedText()).contains(" ± ");
    assertThat(row.epochs()).isEqualTo(3);
  }

  @Test
  void stoppedItContinuesToTheSameBits() {
    Row whole = reproduction(YAML, null, false, false).run(List.of("seeds"), r -> {}).get(0);
    Path first = dir.resolve("out");
    Path other = dir.resolve("whole");
    assertThat(first.toFile().renameTo(other.toFile())).isTrue();

    Reproduction[] stopping = new Reproduction[1];
    stopping[0] =
        new Reproduction(
            Recipes.parse(YAML, "test.yaml"),
            null,
            first,
            false,
            false,
            new Watch() {
              @Override
              public void epoch(EpochRecord e) {
                if (begun.size() == 5 && e.epoch() == 2) { // the second seed of this time
                  stopping[0].requestStop();
                }
              }
            });
    assertThatThrownBy(() -> stopping[0].run(List.of("seeds"), r -> {}))
        .isInstanceOf(Reproduction.Stopped.class);
    assertThat(first.resolve("seeds/seed-7/reproduce.json")).exists();
    assertThat(first.resolve("seeds/seed-8/model.json")).doesNotExist();

    assertThatThrownBy(() -> reproduction(YAML, null, false, false).run(List.of("seeds"), r -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--resume");
    epochs.clear();
    Row row = reproduction(YAML, null, false, true).run(List.of("seeds"), r -> {}).get(0);
    assertThat(epochs).containsExactly(3, 1, 2, 3); // the rest of seed 8, and seed 9
    assertThat(row.each()).isEqualTo(whole.each());
  }

  @Test
  void anotherRecipeDoesNotUseTheRunsOfTheOld() {
    reproduction(YAML, table(), false, false).run(List.of("linear"), r -> {});
    String changed = YAML.replaceFirst("latent: 2", "latent: 4");
    assertThatThrownBy(
            () -> reproduction(changed, table(), false, true).run(List.of("linear"), r -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("latent=2");
    // Nor does a comparison use the row of the old.
    assertThat(table().find("linear").orElseThrow().of(Recipes.parse(changed, "x").get("linear")))
        .isFalse();
    assertThat(table().find("linear").orElseThrow().of(Recipes.parse(YAML, "x").get("linear")))
        .isTrue();
  }

  @Test
  void anotherEvaluationMeasuresAgainWithoutTraining() {
    Row few = reproduction(YAML, null, false, false).run(List.of("seeds"), r -> {}).get(0);
    epochs.clear();
    String more = YAML.replace("nll_samples: 3", "nll_samples: 30");
    Row many = reproduction(more, null, false, false).run(List.of("seeds"), r -> {}).get(0);
    assertThat(epochs).isEmpty();
    assertThat(many.obtained()).isLessThan(few.obtained()); // the bound rises with the samples
    assertThat(many.metrics().get("elbo")).isEqualTo(few.metrics().get("elbo"));
  }

  @Test
  void missingDataAreNamedBeforeAnythingRuns() {
    String missing = YAML.replaceFirst("data: strokes:train=100,test=30", "data: no/such/file.csv");
    assertThatThrownBy(
            () ->
                reproduction(missing, null, false, false)
                    .run(List.of("linear-more", "linear"), r -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no/such/file.csv")
        .hasMessageContaining("JAVAE_DATA")
        .extracting(e -> ((UserException) e).exitCode())
        .isEqualTo(1);
    assertThat(begun).isEmpty();
  }

  @Test
  void everyQuickVariantRuns() {
    Recipes all = Recipes.shipped();
    List<Row> rows =
        new Reproduction(all, null, dir.resolve("quick"), true, false, new Watch())
            .run(all.ids(), r -> {});
    assertThat(rows).extracting(Row::id).isEqualTo(all.ids());
    assertThat(rows)
        .allSatisfy(
            r -> {
              assertThat(r.quick()).isTrue();
              assertThat(r.verdict()).isEqualTo(Row.QUICK);
              assertThat(r.obtained()).as(r.id()).isNotNull();
              assertThat(r.difference()).isNull();
              assertThat(r.goals())
                  .allSatisfy(g -> assertThat(g.obtained()).as(r.id() + g.goal()).isNotNull());
            });
  }

  @Test
  void tablesThatAreNoneAreRefused() throws Exception {
    assertThatThrownBy(() -> new Results(dir.resolve("table.csv"))).hasMessageContaining(".json");
    Path broken = Files.writeString(dir.resolve("broken.json"), "{\"format\": 1, \"rows\": [");
    assertThatThrownBy(() -> new Results(broken))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("broken.json");
    Path future = Files.writeString(dir.resolve("future.json"), "{\"format\": 9, \"rows\": []}");
    assertThatThrownBy(() -> new Results(future)).hasMessageContaining("format 9");
  }

  /** The committed table is what its data render to, and its rows are of experiments that exist. */
  @Test
  void theCommittedTableIsInStep() {
    Path json = Path.of("..", "docs", "results", "reproduce.json");
    assertThat(json).exists();
    Results table = new Results(json);
    assertThat(table.markdown()).content().isEqualTo(Results.markdown(table.rows()));
    List<String> ids = Recipes.shipped().ids();
    assertThat(table.rows())
        .isNotEmpty()
        .allSatisfy(
            r -> {
              assertThat(ids).contains(r.id());
              assertThat(r.quick()).isFalse();
            });
  }

  @Test
  @Tag("data")
  void theLinearAnchorsAreMet() {
    Assumptions.assumeTrue(
        Optional.ofNullable(System.getenv("JAVAE_DATA"))
            .filter(d -> Files.exists(Path.of(d, "hi-vae", "Wine", "data.csv")))
            .isPresent(),
        "set JAVAE_DATA to a folder with hi-vae/Wine/data.csv");
    List<Row> rows =
        new Reproduction(Recipes.shipped(), null, dir, false, false, new Watch())
            .run(List.of("pca-wine", "ppca-wine"), r -> {});
    assertThat(rows).extracting(Row::verdict).containsOnly(Row.MET);
    assertThat(Json.toString(rows)).doesNotContain(dir.toString());
  }
}
