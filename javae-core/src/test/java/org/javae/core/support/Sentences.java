package org.javae.core.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.javae.tensor.UserException;

/** What a user reads when something is wrong. */
public final class Sentences {
  private Sentences() {}

  /** The sentence {@code call} ends in, after checking that it is fit for a user. */
  public static String of(ThrowingCallable call) {
    Throwable t = catchThrowable(call);
    assertThat(t).as("a bad input was accepted").isNotNull();
    assertThat(t).isInstanceOf(UserException.class);
    return checked(t.getMessage());
  }

  /** Checks that a message is one line without anything a machine would say. */
  public static String checked(String sentence) {
    assertThat(sentence)
        .isNotBlank()
        .hasSizeLessThan(320)
        .doesNotContain("\n", "Exception", "null", "java.", "org.javae", "com.fasterxml", "@");
    return sentence;
  }

  /** The exit code of the mistake. */
  public static int exitCode(ThrowingCallable call) {
    return ((UserException) catchThrowable(call)).exitCode();
  }
}
