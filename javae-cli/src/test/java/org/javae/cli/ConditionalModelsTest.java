package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with labels through every verb, and what is wrong with labels in one sentence. */
class ConditionalModelsTest {
  @TempDir static Path dir;

  private static Path digits;
  private static Path table;
  private static Path csv;
  private static Path unlabelled;

  @BeforeAll
  static void train() throws IOException {
    digits = dir.resolve("digits");
    train("strokes:train=60,test=30", "cvae", digits, "prior=learned").succeeds();
    csv = Files.writeString(dir.resolve("pets.csv"), pets("cat", "dog", "owl"));
    unlabelled = Files.writeString(dir.resolve("plain.csv"), "a,b,c\n1,2,3\n2,3,5\n3,1,4\n4,4,4\n");
    table = dir.resolve("pets");
    train(csv, "cvae", table, "label=kind").succeeds();
  }

  private static String pets(String... kinds) {
    StringBuilder b = new StringBuilder("weight,height,age,kind\n");
    SplittableRandom r = new SplittableRandom(1);
    for (int i = 0; i < 40; i++) {
      int u = i % kinds.length;
      b.append(u + r.nextDouble()).append(',').append(2 * u + r.nextDouble()).append(',');
      b.append(r.nextDouble()).append(',').append(kinds[u]).append('\n');
    }
    return b.toString();
  }

  private static Result train(Object data, String model, Path out, String set) {
    return Result.of(
        "train",
        data,
        "--model",
        model,
        "--latent",
        2,
        "--epochs",
        1,
        "--set",
        "encoder=mlp:8",
        "--set",
        set,
        "--out",
        out,
        "--quiet");
  }

  private static Path file(String name) {
    return dir.resolve(name);
  }

  @Test
  void everyPictureIsInTheRunFolder() {
    for (String name :
        new String[] {
          "curves.png",
          "reconstructions.png",
          "samples.png",
          "traversal.png",
          "manifold.png",
          "kl.png"
        }) {
      assertThat(digits.resolve(name)).exists();
    }
    assertThat(table.resolve("samples.png")).exists();
    assertThat(table.resolve("reconstructions.png")).exists();
  }

  @Test
  void everyVerbKnowsLabels() {
    for (Path run : new Path[] {digits, table}) {
      Result.of("evaluate", run, "--nll-samples", 3).succeeds();
      assertThat(Result.of("evaluate", run, "--json").json().get("metrics").get("elbo").asDouble())
          .isFinite();
      for (String verb : new String[] {"reconstruct", "interpolate", "traverse", "generate"}) {
        Result.of(verb, run, "--n", 4, "--out", file(verb + ".png")).succeeds();
      }
    }
    Result.of("generate", digits, "--label", 3, "--n", 5, "--out", file("threes.png")).succeeds();
    Result.of("generate", table, "--label", "owl", "--n", 5, "--out", file("owls.png")).succeeds();
    Result.of("manifold", digits, "--label", 3, "--n", 5, "--out", file("m.png")).succeeds();
    Result.of("encode", table, csv, "--out", file("z.csv")).succeeds();
    Result.of("decode", table, file("z.csv"), "--label", "dog", "--out", file("x.csv")).succeeds();
    assertThat(file("x.csv")).exists();
  }

  @Test
  void theLabelDecidesWhatIsDecoded() throws IOException {
    Result.of("encode", table, csv, "--out", file("codes.csv")).succeeds();
    Result.of("decode", table, file("codes.csv"), "--label", "dog", "--out", file("dogs.csv"))
        .succeeds();
    Result.of("decode", table, file("codes.csv"), "--label", "cat", "--out", file("cats.csv"))
        .succeeds();
    assertThat(Files.readString(file("dogs.csv"))).isNotEqualTo(Files.readString(file("cats.csv")));
  }

  @Test
  void labelsThatAreNotThereAreNamed() {
    Path out = file("no.png");
    Result.of("generate", digits, "--label", 10, "--out", out)
        .fails(2, "'10'", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
    Result.of("generate", digits, "--label", -1, "--out", out).fails(2, "'-1'");
    Result.of("generate", table, "--label", "cow", "--out", out).fails(2, "'cow'", "cat, dog, owl");
    Result.of("manifold", digits, "--label", "x", "--out", out).fails(2, "'x'");
    Result.of("encode", table, csv, "--out", file("w.csv")).succeeds();
    Result.of("decode", table, file("w.csv"), "--out", file("v.csv")).fails(2, "--label");
    assertThat(out).doesNotExist();
  }

  @Test
  void aModelWithoutLabelsTakesNoLabel() {
    Path run = file("plain");
    train(csv, "vae", run, "exclude=kind").succeeds();
    Result.of("generate", run, "--label", 1, "--out", file("no.png"))
        .fails(2, "--label is for models with labels", "vae");
  }

  @Test
  void dataWithoutLabelsDoNotDo() throws IOException {
    for (String model : new String[] {"cvae", "ivae"}) {
      Path never = file("never");
      train(unlabelled, model, never, "epochs=1")
          .fails(1, "model " + model + " needs a label", "--set label=COLUMN");
      assertThat(never).doesNotExist();
    }
    Result.of("evaluate", digits, "--data", "sprites:size=28,n=20").fails(1, "sprites has none");
    Path others = Files.writeString(dir.resolve("others.csv"), pets("ant", "bee", "cat"));
    Result.of("evaluate", table, "--data", others)
        .fails(1, "cat, dog, owl", "ant, bee, cat", "the same labels");
  }

  @Test
  void samplersAndPriorsOverAllCodesDoNotApply() {
    Result.of("sampler", digits, "--model", "gmm").fails(1, "a prior for each label");
    train(csv, "cvae", file("never"), "prior=vamp:3").fails(2, "standard or learned");
  }

  @Test
  void aRunWithUnknownSourcesHasNoCorrelationWithThem() {
    Result.of("evaluate", table, "--metrics", "mcc").fails(1, "mcc", "does not know its sources");
    Path run = file("sources");
    train("nonstationary:segments=4,n=200,dimension=2", "ivae", run, "batch=20").succeeds();
    double mcc =
        Result.of("evaluate", run, "--metrics", "mcc", "--json")
            .json()
            .get("metrics")
            .get("mcc")
            .asDouble();
    assertThat(mcc).isBetween(0.0, 1.0);
    Result.of("generate", run, "--label", 2, "--out", file("sources.png")).succeeds();
    // The decoder of an identifiable VAE does not see the label.
    Result.of("encode", run, "nonstationary:segments=4,n=20,dimension=2", "--out", file("s.npy"))
        .succeeds();
    Result.of("decode", run, file("s.npy"), "--out", file("t.npy")).succeeds();
  }

  @Test
  void anotherSeedMakesOtherData() {
    String name = "nonstationary:segments=4,n=20,dimension=2";
    Path a = file("a.npz");
    Path b = file("b.npz");
    Result.of("data", "make", name + ",seed=3", "--out", a).succeeds();
    Result.of("data", "make", name, "--seed", 3, "--out", b).succeeds();
    assertThat(a).hasSameBinaryContentAs(b);
    Result.of("data", "make", name + ",seed=x", "--out", a).fails(2, "seed is 'x'");
    Result.of("data", "make", "nonstationary:segments=0", "--out", a).fails(2, "segments is 0");
  }
}
