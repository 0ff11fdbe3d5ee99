package org.javae.data.read;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * How to read a source. {@link #defaults()} suits most data; the withers change one thing at a
 * time.
 *
 * <p>Columns are named as in the file's header. Where a column is asked for, a whole number that is
 * no column's name is a position: from 1 at the front, from -1 at the back. Columns of a table
 * without a header are called {@code column1}, {@code column2} and so on.
 *
 * @param format what the source is, where its name does not say: a suffix such as {@code csv} or
 *     {@code npz}
 * @param array for npz and mat: the array that holds the observations
 * @param label the column (tables) or array (npz, mat) that becomes the annotation {@code label}
 *     and is not part of the observations; nothing is taken out of a table unless it is named here
 * @param columns tables: use these columns only; empty means all
 * @param exclude tables: leave these columns out
 * @param categorical tables: treat these columns as categories even if they look like numbers or
 *     identifiers
 * @param maxCategories tables: text with more distinct values than this is not taken for a category
 * @param header tables: whether the first line names the columns; empty means find out
 * @param missing what to do about missing cells
 * @param limit read at most this many observations; a published split is cut in proportion
 * @param resize images: bring every picture to this size (stretching it, averaging over area where
 *     it shrinks)
 * @param colour images: number of channels wanted
 * @param imageShape flat rows are pictures of this shape: {@code [height, width]} or {@code
 *     [channels, height, width]}
 * @param columnMajor flat rows hold each picture column by column, as MATLAB does; needs {@code
 *     imageShape}
 * @param observations mat: whether rows or columns are observations
 * @param memoryLimit bytes of observations kept on the heap; what is larger goes to a temporary
 *     memory-mapped file
 * @param spoolFolder where such temporary files are made; empty means the system's folder for
 *     temporary files
 * @param maxLength text: tokens an observation has room for, the end mark counted; longer sentences
 *     are cut there; 0 for the longest sentence's, but at most {@link TextReader#USUAL_LENGTH}
 */
public record ReadOptions(
    Optional<String> format,
    Optional<String> array,
    Optional<String> label,
    List<String> columns,
    List<String> exclude,
    List<String> categorical,
    int maxCategories,
    Optional<Boolean> header,
    Missing missing,
    OptionalInt limit,
    Optional<ImageSize> resize,
    Colour colour,
    Optional<Shape> imageShape,
    boolean columnMajor,
    Observations observations,
    long memoryLimit,
    Optional<Path> spoolFolder,
    int maxLength) {

  /** What to do about missing cells of tables and NaNs of arrays. */
  public enum Missing {
    /** Refuse the data, saying where the first missing cell is and how many there are. */
    ERROR,
    /** Leave out every row that has a missing cell. */
    DROP,
    /** Keep missing cells as NaN, for models that know what to do with them. */
    KEEP,
    /**
     * As {@link #KEEP} here; the preprocessing learnt on the training split then fills in the mean.
     */
    MEAN;

    boolean keeps() {
      return this == KEEP || this == MEAN;
    }
  }

  /** Number of channels of pictures. */
  public enum Colour {
    /** As the source has it; an image folder is grey if every file is. */
    AUTO,
    /** One channel; colour becomes luma, 0.299 R + 0.587 G + 0.114 B. */
    GREY,
    /** Three channels; grey is repeated. */
    COLOUR
  }

  /** Which way round a matrix lies. */
  public enum Observations {
    /**
     * Rows, except in layouts known to be the other way round (Frey faces, Omniglot's chardata).
     */
    AUTO,
    /** Each row (first dimension) is an observation. */
    ROWS,
    /** Each column (last dimension) is an observation. */
    COLUMNS
  }

  /** Height and width in pixels. */
  public record ImageSize(int height, int width) {
    /** Larger pictures than this a side are refused: nobody trains on them, and headers can lie. */
    static final int MAX_SIDE = 16_384;

    public ImageSize {
      if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
        throw UserException.usage(
            "An image size of %d×%d makes no sense: height and width must lie between 1 and %d.",
            height, width, MAX_SIDE);
      }
    }

    @Override
    public String toString() {
      return height + "×" + width;
    }
  }

  public ReadOptions {
    columns = List.copyOf(columns);
    exclude = List.copyOf(exclude);
    categorical = List.copyOf(categorical);
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw UserException.usage(
          "limit is %d, but at least one observation must be read.", limit.getAsInt());
    }
    if (maxCategories < 2) {
      throw UserException.usage(
          "maxCategories is %d, but a category has at least 2 values.", maxCategories);
    }
    if (memoryLimit < 0) {
      throw UserException.usage("memoryLimit is %d bytes, but it cannot be negative.", memoryLimit);
    }
    if (maxLength < 0 || maxLength > TextReader.MAX_LENGTH) {
      throw UserException.usage(
          "max_length is %d; it must lie between 1 and %d, or be 0 for the longest sentence.",
          maxLength, TextReader.MAX_LENGTH);
    }
    imageShape = imageShape.map(ReadOptions::asImage);
    if (columnMajor && imageShape.isEmpty()) {
      throw UserException.usage(
          "columnMajor says that pictures are stored column by column, so imageShape must say how large they are.");
    }
  }

  /**
   * Everything found out from the data; missing cells refused; a quarter of the heap for
   * observations.
   */
  public static ReadOptions defaults() {
    return new ReadOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        100,
        Optional.empty(),
        Missing.ERROR,
        OptionalInt.empty(),
        Optional.empty(),
        Colour.AUTO,
        Optional.empty(),
        false,
        Observations.AUTO,
        Runtime.getRuntime().maxMemory() / 4,
        Optional.empty(),
        0);
  }

  private static Shape asImage(Shape s) {
    Shape image = s.rank() == 2 ? s.prepend(1) : s;
    boolean good = image.rank() == 3 && (image.at(0) == 1 || image.at(0) == 3);
    for (int i = 1; good && i < 3; i++) {
      good = image.at(i) >= 1 && image.at(i) <= ImageSize.MAX_SIDE;
    }
    if (!good) {
      throw UserException.usage(
          "imageShape %s is not a picture: expected height×width or channels×height×width with 1 or 3 channels.",
          s);
    }
    return image;
  }

  public ReadOptions withFormat(String suffix) {
    return new ReadOptions(
        Optional.of(suffix),
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withArray(String name) {
    return new ReadOptions(
        format,
        Optional.of(name),
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withLabel(String columnOrArray) {
    return new ReadOptions(
        format,
        array,
        Optional.of(columnOrArray),
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withColumns(List<String> names) {
    return new ReadOptions(
        format,
        array,
        label,
        names,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withExclude(List<String> names) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        names,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withCategorical(List<String> names) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        names,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withMaxCategories(int max) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        max,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withHeader(boolean present) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        Optional.of(present),
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withMissing(Missing policy) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        policy,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withLimit(int rows) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        OptionalInt.of(rows),
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withResize(int height, int width) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        Optional.of(new ImageSize(height, width)),
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withColour(Colour wanted) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        wanted,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  /**
   * {@code [height, width]} or {@code [channels, height, width]} of the pictures that flat rows
   * hold.
   */
  public ReadOptions withImageShape(Shape shape) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        Optional.of(shape),
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withColumnMajor(boolean yes) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        yes,
        observations,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withObservations(Observations way) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        way,
        memoryLimit,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withMemoryLimit(long bytes) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        bytes,
        spoolFolder,
        maxLength);
  }

  public ReadOptions withSpoolFolder(Path folder) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        Optional.of(folder),
        maxLength);
  }

  /** Room for this many tokens an observation; 0 for as many as the longest sentence has. */
  public ReadOptions withMaxLength(int tokens) {
    return new ReadOptions(
        format,
        array,
        label,
        columns,
        exclude,
        categorical,
        maxCategories,
        header,
        missing,
        limit,
        resize,
        colour,
        imageShape,
        columnMajor,
        observations,
        memoryLimit,
        spoolFolder,
        tokens);
  }
}
