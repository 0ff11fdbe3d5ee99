package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One table of several models. */
class CompareVerbTest {
  private static final String STROKES = "strokes:train=120,test=30";

  @TempDir Path dir;

  private static Result compare(Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "compare",
                STROKES,
                "--epochs",
                1,
                "--set",
                "encoder=mlp:8",
                "--nll-samples",
                5,
                "--out",
                out));
    args.addAll(List.of(more));
    return Result.of(args.toArray());
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(n -> all.add(n.asText()));
    return all;
  }

  @Test
  void everyCellFollowsFromWhatTheModelImplements() throws IOException {
    Path out = dir.resolve("all");
    JsonNode o =
        compare(
                out,
                "--models",
                "vae,ae,ppca,gmm,cvae",
                "--latent",
                3,
                "--set",
                "components=2",
                "--json")
            .json();
    JsonNode vae = o.get("models").get(0);
    assertThat(vae.get("log_likelihood").get("kind").asText())
        .isEqualTo("importance-sampled, K = 5");
    assertThat(vae.get("log_likelihood").get("discrete").asBoolean()).isTrue();
    assertThat(vae.get("epochs").asInt()).isEqualTo(1);
    assertThat(texts(vae.get("cannot"))).containsExactly("no exact likelihood");
    JsonNode ae = o.get("models").get(1);
    assertThat(ae.has("log_likelihood")).isFalse();
    assertThat(ae.has("sampling_seconds")).isFalse();
    assertThat(ae.get("mse").asDouble()).isPositive();
    assertThat(texts(ae.get("cannot"))).containsExactly("no samples", "no likelihood");
    JsonNode ppca = o.get("models").get(2);
    assertThat(ppca.get("log_likelihood").get("kind").asText()).isEqualTo("exact");
    assertThat(ppca.get("log_likelihood").get("discrete").asBoolean()).isFalse();
    assertThat(ppca.has("seconds_per_epoch")).isFalse();
    assertThat(ppca.get("cannot")).isEmpty();
    JsonNode gmm = o.get("models").get(3);
    assertThat(gmm.has("inference_seconds")).isFalse();
    assertThat(gmm.has("mse")).isFalse();
    assertThat(gmm.get("sampling_seconds").asDouble()).isPositive();
    assertThat(texts(gmm.get("cannot"))).containsExactly("no latent code");
    assertThat(texts(o.get("models").get(4).get("cannot"))).contains("needs labels");
    assertThat(String.join(" ", texts(o.get("notes")))).contains("log-probability", "ae");
    assertThat(out.resolve("compare.md"))
        .content()
        .contains("| vae |", "exact; density", "compare.png");
    assertThat(out.resolve("compare.json")).content().contains("\"models\"");
    assertThat(ImageIO.read(out.resolve("compare.png").toFile()).getWidth()).isGreaterThan(300);
  }

  @Test
  void theSameEvaluatorAsEvaluate() {
    Path out = dir.resolve("same");
    JsonNode row =
        compare(out, "--models", "vae", "--latent", 2, "--json").json().get("models").get(0);
    JsonNode m =
        Result.of("evaluate", out.resolve("vae"), "--nll-samples", 5, "--json")
            .json()
            .get("metrics");
    assertThat(row.get("elbo").asDouble()).isEqualTo(m.get("elbo").asDouble());
    assertThat(row.get("mse").asDouble()).isEqualTo(m.get("mse").asDouble());
    assertThat(row.get("log_likelihood").get("value").asDouble())
        .isEqualTo(-m.get("nll").asDouble());
  }

  @Test
  void finishedModelsAreReusedAndOtherSettingsRefused() throws IOException {
    Path out = dir.resolve("again");
    JsonNode first = compare(out, "--models", "vae", "--latent", 2, "--json").json();
    FileTime written = Files.getLastModifiedTime(out.resolve("vae/weights.safetensors"));
    JsonNode second = compare(out, "--models", "vae,ae", "--latent", 2, "--json").json();
    assertThat(Files.getLastModifiedTime(out.resolve("vae/weights.safetensors")))
        .isEqualTo(written);
    assertThat(second.get("models").get(0)).isEqualTo(first.get("models").get(0));
    assertThat(second.get("models")).hasSize(2);
    compare(out, "--models", "vae", "--latent", 4).fails(2, "latent=2");
    // Without the row the run is resumed, and its weights stay what they are.
    Files.delete(out.resolve("vae/comparison.json"));
    byte[] weights = Files.readAllBytes(out.resolve("vae/weights.safetensors"));
    JsonNode third = compare(out, "--models", "vae", "--latent", 2, "--json").json();
    assertThat(Files.readAllBytes(out.resolve("vae/weights.safetensors"))).isEqualTo(weights);
    assertThat(third.get("models").get(0).get("elbo"))
        .isEqualTo(first.get("models").get(0).get("elbo"));
  }

  @Test
  void settingsForOneAndForAll() throws IOException {
    Path out = dir.resolve("two");
    compare(
            out,
            "--models",
            "small=vae,large=vae,gmm",
            "--latent",
            3,
            "--set",
            "small:latent=2",
            "--set",
            "components=2",
            "--quiet")
        .succeeds();
    assertThat(out.resolve("small/config.yaml")).content().contains("latent: \"2\"");
    assertThat(out.resolve("large/config.yaml")).content().contains("latent: 3");
    assertThat(out.resolve("gmm/config.yaml")).content().doesNotContain("latent");
    Path none = dir.resolve("none");
    compare(none, "--models", "vae,ae", "--set", "latennt=3").fails(2, "latent");
    compare(none, "--models", "vae,vae").fails(2, "give each a name");
    compare(none, "--models", "vae", "--set", "ae:latent=3").fails(2, "no model called 'ae'");
    compare(none, "--models", "vae,vea").fails(2, "vae");
  }

  @Test
  void aModelThatCannotTakeTheDataIsARowThatSaysWhy() {
    JsonNode o =
        compare(dir.resolve("text"), "--models", "text-vae,ae", "--latent", 2, "--json").json();
    assertThat(o.get("models").get(0).get("status").asText()).isEqualTo("refused");
    assertThat(o.get("models").get(0).get("reason").asText()).contains("text");
    assertThat(o.get("models").get(1).get("status").asText()).isEqualTo("finished");
    Result.of("compare", STROKES, "--models", "text-vae", "--quiet", "--out", dir.resolve("only"))
        .fails(1, "text");
  }
}
