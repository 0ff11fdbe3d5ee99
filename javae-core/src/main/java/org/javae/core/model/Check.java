package org.javae.core.model;

import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.tensor.UserException;

/** Checks of settings that end in one clear sentence. */
public final class Check {
  private Check() {}

  public static void positive(String key, long value) {
    if (value <= 0) {
      throw UserException.usage("%s is %d; it must be 1 or more", key, value);
    }
  }

  public static void positive(String key, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw UserException.usage("%s is %s; it must be a positive number", key, value);
    }
  }

  public static void notNegative(String key, double value) {
    if (!(value >= 0) || !Double.isFinite(value)) {
      throw UserException.usage(
          "%s is %s; it must be 0 or more",
          key, value == (long) value && Math.abs(value) < 1e15 ? (Object) (long) value : value);
    }
  }

  public static void atMost(String key, long value, long limit) {
    if (value > limit) {
      throw UserException.usage("%s is %d; this data allows at most %d", key, value, limit);
    }
  }

  public static void atLeast(String key, long value, long limit) {
    if (value < limit) {
      throw UserException.usage("%s is %d; it must be %d or more", key, value, limit);
    }
  }

  /** Checks a fraction 0 ≤ value &lt; 1. */
  public static void fraction(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw UserException.usage("%s is %s; it must be 0 or more and less than 1", key, value);
    }
  }

  /** Checks a text that is one of several names. */
  public static void oneOf(String key, String value, List<String> names) {
    if (!names.contains(value)) {
      throw UserException.usage(
          "%s is '%s'; %s", key, value, Nearest.suggestion(String.valueOf(value), names));
    }
  }
}
