package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.javae.experiment.Keys;
import org.javae.models.ModelCatalog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Every verb on a small run: what it prints, what it writes. */
class CommandLineTest {
  private static final String STROKES = "strokes:train=300,test=60";

  @TempDir static Path dir;

  private static Path run;
  private static JsonNode trained;

  @BeforeAll
  static void train() {
    run = dir.resolve("run");
    trained =
        Result.of(
                "train",
                STROKES,
                "--model",
                "vae",
                "--latent",
                "2",
                "--epochs",
                "2",
                "--batch",
                "30",
                "--seed",
                "5",
                "--set",
                "encoder=mlp:32",
                "--out",
                run,
                "--json")
            .json();
  }

  private static List<String> keys(JsonNode n) {
    List<String> keys = new ArrayList<>();
    n.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void trainEndsWithTheObjectOfTheContract() {
    assertThat(keys(trained)).contains("run", "epochs", "seconds", "seconds_per_epoch", "metrics");
    assertThat(trained.get("run").asText()).isEqualTo(run.toString());
    assertThat(trained.get("epochs").asInt()).isEqualTo(2);
    assertThat(trained.get("seconds").asDouble()).isPositive();
    assertThat(keys(trained.get("metrics")))
        .contains("elbo", "reconstruction", "kl", "active_units");
    assertThat(trained.get("metrics").get("elbo").asDouble()).isNegative().isGreaterThan(-1000);
  }

  @Test
  void aRunFolderHoldsWhatTheContractSays() throws IOException {
    assertThat(run.resolve("model.json")).exists();
    assertThat(run.resolve("weights.safetensors")).exists();
    assertThat(run.resolve("config.yaml")).content().contains("encoder: mlp:32", "latent: 2");
    assertThat(run.resolve("checkpoint")).isDirectory();
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
    for (String p :
        List.of(
            "curves.png",
            "reconstructions.png",
            "samples.png",
            "traversal.png",
            "manifold.png",
            "kl.png")) {
      BufferedImage image = ImageIO.read(run.resolve(p).toFile());
      assertThat(image).as(p).isNotNull();
      assertThat(image.getWidth()).as(p).isGreaterThan(100);
    }
    assertThat(Files.readAllBytes(run.resolve("traversal.gif"))).startsWith('G', 'I', 'F');
  }

  @Test
  void evaluatePrintsExactlyTheContractsKeys() {
    JsonNode o = Result.of("evaluate", run, "--nll-samples", 5, "--json").json();
    assertThat(keys(o)).containsExactly("model", "data", "split", "n", "metrics", "seconds");
    assertThat(keys(o.get("metrics")))
        .containsExactlyInAnyOrder(
            "elbo",
            "nll",
            "nll_samples",
            "reconstruction",
            "kl",
            "kl_per_dimension",
            "active_units",
            "mutual_information",
            "mse");
    JsonNode m = o.get("metrics");
    assertThat(o.get("split").asText()).isEqualTo("test");
    assertThat(o.get("n").asInt()).isEqualTo(60);
    assertThat(m.get("nll_samples").asInt()).isEqualTo(5);
    assertThat(m.get("kl_per_dimension")).hasSize(2);
    assertThat(m.get("elbo").asDouble())
        .isCloseTo(-m.get("reconstruction").asDouble() - m.get("kl").asDouble(), within(1e-6));
    assertThat(m.get("nll").asDouble()).isLessThan(-m.get("elbo").asDouble() + 2);
  }

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.data.Offset.offset(d);
  }

  @Test
  void evaluateMeasuresWhatIsAskedForOnThePartAskedFor() {
    JsonNode o =
        Result.of(
                "evaluate",
                run,
                "--metrics",
                "kl,mse",
                "--split",
                "validation",
                "--nll-samples",
                0,
                "--json")
            .json();
    assertThat(keys(o.get("metrics"))).containsExactlyInAnyOrder("kl", "mse");
    assertThat(o.get("n").asInt()).isEqualTo(30);
  }

  @Test
  void annealingIsMeasuredWhenNamedOnFewRows() {
    JsonNode o =
        Result.of(
                "evaluate",
                run,
                "--metrics",
                "ais,ais_gap",
                "--ais-steps",
                8,
                "--ais-chains",
                2,
                "--limit",
                6,
                "--json")
            .json();
    assertThat(o.get("n").asInt()).isEqualTo(6);
    assertThat(keys(o.get("metrics"))).containsExactlyInAnyOrder("ais_nll", "ais_gap");
    assertThat(o.get("metrics").get("ais_nll").asDouble()).isPositive();
    Result.of("evaluate", run, "--ais-steps", 0).fails(2, "ais-steps is 0");
    Result.of("evaluate", run, "--limit", 0).fails(2, "--limit is 0");
  }

