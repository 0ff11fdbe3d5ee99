package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.javae.core.io.Json;

/** What a command line printed and how it ended. */
record Result(int code, String out, String err) {
  /** Runs in this process. */
  static Result of(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = Arrays.stream(args).map(String::valueOf).toArray(String[]::new);
    int code =
        Javae.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            texts);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Result succeeds() {
    assertThat(code).as(err + out).isZero();
    return this;
  }

  /**
   * Failed as failures should look: one or two lines on stderr, nothing of Java in them, nothing on
   * stdout.
   */
  Result fails(int expected, String... parts) {
    assertThat(code).as(err + out).isEqualTo(expected);
    assertThat(out).isEmpty();
    assertThat(err.lines().toList()).as(err).hasSizeBetween(1, 2);
    assertThat(err)
        .startsWith("javae")
        .doesNotContain("Exception")
        .doesNotContain("at org.javae")
        .doesNotContain("java.")
        .doesNotContain("--debug for the details");
    for (String part : parts) {
      assertThat(err).contains(part);
    }
    return this;
  }

  /** The one JSON object on stdout. */
  JsonNode json() {
    succeeds();
    List<String> lines = out.lines().toList();
    assertThat(lines).as(out).hasSize(1);
    return Json.parse(lines.get(0), "stdout", JsonNode.class);
  }
}
