/**
 * Pictures of data, codes and training: grids of images, curves, scatters, heat maps, bars, tables
 * as lines, and moving GIFs.
 *
 * <p>Everything is painted by this package itself, point by point, into a {@code BufferedImage}.
 * Neither Java2D text nor any font of the machine is used, because a bare JDK in a container has
 * none and AWT then fails; letters are strokes of the package's own design. The arithmetic is IEEE
 * and single-threaded, so the same input gives the same pixels on every machine.
 */
package org.javae.experiment.picture;