  @Test
  void evaluateEndsWithAVerdict() {
    Result r = Result.of("evaluate", run, "--nll-samples", 0).succeeds();
    assertThat(r.out()).contains("  verdict  ").contains("dimensions carry information");
  }

  @Test
  void diagnosesAreDrawn() throws IOException {
    Path bounds = dir.resolve("bounds.png");
    JsonNode o =
        Result.of(
                "bounds",
                run,
                "--limit",
                3,
                "--samples",
                10,
                "--repetitions",
                2,
                "--ais-steps",
                0,
                "--out",
                bounds,
                "--json")
            .json();
    assertThat(o.get("k")).hasSize(6);
    assertThat(o.get("naive").get("sd")).hasSize(6);
    assertThat(ImageIO.read(bounds.toFile()).getWidth()).isGreaterThan(400);
    Path collapse = dir.resolve("collapse.png");
    Result.of("collapse", run, "--out", collapse).succeeds();
    assertThat(ImageIO.read(collapse.toFile()).getWidth()).isGreaterThan(400);
    Result.of("collapse", run, "--out", "x.gif").fails(2, "a name that ends in .png");
  }

  @Test
  void aTrajectoryIsFilmed() throws IOException {
    Path film = dir.resolve("way.gif");
    JsonNode o =
        Result.of(
                "trajectory",
                "linear-gaussian",
                "--model",
                "vae",
                "--latent",
                1,
                "--epochs",
                1,
                "--limit",
                100,
                "--frames",
                2,
                "--set",
                "encoder=linear",
                "--run",
                dir.resolve("way"),
                "--out",
                film,
                "--json")
            .json();
    assertThat(o.get("frames").asInt()).isEqualTo(2);
    assertThat(Files.readAllBytes(film)).startsWith('G', 'I', 'F');
    assertThat(ImageIO.read(dir.resolve("way.png").toFile())).isNotNull();
    Result.of("trajectory", STROKES, "--model", "vae", "--latent", 2, "--out", "x.gif")
        .fails(1, "add --latent 1");
    Result.of("trajectory", STROKES, "--model", "vae", "--out", "x.jpg").fails(2, ".gif or .png");
  }

  @Test
  void segmentsAreDescribedAndWritten() throws IOException {
    Path table = dir.resolve("people.csv");
    StringBuilder b = new StringBuilder("age,income,town,kind\n");
    for (int i = 0; i < 120; i++) {
      boolean a = i % 3 == 0;
      b.append(a ? 20 + i % 7 : 60 + i % 9).append(',').append(a ? 900 + i : 5000 + 7 * i);
      b.append(',')
          .append(a == (i % 23 > 0) ? "Ulm" : "Bonn")
          .append(a ? ",young" : ",old")
          .append('\n');
    }
    Files.writeString(table, b);
    Path folder = dir.resolve("people");
    Result.of(
            "train",
            table,
            "--model",
            "vade",
            "--latent",
            2,
            "--epochs",
            14,
            "--lr",
            0.01,
            "--batch",
            20,
            "--set",
            "encoder=mlp:16",
            "--set",
            "pretrain=6",
            "--set",
            "clusters=2",
            "--set",
            "label=kind",
            "--out",
            folder)
        .succeeds();
    JsonNode o =
        Result.of("segments", folder, "--members", 3, "--out", dir.resolve("groups"), "--json")
            .json();
    JsonNode found = o.get("found");
    assertThat(found.get("n").asInt()).isEqualTo(120);
    assertThat(found.get("segments")).hasSize(2);
    JsonNode first = found.get("segments").get(0);
    assertThat(first.get("size").asInt()).isBetween(76, 84);
    assertThat(first.get("label").asText()).isEqualTo("old");
    assertThat(first.get("typical")).hasSize(3);
    JsonNode trait = first.get("traits").get(0);
    assertThat(trait.get("column").asText()).isIn("age", "income");
    assertThat(trait.get("difference").asDouble()).isGreaterThan(1);
    assertThat(found.get("agreement").get("accuracy").asDouble()).isGreaterThan(0.95);
    assertThat(Files.readAllLines(dir.resolve("groups/segments.csv")))
        .hasSize(121)
        .startsWith("row,cluster,responsibility");
    assertThat(Files.readString(dir.resolve("groups/segments.md")))
        .contains("# Segments of", "town = ", "elsewhere", "Typical rows");
    assertThat(ImageIO.read(dir.resolve("groups/segments.png").toFile())).isNotNull();
    assertThat(Result.of("segments", folder).succeeds().out()).contains("accuracy", "typical rows");
    Path one = dir.resolve("one.csv");
    Result.of("segments", folder, "--split", "test", "--out", one).succeeds();
    assertThat(Files.readAllLines(one).size()).isBetween(2, 60);
    assertThat(Result.of("evaluate", folder, "--nll-samples", 0).succeeds().out()).contains("NMI");
    Result.of("segments", run).fails(1, "has no clusters: its model is vae");
    Result.of("segments", folder, "--members", 0).fails(2, "--members");
  }

