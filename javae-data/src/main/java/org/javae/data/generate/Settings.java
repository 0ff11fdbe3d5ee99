package org.javae.data.generate;

import org.javae.tensor.UserException;

/** Checks shared by the generators' settings. */
final class Settings {
  private Settings() {}

  static void atLeast(String generator, String key, int value, int least) {
    if (value < least) {
      throw UserException.usage(
          "%s: %s is %d but must be at least %d.", generator, key, value, least);
    }
  }

  static void positive(String generator, String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw UserException.usage(
          "%s: %s is %s but must be a positive number.", generator, key, value);
    }
  }

  static void notNegative(String generator, String key, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw UserException.usage(
          "%s: %s is %s but must be zero or a positive number.", generator, key, value);
    }
  }

  /** The values must fit into one Java array, whose length is an int. */
  static void fits(String generator, long observations, int width) {
    if (observations > Integer.MAX_VALUE / width) {
      throw UserException.usage(
          "%s: %d observations of %d values are too many for one set; ask for at most %d.",
          generator, observations, width, Integer.MAX_VALUE / width);
    }
  }
}
