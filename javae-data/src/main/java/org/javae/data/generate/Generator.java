package org.javae.data.generate;

import org.javae.core.data.Dataset;

/** A process that data can be drawn from: a validated record of settings. */
public sealed interface Generator
    permits Sprites,
        Strokes,
        StrokesLabel,
        LinearViews,
        PolyStrokes,
        ShapesCaptions,
        Mixture,
        LinearGaussian,
        Nonstationary,
        SyntheticText {
  /** The catalogue's name for this generator. */
  String name();

  /**
   * Draws the data set. The same settings and seed give the same bits; observation {@code i} does
   * not depend on how many are drawn, so a larger set begins with the smaller one.
   */
  Dataset generate(long seed);
}