  @Test
  void evaluateForPeopleIsATable() {
    Result r = Result.of("evaluate", run, "--nll-samples", 2).succeeds();
    assertThat(r.out())
        .contains("vae on strokes, test part: 60 observations", "ELBO", "by 2 importance samples");
    assertThat(r.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reconstruct", "generate", "interpolate", "traverse", "manifold"})
  void pictureVerbsDrawAndRepeat(String verb) throws IOException {
    Path a = dir.resolve(verb + "-a.png");
    Path b = dir.resolve(verb + "-b.png");
    JsonNode o = Result.of(verb, run, "--n", 2, "--seed", 3, "--out", a, "--json").json();
    assertThat(o.get("file").asText()).isEqualTo(a.toString());
    BufferedImage image = ImageIO.read(a.toFile());
    assertThat(image.getWidth()).isEqualTo(o.get("width").asInt());
    // Something is drawn: not one colour all over.
    assertThat(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .satisfies(p -> assertThat(Arrays.stream(p).distinct().count()).isGreaterThan(3));
    assertThat(Result.of(verb, run, "--n", 2, "--seed", 3, "--out", b).succeeds().out().strip())
        .isEqualTo(b.toString());
    assertThat(a).hasSameBinaryContentAs(b);
  }

  @ParameterizedTest
  @ValueSource(strings = {"interpolate", "traverse"})
  void whatMovesIsAlsoAFilm(String verb) throws IOException {
    Path gif = dir.resolve(verb + ".gif");
    Result.of(verb, run, "--n", 2, "--out", gif).succeeds();
    assertThat(Files.readAllBytes(gif)).startsWith('G', 'I', 'F');
  }

  @Test
  void codesRoundTripThroughEveryFormat() throws IOException {
    List<Path> decoded = new ArrayList<>();
    for (String suffix : List.of("npy", "csv", "parquet")) {
      Path codes = dir.resolve("codes." + suffix);
      JsonNode o = Result.of("encode", run, STROKES, "--out", codes, "--json").json();
      assertThat(o.get("n").asInt()).isEqualTo(360);
      assertThat(o.get("latent").asInt()).isEqualTo(2);
      Path out = dir.resolve("decoded-" + suffix + ".npy");
      assertThat(Result.of("decode", run, codes, "--out", out, "--json").json().get("n").asInt())
          .isEqualTo(360);
      decoded.add(out);
    }
    assertThat(Files.size(decoded.get(0))).isGreaterThan(360L * 784 * 4);
    assertThat(decoded.get(1)).hasSameBinaryContentAs(decoded.get(0));
    assertThat(decoded.get(2)).hasSameBinaryContentAs(decoded.get(0));
    Path png = dir.resolve("decoded.png");
    Result.of("decode", run, dir.resolve("codes.npy"), "--out", png).succeeds();
    assertThat(ImageIO.read(png.toFile())).isNotNull();
  }

  @Test
  void exportWritesSafetensorsAndOnnx() throws IOException {
    Path st = dir.resolve("m.safetensors");
    Result.of("export", run, "--format", "safetensors", "--out", st).succeeds();
    assertThat(Files.size(st)).isGreaterThan(1000);
    JsonNode o =
        Result.of("export", run, "--format", "onnx", "--out", dir.resolve("m.onnx"), "--json")
            .json();
    assertThat(o.get("files")).hasSize(2);
    for (JsonNode f : o.get("files")) {
      assertThat(Path.of(f.asText())).isNotEmptyFile();
    }
  }

  @Test
  void aTableGoesTheWholeWayInItsOwnUnits() throws IOException {
    Path csv = dir.resolve("table.csv");
    StringBuilder b = new StringBuilder("height,weight,kind\n");
    SplittableRandom r = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      double h = 150 + 40 * r.nextDouble();
      b.append(h)
          .append(',')
          .append(h - 100 + 5 * r.nextDouble())
          .append(',')
          .append(i % 2 == 0 ? "a" : "b")
          .append('\n');
    }
    Files.writeString(csv, b);
    Path out = dir.resolve("table-run");
    Result t =
        Result.of(
                "train",
                csv,
                "--model",
                "vae",
                "--set",
                "label=kind",
                "--set",
                "encoder=mlp:16",
                "--epochs",
                3,
                "--out",
                out)
            .succeeds();
    assertThat(t.out()).contains("table.csv", out.toString(), "samples.png");
    assertThat(t.err()).contains("epoch 1/3", "epoch 3/3", "ELBO");
    Path codes = dir.resolve("table-codes.csv");
    Path back = dir.resolve("table-back.csv");
    Result.of("encode", out, csv, "--out", codes).succeeds();
    Result.of("decode", out, codes, "--out", back).succeeds();
    List<String> lines = Files.readAllLines(back);
    assertThat(lines).hasSize(301);
    assertThat(lines.get(0)).isEqualTo("height,weight");
    assertThat(Double.parseDouble(lines.get(1).split(",")[0])).isBetween(100.0, 250.0);
    assertThat(Result.of("data", "describe", csv).succeeds().out())
        .contains("height", "real", "kind", "categorical");
    JsonNode o = Result.of("data", "describe", csv, "--json").json();
    assertThat(o.get("table")).hasSize(3);
    assertThat(o.get("report").get("n").asInt()).isEqualTo(300);
  }

  @Test
  void laterSettingsWin() throws IOException {
    Path config = dir.resolve("c.yaml");
    Files.writeString(
        config,
        "data: "
            + STROKES
            + "\nmodel: beta-vae\nbeta: 3\nlatent: 7\nepochs: 1\nencoder: mlp:16\nlr: 0.01\n");
    Path out = dir.resolve("precedence");
    Result.of(
            "train",
            "--config",
            config,
            "--latent",
            5,
            "--lr",
            0.02,
            "--set",
            "lr=0.03",
            "--out",
            out,
            "--quiet",
            "--no-pictures")
        .succeeds();
    assertThat(out.resolve("config.yaml"))
        .content()
        .contains("name: beta-vae", "beta: 3", "latent: 5", "lr: 0.03", "epochs: 1");
  }

  @Test
  void quietPrintsTheFolderOnly() {
    Path out = dir.resolve("quiet");
    Result r =
        Result.of("train", STROKES, "--model", "pca", "--latent", 2, "--out", out, "--quiet")
            .succeeds();
    assertThat(r.out().strip()).isEqualTo(out.toString());
    assertThat(r.err()).isEmpty();
  }

  @Test
  void aClosedFormIsMeasuredToo() {
    Path out = dir.resolve("ppca");
    JsonNode o =
        Result.of(
                "train",
                "linear-gaussian:n=500",
                "--model",
                "ppca",
                "--latent",
                2,
                "--out",
                out,
                "--json")
            .json();
    assertThat(o.get("metrics").get("nll").asDouble()).isPositive();
    assertThat(o.get("metrics").get("mse").asDouble()).isPositive();
  }

  @Test
  void resumeOfAFinishedRunChangesNothingAndOtherSettingsAreRefused() throws IOException {
    Path out = dir.resolve("again");
    Result.of(
            "train",
            STROKES,
            "--model",
            "vae",
            "--epochs",
            1,
            "--set",
            "encoder=mlp:16",
            "--out",
            out,
            "--no-pictures")
        .succeeds();
    byte[] weights = Files.readAllBytes(out.resolve("weights.safetensors"));
    Result.of("train", STROKES, "--model", "vae", "--epochs", 1, "--out", out)
        .fails(1, "already holds a run", "--resume");
    Result.of("train", "--resume", "--out", out, "--epochs", 9)
        .fails(2, "epochs=1", "cannot change");
    Result.of("train", "--resume", "--out", out, "--model", "ae").fails(2, "--model vae");
    Result.of("train", "mixture", "--resume", "--out", out).fails(2, "data strokes");
    Result.of(
            "train",
            STROKES,
            "--model",
            "vae",
            "--resume",
            "--out",
            out,
            "--max-time",
            "1h",
            "--no-pictures")
        .succeeds();
    assertThat(Files.readAllBytes(out.resolve("weights.safetensors"))).isEqualTo(weights);
  }

  @Test
  void aSamplerIsFittedToARunAndDrawnFrom() throws IOException {
    JsonNode o =
        Result.of("sampler", run, "--model", "gmm", "--set", "components=3", "--json").json();
    assertThat(o.get("run").asText()).isEqualTo(run.resolve("samplers/gmm").toString());
    assertThat(o.get("metrics").get("nll").asDouble()).isFinite();
    assertThat(run.resolve("samplers/gmm/codes.png")).exists();
    Path png = dir.resolve("sampled.png");
    Result.of("generate", run, "--sampler", "gmm", "--n", 9, "--out", png).succeeds();
    assertThat(ImageIO.read(png.toFile()).getWidth()).isPositive();
    Result.of("sampler", run, "--model", "gmm").fails(1, "--replace");
    Result again =
        Result.of("sampler", run, "--model", "vae", "--epochs", 1, "--name", "second").succeeds();
    assertThat(again.out())
        .contains(
            "vae on codes of run", "ELBO", "codes.png", "generate " + run + " --sampler second");
    Result.of("sampler", run, "--model", "gmm", "--replace", "--quiet").succeeds();
  }

  @Test
  void modelsAreListedAndExplained() {
    Result all = Result.of("models").succeeds();
    ModelCatalog.entries().forEach(e -> assertThat(all.out()).contains(e.name()));
    assertThat(Result.of("models", "beta-vae").succeeds().out())
        .contains("Higgins", "KL", "beta", "encoder", "max_seconds");
    assertThat(Result.of("models", "--json").json().get("models"))
        .hasSameSizeAs(ModelCatalog.entries());
    assertThat(
            Result.of("models", "vae", "--json").json().get("options").get(0).get("name").asText())
        .isEqualTo("latent");
  }

  @Test
  void textGoesInAndComesOut() throws IOException {
    Path zoo =
        Files.writeString(dir.resolve("zoo.txt"), "the cat sees\na dog hears the cat\n".repeat(40));
    Path out = dir.resolve("speaks");
    Result.of(
            "train",
            zoo,
            "--model",
            "text-vae",
            "--latent",
            2,
            "--set",
            "units=8",
            "--set",
            "embedding=4",
            "--set",
            "vocabulary=4",
            "--epochs",
            2,
            "--out",
            out,
            "--no-pictures")
        .succeeds();
    for (String verb : List.of("generate", "reconstruct", "interpolate")) {
      Path text = dir.resolve(verb + ".txt");
      Result.of(verb, out, "--n", 3, "--out", text).succeeds();
      assertThat(Files.readAllLines(text)).hasSizeGreaterThanOrEqualTo(3);
      assertThat(Result.of(verb, out, "--n", 3, "--out", dir.resolve("x.png")).fails(1).err())
          .contains(
              "observations of this run are sentences, not to be drawn; write them to a .txt");
    }
    assertThat(Result.of("traverse", out, "--out", dir.resolve("t.txt")).fails(1).err())
        .contains("the observations of this run are sentences");
    assertThat(Result.of("evaluate", out, "--nll-samples", 4).succeeds().out())
        .contains("perplexity")
        .doesNotContain("MSE");
    assertThat(Result.of("train", zoo, "--model", "vae", "--out", dir.resolve("no")).fails(1).err())
        .contains("use --model text-vae");
    Path tokens = dir.resolve("tokens.txt");
    Result.of("data", "make", "synthetic-text", "--n", 50, "--out", tokens).succeeds();
    assertThat(Files.readAllLines(tokens)).hasSize(50);
  }

  @Test
  void everyKeyIsExplained() {
    List<Keys.Key> keys = new ArrayList<>(Keys.ofTraining());
    keys.addAll(Keys.ofData());
    ModelCatalog.entries().forEach(e -> keys.addAll(Keys.ofModel(e)));
    assertThat(keys).allSatisfy(k -> assertThat(k.meaning()).as(k.name()).isNotBlank());
  }

  @Test
  void dataAreListedDescribedAndMade() throws IOException {
    assertThat(Result.of("data", "list").succeeds().out()).contains("sprites", "mnist", "dsprites");
    JsonNode list = Result.of("data", "list", "--json").json().get("data");
    assertThat(list)
        .isNotEmpty()
        .allSatisfy(d -> assertThat(keys(d)).contains("name", "available", "shape", "n"));
    Path npz = dir.resolve("s.npz");
    Path again = dir.resolve("s2.npz");
    Result.of("data", "make", "sprites:size=16", "--n", 40, "--seed", 2, "--out", npz).succeeds();
    Result.of("data", "make", "sprites:size=16", "--n", 40, "--seed", 2, "--out", again).succeeds();
    assertThat(npz).hasSameBinaryContentAs(again);
    JsonNode d = Result.of("data", "describe", npz, "--json").json().get("report");
    assertThat(d.get("n").asInt()).isEqualTo(40);
    assertThat(d.get("values").get("binary").asBoolean()).isTrue();
    assertThat(Result.of("data", "describe", npz).succeeds().out())
        .contains("[1×16×16]", "40 observations", "all 0 or 1");
  }

  @Test
  void doctorFindsTheMachineWell() {
    Result r = Result.of("doctor").succeeds();
    assertThat(r.out()).contains("LibTorch", "GFLOP/s", "memory", "disk", "strokes");
    JsonNode o = Result.of("doctor", "--json").json();
    assertThat(o.get("ok").asBoolean()).isTrue();
    assertThat(o.get("findings")).isNotEmpty();
  }

  @Test
  void doctorFindsWhatWillFailBeforeTraining() throws IOException {
    Path csv = dir.resolve("sick.csv");
    StringBuilder b = new StringBuilder("a,same,b\n");
    for (int i = 0; i < 250; i++) {
      b.append(i * 0.37 - 20).append(",7,").append(i % 10).append('\n');
    }
    Files.writeString(csv, b);
    Result well = Result.of("doctor", csv, "--model", "vae", "--set", "encoder=mlp:16");
    assertThat(well.code()).isZero();
    assertThat(well.out()).contains("constant", "same", "exclude=same", "an epoch", "parameters");
    Result range = Result.of("doctor", csv, "--model", "vae", "--set", "likelihood=bernoulli");
    assertThat(range.code()).isEqualTo(1);
    assertThat(range.out()).contains("fail", "[0, 1]");
    Files.writeString(csv, b + "1,7,\n");
    Result gaps = Result.of("doctor", csv);
    assertThat(gaps.code()).isEqualTo(1);
    assertThat(gaps.out()).contains("fail", "missing");
    assertThat(Result.of("doctor", csv, "--set", "missing=mean", "--set", "encoder=mlp:16").code())
        .isZero();
  }

  @Test
  void doctorSaysWhenMemoryWillNotDo() {
    Result r =
        Result.of(
            "doctor",
            STROKES,
            "--model",
            "vae",
            "--batch",
            1_000_000_000,
            "--set",
            "encoder=mlp:64");
    assertThat(r.code()).as(r.out() + r.err()).isEqualTo(1);
    assertThat(r.out()).contains("fail", "memory", "lower --batch");
  }

  @Test
  void helpIsOnEveryVerbWithAnExample() {
    CommandLine tree = Javae.commandLine();
    List<List<String>> verbs = new ArrayList<>();
    collect(tree, List.of(), verbs);
    assertThat(verbs).hasSizeGreaterThan(15);
    for (List<String> verb : verbs) {
      List<Object> args = new ArrayList<>(verb);
      args.add("--help");
      Result r = Result.of(args.toArray()).succeeds();
      assertThat(r.out()).as(String.join(" ", verb)).startsWith("Usage: javae");
      assertThat(r.out()).contains("Example", "javae ");
      assertThat(r.out().lines().collect(Collectors.toList()))
          .allSatisfy(l -> assertThat(l.length()).isLessThan(105));
    }
  }

  private static void collect(CommandLine line, List<String> path, List<List<String>> out) {
    out.add(path);
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> p = new ArrayList<>(path);
              p.add(name);
              collect(sub, p, out);
            });
  }

  @Test
  void versionAndCompletion() {
    assertThat(Result.of("--version").succeeds().out()).startsWith("javae ").contains("Java");
    assertThat(Result.of("completion").succeeds().out())
        .contains("complete -F", "reconstruct", "--nll-samples");
    assertThat(Result.of().succeeds().out()).startsWith("Usage: javae");
  }

  @Test
  void debugShowsTheStackTrace() {
    Result r = Result.of("evaluate", dir.resolve("nowhere"), "--debug");
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.err()).contains("at org.javae");
  }
}
