package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.javae.experiment.reproduce.Recipe;
import org.javae.experiment.reproduce.Recipes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code reproduce}: what it lists, runs, prints and writes. */
class ReproduceVerbTest {
  @TempDir static Path dir;

  private static Path experiments;

  @BeforeAll
  static void write() throws IOException {
    experiments = dir.resolve("mine.yaml");
    Files.writeString(
        experiments,
        """
        experiments:
          - id: mine
            system: pca
            citation: Nobody, 2000
            published: {value: 0.5, status: memory}
            data: strokes:train=60,test=20
            model: pca
            settings: {latent: 2, binarize: none}
            metric: mse
            better: lower
            goals: [{tolerance: 0.1}, {at_most: 0.001}]
            quick: {data: "strokes:train=30,test=10"}
        """);
  }

  static Stream<Recipe> shipped() {
    return Recipes.shipped().all().stream();
  }

  /** What is printed as the command is the command: typed, it gives the same settings. */
  @ParameterizedTest
  @MethodSource("shipped")
  void theCommandsCanBeTyped(Recipe r) {
    for (String command : List.of(r.trainCommand(), r.evaluateCommand())) {
      String[] words =
          Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)")
              .matcher(command)
              .results()
              .map(m -> m.group().replaceAll("^['\"]|['\"]$", ""))
              .toArray(String[]::new);
      assertThat(words[0]).isEqualTo("javae");
      CommandLine line = Javae.commandLine();
      CommandLine.ParseResult parsed = line.parseArgs(Arrays.copyOfRange(words, 1, words.length));
      Object verb = parsed.subcommand().commandSpec().userObject();
      if (verb instanceof TrainVerb t) {
        String data = r.settings(r.seedList().get(0)).data().data();
        assertThat(t.setup.settings(data).toYaml().replaceAll("['\"]", ""))
            .isEqualTo(r.settings(r.seedList().get(0)).toYaml().replaceAll("['\"]", ""));
      } else {
        assertThat(((EvaluateVerb) verb).samples).isEqualTo(r.evaluate().nllSamples());
        assertThat(((EvaluateVerb) verb).split).isEqualTo(r.evaluate().split());
      }
    }
  }

  @Test
  void withoutAnIdItLists() {
    Path table = dir.resolve("none.json");
    Result r = Result.of("reproduce", "--table", table).succeeds();
    for (Recipe x : Recipes.shipped().all()) {
      assertThat(r.out()).contains(x.id(), x.publishedText());
    }
    assertThat(r.out()).contains("not run");
    JsonNode o = Result.of("reproduce", "--table", table, "--json").json();
    assertThat(o.get("experiments")).hasSameSizeAs(Recipes.shipped().all());
    assertThat(o.get("experiments").get(0).has("published")).isTrue();
    assertThat(o.get("experiments").get(0).get("command").asText()).startsWith("javae train ");
    assertThat(table).doesNotExist();
  }

  @Test
  void anExperimentGoesIntoTheTable() {
    Path table = dir.resolve("table.json");
    Object[] args = {
      "reproduce", "mine", "--experiments", experiments, "--table", table, "--out", dir.resolve("r")
    };
    Result r = Result.of(args).succeeds(); // also when missed: it did what it was asked for
    assertThat(r.out())
        .contains("mine: mse on 20 observations", "0.5 (from memory)", "Nobody, 2000", "missed")
        .contains("javae train strokes:train=60,test=20", dir.resolve("table.md").toString());
    assertThat(dir.resolve("table.md")).content().contains("[mine](#mine)", "**missed**");
    JsonNode row = Result.of(Stream.concat(Stream.of(args), Stream.of("--json")).toArray()).json();
    assertThat(row.get("id").asText()).isEqualTo("mine");
    assertThat(row.get("published").get("value").asDouble()).isEqualTo(0.5);
    assertThat(row.get("obtained").asDouble()).isPositive();
    assertThat(row.get("verdict").asText()).isEqualTo("missed");
    assertThat(row.get("command").asText()).contains("--model pca");
    assertThat(
            Result.of("reproduce", "--experiments", experiments, "--table", table)
                .succeeds()
                .out()
                .lines()
                .filter(l -> l.startsWith("mine "))
                .findFirst())
        .hasValueSatisfying(l -> assertThat(l).contains("missed", row.get("metric").asText()));
  }

  @Test
  void quickJudgesNothingAndLeavesNothing() throws IOException {
    Path table = dir.resolve("docs/results/reproduce.json").toAbsolutePath();
    Result r = Result.of("reproduce", "--quick", "--experiments", experiments).succeeds();
    assertThat(r.out()).contains("mine: mse", "quick version").doesNotContain("missed", "table");
    assertThat(table).doesNotExist();
    assertThat(Path.of("docs")).doesNotExist();
    assertThat(Path.of("reproduce.json")).doesNotExist();
    assertThat(Path.of("runs", "reproduce")).doesNotExist();
    JsonNode all = Result.of("reproduce", "--quick", "--experiments", experiments, "--json").json();
    assertThat(all.get("results")).hasSize(1);
    assertThat(all.get("results").get(0).get("verdict").asText()).isEqualTo("quick");
    Result.of(
            "reproduce", "--quick", "--experiments", experiments, "--table", dir.resolve("q.json"))
        .succeeds();
    assertThat(dir.resolve("q.json")).exists();
  }

  @Test
  void mistakesAreOneSentence() throws IOException {
    Result.of("reproduce", "vae-mnist-sttic", "--table", dir.resolve("x.json"))
        .fails(2, "no experiment 'vae-mnist-sttic'", "vae-mnist-static");
    Result.of("reproduce", "mine", "--experiments", dir.resolve("nowhere.yaml"))
        .fails(1, "nowhere.yaml");
    Path bad = Files.writeString(dir.resolve("bad.yaml"), "experiments: []\n");
    Result.of("reproduce", "--experiments", bad).fails(1, "bad.yaml", "no experiments");
    Result.of("reproduce", "mine", "--experiments", experiments, "--table", "t.csv")
        .fails(2, ".json");
    Path away =
        Files.writeString(
            dir.resolve("away.yaml"),
            Files.readString(experiments).replaceFirst("data: strokes\\S+", "data: not/here.csv"));
    Result.of(
            "reproduce",
            "mine",
            "--experiments",
            away,
            "--table",
            dir.resolve("y.json"),
            "--out",
            dir.resolve("y"))
        .fails(1, "mine", "not/here.csv", "JAVAE_DATA");
  }
}
