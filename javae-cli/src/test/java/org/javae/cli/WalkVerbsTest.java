package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks through the latent spaces of small runs. */
class WalkVerbsTest {
  private static final String SPRITES = "sprites:size=16,n=240";

  @TempDir static Path dir;

  @BeforeAll
  static void train() {
    for (String model : new String[] {"vae", "ae"}) {
      Result.of(
              "train",
              SPRITES,
              "--model",
              model,
              "--latent",
              "2",
              "--epochs",
              "1",
              "--set",
              "encoder=mlp:16/tanh",
              "--no-pictures",
              "--quiet",
              "--out",
              dir.resolve(model))
          .succeeds();
    }
  }

  private static void drawn(Path file) throws IOException {
    assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(200);
  }

  @Test
  void everyPathStartsAndEndsAlikeAndReportsItsLength() throws IOException {
    double[] lengths = new double[3];
    String[] paths = {"straight", "spherical", "geodesic"};
    for (int i = 0; i < 3; i++) {
      Path file = dir.resolve(paths[i] + ".png");
      JsonNode o =
          Result.of(
                  "interpolate",
                  dir.resolve("vae"),
                  "--path",
                  paths[i],
                  "--n",
                  2,
                  "--out",
                  file,
                  "--json")
              .json();
      drawn(file);
      assertThat(o.get("path").asText()).isEqualTo(paths[i]);
      assertThat(o.get("pairs")).hasSize(2);
      lengths[i] = o.get("pairs").get(0).get("length").asDouble();
      assertThat(o.get("pairs").get(0).get("rows")).hasSize(2);
    }
    assertThat(lengths[2]).isPositive().isLessThanOrEqualTo(1.0001 * lengths[0]);
    assertThat(lengths[1]).isGreaterThanOrEqualTo(0.9999 * lengths[2]);
    Result.of("interpolate", dir.resolve("vae"), "--path", "curved", "--out", dir.resolve("x.png"))
        .fails(2, "unknown path 'curved'");
  }

  @Test
  void attributesComeFromLabelsAndOtherAnnotations() throws IOException {
    Path file = dir.resolve("attribute.png");
    Path run = dir.resolve("vae");
    JsonNode o =
        Result.of(
                "attribute",
                run,
                "--label",
                "shape=heart",
                "--minus",
                "shape=square",
                "--n",
                3,
                "--out",
                file,
                "--json")
            .json();
    drawn(file);
    assertThat(o.get("attribute").asText()).isEqualTo("shape heart");
    assertThat(o.get("length").asDouble()).isPositive();
    assertThat(o.get("told_apart").asDouble()).isBetween(0.0, 1.0);
    JsonNode both =
        Result.of(
                "attribute",
                run,
                "--label",
                "x=7",
                "--minus",
                "x=0",
                "--down",
                "y=7",
                "--out",
                file,
                "--json")
            .json();
    drawn(file);
    assertThat(both.get("down").get("attribute").asText()).isEqualTo("y 7");
    Result.of("attribute", run, "--label", "shape=star", "--out", file)
        .fails(2, "square, ellipse, heart");
    Result.of("attribute", run, "--label", "form=heart", "--out", file)
        .fails(2, "no annotation 'form'");
    Result.of("attribute", run, "--label", "x=1", "--down-minus", "y=1", "--out", file)
        .fails(2, "needs --down");
  }

  @Test
  void analogiesAreDrawnBesideTheNearestCode() throws IOException {
    Path file = dir.resolve("analogy.png");
    Path run = dir.resolve("ae");
    JsonNode o =
        Result.of("analogy", run, "--rows", "1,2,3", "--rows", "4, 4, 5", "--out", file, "--json")
            .json();
    drawn(file);
    assertThat(o.get("analogies")).hasSize(2);
    assertThat(o.get("analogies").get(0).get("nearest").asInt()).isNotIn(1, 2, 3);
    Result.of("analogy", run, "--rows", "1,2", "--out", file).fails(2, "three row numbers");
    Result.of("analogy", run, "--rows", "1,2,240", "--out", file).fails(2, "from 0 to 239");
  }

  @Test
  void mapsAndDrawsAreSideBySide() throws IOException {
    Path file = dir.resolve("map.png");
    JsonNode o =
        Result.of(
                "map",
                dir.resolve("ae"),
                dir.resolve("vae"),
                "--by",
                "shape",
                "--paths",
                1,
                "--n",
                20,
                "--out",
                file,
                "--json")
            .json();
    assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(1400);
    assertThat(o.get("maps")).hasSize(2);
    JsonNode first = o.get("maps").get(0);
    assertThat(first.get("magnification").get("p95").asDouble())
        .isGreaterThanOrEqualTo(first.get("magnification").get("p5").asDouble())
        .isPositive();
    JsonNode path = first.get("paths").get(0);
    assertThat(path.get("geodesic").asDouble())
        .isLessThanOrEqualTo(1.0001 * path.get("straight").asDouble());
    JsonNode s =
        Result.of(
                "sampling",
                dir.resolve("ae"),
                dir.resolve("vae"),
                "--n",
                4,
                "--out",
                file,
                "--json")
            .json();
    drawn(file);
    assertThat(s.get("runs").get(1).get("sd")).hasSize(2);
    Result.of("map", dir.resolve("ae"), "--by", "colour", "--out", file).fails(2, "--by is");
    Result.of("sampling", dir.resolve("ae"), "--out", "x.gif").fails(2, ".png is expected");
  }
}
