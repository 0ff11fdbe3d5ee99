package org.javae.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.javae.core.io.Json;
import org.javae.core.support.Sentences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs | 0 | epochs is 0; it must be 1 or more",
        "batch | -1 | batch is -1; it must be 1 or more",
        "lr | 0.0 | lr is 0.0; it must be a positive number",
        "momentum | 1.0 | momentum is 1.0",
        "weight_decay | -0.1 | weight_decay is -0.1",
        "clip | -1.0 | clip is -1;",
        "ema | 1.0 | ema is 1.0; it must be 0 or more and less than 1",
        "accumulate | 0 | accumulate is 0",
        "patience | -1 | patience is -1",
        "max_seconds | -1.0 | max_seconds is -1;",
      })
  void numbersOutOfRangeEndInASentence(String key, String value, String fragment) {
    Object v =
        value.contains(".") ? (Object) Double.valueOf(value) : (Object) Integer.valueOf(value);
    assertThat(Sentences.of(() -> Toy.config(key, v))).contains(fragment);
  }

  @Test
  void unknownOptimisersNameTheNearest() {
    assertThat(Sentences.of(() -> Toy.config("optimizer", "adamm"))).contains("did you mean adam");
    assertThat(Sentences.of(() -> Toy.config("lr_schedule", "cosin"))).contains("cosine");
  }

  @Test
  void jsonKeepsEverything() {
    TrainConfig c =
        Toy.config("lr_schedule", "cosine:2", "seed", 9_007_199_254_740_993L, "lr", 1e-3);
    assertThat(Json.parse(Json.toString(c), "text", TrainConfig.class)).isEqualTo(c);
    assertThat(Json.parse(Json.toString(TrainConfig.DEFAULTS), "text", TrainConfig.class))
        .isEqualTo(TrainConfig.DEFAULTS);
  }
}
