package org.javae.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KEYS =
      List.of("latent", "encoder", "decoder", "likelihood", "schedule", "samples", "beta", "lr");

  @Test
  void distanceCountsEditsAndTranspositions() {
    assertThat(Nearest.distance("", "")).isZero();
    assertThat(Nearest.distance("beta", "beta")).isZero();
    assertThat(Nearest.distance("", "beta")).isEqualTo(4);
    assertThat(Nearest.distance("beta", "bta")).isEqualTo(1);
    assertThat(Nearest.distance("beta", "bbeta")).isEqualTo(1);
    assertThat(Nearest.distance("beta", "zeta")).isEqualTo(1);
    assertThat(Nearest.distance("beta", "baet")).isEqualTo(2);
    assertThat(Nearest.distance("beta", "ebta")).isEqualTo(1);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("sitting", "kitten")).isEqualTo(3);
    assertThat(Nearest.distance("mnist", "mnits")).isEqualTo(1);
    assertThat(Nearest.distance("abc", "")).isEqualTo(3);
    assertThat(Nearest.distance("ca", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("abc", "ca")).isEqualTo(3);
  }

  @Test
  void nearestComesFirst() {
    assertThat(Nearest.to("latnet", KEYS)).first().isEqualTo("latent");
    assertThat(Nearest.to("LATENT", KEYS)).first().isEqualTo("latent");
    assertThat(Nearest.to("coder", KEYS)).containsExactly("decoder", "encoder");
    assertThat(Nearest.to("like", KEYS)).contains("likelihood");
    assertThat(Nearest.to("sample", KEYS)).first().isEqualTo("samples");
  }

  @Test
  void atMostThree() {
    assertThat(Nearest.to("a", List.of("a1", "a2", "a3", "a4", "a5")))
        .containsExactly("a1", "a2", "a3");
  }

  @Test
  void nothingNearListsEverything() {
    assertThat(Nearest.to("zzzzzzzzzz", KEYS)).isEmpty();
    assertThat(Nearest.suggestion("zzzzzzzzzz", List.of("adam", "sgd")))
        .isEqualTo("choose one of adam, sgd");
    assertThat(Nearest.suggestion("amad", List.of("adam", "sgd"))).isEqualTo("did you mean adam?");
  }

  @Test
  void manyNamesAreCutShort() {
    List<String> names = IntStream.range(0, 60).mapToObj(i -> "name-" + i + "-long").toList();
    assertThat(Nearest.suggestion("5.5", names))
        .startsWith("choose one of name-0-long, name-1-long")
        .endsWith("name-23-long and 36 more");
  }
}
