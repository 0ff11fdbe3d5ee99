package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.train.TrainListener;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file of sentences to sentences out of a run folder. */
class TextRunTest {
  private static final List<String> NOUNS = List.of("cat", "dog", "bird", "man");
  private static final List<String> VERBS = List.of("sees", "hears");

  @TempDir Path folder;

  private static String language(int sentences) {
    SplittableRandom r = new SplittableRandom(1);
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < sentences; i++) {
      b.append("the ").append(NOUNS.get(r.nextInt(4))).append(' ').append(VERBS.get(r.nextInt(2)));
      b.append(r.nextBoolean() ? " a " + NOUNS.get(r.nextInt(4)) : "").append('\n');
    }
    return b.toString();
  }

  private static Settings settings(Path data, String model) {
    return Settings.of(data.toString(), model);
  }

  private Run trained(Path text) {
    Settings s =
        settings(text, "text-vae")
            .with(
                Map.of(
                    "latent",
                    2,
                    "embedding",
                    8,
                    "units",
                    16,
                    "dropout",
                    0.1,
                    "epochs",
                    12,
                    "lr",
                    0.01,
                    "batch",
                    16));
    try (Experiment e = Experiment.prepare(s, n -> {})) {
      e.train(folder.resolve("run"), false, new TrainListener() {});
    }
    return Run.open(folder.resolve("run"));
  }

  @Test
  void aFileOfSentencesBecomesARunThatSpeaks() throws IOException {
    Path text = Files.writeString(folder.resolve("zoo.txt"), language(300));
    Run run = trained(text);
    assertThat(run.isText()).isTrue();
    Metrics m =
        run.evaluate("train", new Evaluator.Options(20, 1, 100, Set.of()), p -> {}).metrics();
    // The entropy of the language is ln 4 + ln 2 + ln 2 + (ln 4) / 2 nats; its words cannot beat
    // it.
    double entropy = 2 * Math.log(2) + 1.5 * Math.log(4);
    assertThat(m.nll()).isBetween(entropy - 0.1, entropy + 0.5);
    // Three words or five, and the end mark.
    double tokens = m.nll() / Math.log(m.perplexity());
    assertThat(tokens).isCloseTo(5, within(0.15));
    assertThat(m.mse()).isNull();

    List<String> said = run.sentences(40, 3, null);
    assertThat(said)
        .hasSize(40)
        .isEqualTo(run.sentences(40, 3, null))
        .isNotEqualTo(run.sentences(40, 4, null));
    String sentence = "the (cat|dog|bird|man) (sees|hears)( a (cat|dog|bird|man))?";
    assertThat(said.stream().filter(s -> s.matches(sentence)).count()).isGreaterThan(30);

    List<String> again = run.reconstructedSentences(5, 0);
    assertThat(again).hasSize(15);
    assertThat(again.get(0)).matches(sentence);
    assertThat(again.get(2)).isEmpty();
    List<String> between = run.interpolatedSentences(2, 0);
    assertThat(between).hasSize(2 * (2 + 7 + 1));
    assertThat(between.get(0)).matches(sentence);

    List<String> notes = new ArrayList<>();
    assertThat(RunPictures.write(run, notes::add).stream().map(f -> f.getFileName().toString()))
        .containsExactly("curves.png", "reconstructions.txt", "samples.txt", "kl.png");
    assertThat(notes).isEmpty();
    assertThatThrownBy(() -> run.generate(4, 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "observations of this run are sentences, not to be drawn; write them to a .txt file");
  }

  /** Longer sentences and unknown words are nothing new to a text model. */
  @Test
  void otherTextIsReadWithTheModelsWordsAndLength() throws IOException {
    Path text = Files.writeString(folder.resolve("zoo.txt"), language(100));
    Path other =
        Files.writeString(
            folder.resolve("other.txt"),
            "the cat sees a dog and a dog\nthe zebra sees\n".repeat(9));
    try (Run run = trained(text).withData(other.toString())) {
      assertThat(run.data().shape()).isEqualTo(run.model().data().event());
      List<String> said = run.reconstructedSentences(2, 0);
      assertThat(List.of(said.get(0), said.get(3)))
          .isSubsetOf("the cat sees a dog <unk>", "the <unk> sees");
    }
    Path numbers = Files.writeString(folder.resolve("n.csv"), "1,2,3,4,5,6\n".repeat(20));
    try (Run run = trained2().withData(numbers.toString())) {
      assertThatThrownBy(() -> run.reconstructedSentences(2, 0))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("n.csv is no text, but the model was made for sentences");
    }
  }

  private Run trained2() {
    return Run.open(folder.resolve("run"));
  }

  @Test
  void modelsOfNumbersRefuseTextAndTheOtherWayRound() throws IOException {
    Path text = Files.writeString(folder.resolve("zoo.txt"), language(30));
    for (String model : List.of("vae", "pca", "ae")) {
      assertThatThrownBy(() -> Experiment.prepare(settings(text, model), n -> {}))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "zoo.txt is text, whose words are no quantities, and model %s reads numbers; use --model text-vae",
              model);
    }
    Path numbers = Files.writeString(folder.resolve("n.csv"), "1,2\n3,5\n".repeat(20));
    assertThatThrownBy(() -> Experiment.prepare(settings(numbers, "text-vae"), n -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model text-vae reads sentences");
  }

  @Test
  void tokensWithoutWordsAreWrittenAsNumbers() {
    Settings s =
        Settings.of("synthetic-text:train=40,validation=8,test=8,vocabulary=20", "text-vae")
            .with(Map.of("latent", 2, "embedding", 4, "units", 5, "epochs", 1));
    try (Experiment e = Experiment.prepare(s, n -> {})) {
      e.train(folder.resolve("run"), false, new TrainListener() {});
      assertThat(e.model().data().vocabulary()).isEqualTo(24);
    }
    try (Run run = Run.open(folder.resolve("run"))) {
      assertThat(run.sentences(20, 1, null)).allMatch(l -> l.matches("(\\d+( \\d+)*)?"));
      assertThat(run.evaluate(null, Evaluator.Options.DEFAULTS, p -> {}).metrics().perplexity())
          .isBetween(10.0, 30.0);
    }
  }
}
