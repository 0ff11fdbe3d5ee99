package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.Tokens;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.Paired;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.Shape;

/**
 * Three views of one shape: its picture ({@link Sprites}); its attributes (shape as a category,
 * size and position as numbers from 0 to 1); and a caption such as <i>a small heart at the top
 * left</i>, in which size and position are coarse and some words are a matter of taste. The picture
 * alone tells the rotation, the numbers alone tell nothing of it, and the caption tells least.
 *
 * @param size height and width of the picture, at least 16
 * @param n number of observations, at least 1
 */
public record ShapesCaptions(int size, int n) implements Generator {
  private static final String NAME = "shapes-captions";

  /** Seven words and the end mark. */
  private static final int LENGTH = 8;

  private static final List<String> WORDS =
      List.of(
          "a", "the", "one", "small", "little", "medium", "large", "big", "square", "ellipse",
          "heart", "at", "in", "top", "middle", "bottom", "left", "centre", "right");

  /** Ways of saying small, medium and large; the generator picks one of each list. */
  private static final List<List<String>> SIZES =
      List.of(List.of("small", "little"), List.of("medium"), List.of("large", "big"));

  /** Checks. */
  public ShapesCaptions {
    Settings.atLeast(NAME, "size", size, 16);
    Settings.atLeast(NAME, "n", n, 1);
    Settings.fits(NAME, n, size * size);
  }

  /** 10 000 shapes of 32×32. */
  public static ShapesCaptions standard() {
    return new ShapesCaptions(32, 10_000);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Elements of an observation. */
  public int numel() {
    return size * size + Sprites.SHAPES.size() + 3 + LENGTH;
  }

  @Override
  public Dataset generate(long seed) {
    Sprites sprites = Sprites.ofSize(size, n);
    Dataset pictures = sprites.generate(seed);
    int[][] factors =
        pictures.annotations().stream().map(Dataset.Annotation::values).toArray(int[][]::new);
    List<Column> columns =
        List.of(
            new Column("shape", Column.Kind.CATEGORICAL, Sprites.SHAPES),
            new Column("size", Column.Kind.REAL, List.of()),
            new Column("x", Column.Kind.REAL, List.of()),
            new Column("y", Column.Kind.REAL, List.of()));
    int width = Sprites.SHAPES.size() + 3;
    float[] attributes = new float[n * width];
    float[] captions = new float[n * LENGTH];
    for (int i = 0; i < n; i++) {
      attributes[i * width + factors[0][i]] = 1;
      double large = part(factors[1][i], sprites.scales());
      double x = part(factors[3][i], sprites.xs());
      double y = part(factors[4][i], sprites.ys());
      attributes[i * width + Sprites.SHAPES.size()] = (float) large;
      attributes[i * width + Sprites.SHAPES.size() + 1] = (float) x;
      attributes[i * width + Sprites.SHAPES.size() + 2] = (float) y;
      Draws draws = Draws.of(seed, NAME, i);
      List<String> ways = SIZES.get(third(large));
      List<String> said =
          List.of(
              List.of("a", "the", "one").get(draws.below(3)),
              ways.get(draws.below(ways.size())),
              Sprites.SHAPES.get(factors[0][i]),
              List.of("at", "in").get(draws.below(2)),
              "the",
              List.of("top", "middle", "bottom").get(third(y)),
              List.of("left", "centre", "right").get(third(x)));
      for (int t = 0; t < said.size(); t++) {
        captions[i * LENGTH + t] = Vocabulary.MARKS.size() + WORDS.indexOf(said.get(t));
      }
      captions[i * LENGTH + said.size()] = Vocabulary.END;
    }
    List<String> words = Stream.concat(Vocabulary.MARKS.stream(), WORDS.stream()).toList();
    Tokens tokens = new Tokens(words.size(), words);
    List<View> views = new ArrayList<>();
    views.add(
        new View("picture", pictures.shape()).with(ViewSettings.AUTO.likelihood("bernoulli")));
    views.add(new View("attributes", columns));
    views.add(new View("caption", Shape.of(LENGTH), List.of(), tokens, ViewSettings.AUTO));
    return Paired.of(
            NAME,
            views,
            List.of(
                pictures,
                ArrayDataset.of("attributes", Shape.of(width), attributes).withColumns(columns),
                ArrayDataset.of("caption", Shape.of(LENGTH), captions).withTokens(tokens)))
        .withAnnotations(pictures.annotations());
  }

  private static double part(int value, int count) {
    return count == 1 ? 0.5 : (double) value / (count - 1);
  }

  private static int third(double part) {
    return (int) Math.min(2, 3 * part);
  }
}
