package org.javae.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import org.javae.core.support.Sentences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {
  record Settings(int n, long seed, double rate, boolean on, String name) {}

  private static JsonNode of(String key, Object value) {
    return Values.of(
        Arrays.stream(Settings.class.getRecordComponents())
            .filter(c -> c.getName().equals(key))
            .findFirst()
            .orElseThrow(),
        value);
  }

  @Test
  void textBecomesWhatTheComponentIs() {
    assertThat(of("n", " 12 ").intValue()).isEqualTo(12);
    assertThat(of("n", 12).intValue()).isEqualTo(12);
    assertThat(of("n", 12.0).intValue()).isEqualTo(12);
    assertThat(of("seed", "9007199254740993").longValue()).isEqualTo(9_007_199_254_740_993L);
    assertThat(of("seed", 9_007_199_254_740_993L).longValue()).isEqualTo(9_007_199_254_740_993L);
    assertThat(of("rate", "1e-3").doubleValue()).isEqualTo(0.001);
    assertThat(of("rate", 2).doubleValue()).isEqualTo(2);
    assertThat(of("on", "true").booleanValue()).isTrue();
    assertThat(of("on", false).booleanValue()).isFalse();
    assertThat(of("name", "text").asText()).isEqualTo("text");
    assertThat(of("name", 28).isTextual()).isTrue();
    assertThat(of("name", List.of(1)).isArray()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "n, many, n is 'many'; a whole number is expected",
    "n, 2.5, n is '2.5'; a whole number is expected",
    "n, 3000000000, n is '3000000000'; a whole number is expected",
    "n, '', n is ''; a whole number is expected",
    "seed, 1e3, seed is '1e3'; a whole number is expected",
    "rate, fast, rate is 'fast'; a number is expected",
    "on, yes, on is 'yes'; true or false is expected"
  })
  void misfitsEndInASentence(String key, String value, String sentence) {
    assertThat(Sentences.of(() -> of(key, value))).isEqualTo(sentence);
    assertThat(Sentences.exitCode(() -> of(key, value))).isEqualTo(2);
  }

  @Test
  void numbersOutOfRangeAreNotCutOff() {
    assertThat(Sentences.of(() -> of("n", 3_000_000_000L))).contains("whole number");
    assertThat(Sentences.of(() -> of("n", 2.5))).contains("whole number");
    assertThat(Sentences.of(() -> of("seed", 1e30))).contains("whole number");
    assertThat(Sentences.of(() -> of("n", true))).contains("whole number");
  }
}
