package org.javae.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.javae.core.io.Json;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowSpecTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"flow:4|flow|4|64", "maf:5,32|maf|5|32", " flow:2,8 |flow|2|8", "maf:1|maf|1|64"})
  void readsWhatItWrites(String text, String kind, int layers, int width) {
    FlowSpec s = FlowSpec.parse(text);
    assertThat(s).isEqualTo(new FlowSpec(kind, layers, width));
    assertThat(FlowSpec.parse(s.toString())).isEqualTo(s);
    assertThat(Json.parse(Json.toString(s), "text", FlowSpec.class)).isEqualTo(s);
  }

  @Test
  void theUsualWidthIsNotWritten() {
    assertThat(FlowSpec.parse("maf:5,64")).hasToString("maf:5");
    assertThat(FlowSpec.parse("maf:5,65")).hasToString("maf:5,65");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mafia:3", "maf", "maf:", "flow:0", "maf:2,-1", "maf:2,3,4", "flow:x", "maf:9999"})
  void whatIsNoFlowIsNamed(String text) {
    assertThatThrownBy(() -> FlowSpec.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
