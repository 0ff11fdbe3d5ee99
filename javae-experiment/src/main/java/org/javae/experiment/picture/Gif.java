package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.javae.tensor.UserException;

/**
 * A moving picture: traversals, interpolations, training films.
 *
 * <p>All frames share one palette, so that nothing flickers: the frames' own colours if there are
 * at most 256, otherwise the best 255 that median cut finds, without dithering (it would crawl from
 * frame to frame). Frames after the first store only the rectangle that changed, and in it only the
 * pixels that did.
 */
public final class Gif {
  static {
    Headless.on();
  }

  private final List<BufferedImage> frames;
  private Duration delay = Duration.ofMillis(120);
  private Duration lastDelay;
  private int loops;

  private Gif(List<BufferedImage> frames) {
    this.frames = frames;
  }

  /**
   * @param frames at least one, all of the same size
   */
  public static Gif of(List<BufferedImage> frames) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("a GIF needs at least one frame");
    }
    BufferedImage first = frames.get(0);
    for (BufferedImage f : frames) {
      if (f.getWidth() != first.getWidth() || f.getHeight() != first.getHeight()) {
        throw new IllegalArgumentException(
            "frames differ in size: "
                + first.getWidth()
                + "×"
                + first.getHeight()
                + " and "
                + f.getWidth()
                + "×"
                + f.getHeight());
      }
    }
    if (first.getWidth() > 0xFFFF || first.getHeight() > 0xFFFF) {
      throw UserException.of(
          "A GIF cannot be larger than 65535 pixels, these frames have %d×%d; draw fewer images.",
          first.getWidth(), first.getHeight());
    }
    return new Gif(List.copyOf(frames));
  }

  /**
   * Time each frame is shown; kept in hundredths of a second, at least two (viewers slow down
   * less).
   */
  public Gif delay(Duration each) {
    delay = each;
    return this;
  }

  /** Time the last frame is shown, for films that end on a result. */
  public Gif holdLast(Duration time) {
    lastDelay = time;
    return this;
  }

  /** How often the film is played; 0, the default, for ever. */
  public Gif loops(int times) {
    if (times < 0 || times > 0xFFFF) {
      throw new IllegalArgumentException("loops: " + times);
    }
    loops = times;
    return this;
  }

  /** Plays forwards and then backwards, for sweeps that should not jump. */
  public Gif thereAndBack() {
    List<BufferedImage> all = new ArrayList<>(frames);
    for (int i = frames.size() - 2; i >= 1; i--) {
      all.add(frames.get(i));
    }
    Gif gif = new Gif(List.copyOf(all));
    gif.delay = delay;
    gif.lastDelay = lastDelay;
    gif.loops = loops;
    return gif;
  }

  /**
   * Writes the file, whole beside its place and then renamed.
   *
   * @throws UserException if the folder cannot be written to or the disk is full
   */
  public void write(Path file) {
    ImageFiles.write(bytes(), file);
  }

  /** The film as the bytes of a GIF file. */
  public byte[] bytes() {
    Quantiser colours = Quantiser.of(frames);
    int w = frames.get(0).getWidth();
    int h = frames.get(0).getHeight();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(streamData(writer, colours, w, h));
      byte[] shown = null;
      for (int i = 0; i < frames.size(); i++) {
        byte[] next = colours.map(frames.get(i));
        Duration time = i == frames.size() - 1 && lastDelay != null ? lastDelay : delay;
        frame(writer, colours, shown, next, w, h, hundredths(time), i == 0);
        shown = next;
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static int hundredths(Duration d) {
    return (int) Math.max(2, Math.min(0xFFFF, Math.round(d.toMillis() / 10.0)));
  }

  private void frame(
      ImageWriter writer,
      Quantiser colours,
      byte[] shown,
      byte[] next,
      int w,
      int h,
      int delay,
      boolean first)
      throws IOException {
    int x0 = 0;
    int y0 = 0;
    int x1 = w;
    int y1 = h;
    if (shown != null) {
      x0 = w;
      y0 = h;
      x1 = 0;
      y1 = 0;
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          if (shown[y * w + x] != next[y * w + x]) {
            x0 = Math.min(x0, x);
            y0 = Math.min(y0, y);
            x1 = Math.max(x1, x + 1);
            y1 = Math.max(y1, y + 1);
          }
        }
      }
      if (x1 == 0) { // nothing moved, but the frame's time still passes
        x0 = 0;
        y0 = 0;
        x1 = 1;
        y1 = 1;
      }
    }
    BufferedImage part =
        new BufferedImage(x1 - x0, y1 - y0, BufferedImage.TYPE_BYTE_INDEXED, colours.model());
    byte[] data = ((DataBufferByte) part.getRaster().getDataBuffer()).getData();
    int at = 0;
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        int p = y * w + x;
        boolean same = shown != null && colours.clear() >= 0 && shown[p] == next[p];
        data[at++] = same ? (byte) colours.clear() : next[p];
      }
    }
    writer.writeToSequence(
        new IIOImage(part, null, imageData(writer, part, colours.clear(), x0, y0, delay, first)),
        null);
  }

  private static IIOMetadata streamData(ImageWriter writer, Quantiser colours, int w, int h)
      throws IOException {
    IIOMetadata data = writer.getDefaultStreamMetadata(null);
    String format = data.getNativeMetadataFormatName();
    IIOMetadataNode root = new IIOMetadataNode(format);
    node(root, "Version", "value", "89a");
    node(
        root,
        "LogicalScreenDescriptor",
        "logicalScreenWidth",
        w,
        "logicalScreenHeight",
        h,
        "colorResolution",
        8,
        "pixelAspectRatio",
        0);
    IndexColorModel model = colours.model();
    IIOMetadataNode table =
        node(
            root,
            "GlobalColorTable",
            "sizeOfGlobalColorTable",
            model.getMapSize(),
            "backgroundColorIndex",
            0,
            "sortFlag",
            "FALSE");
    for (int i = 0; i < model.getMapSize(); i++) {
      node(
          table,
          "ColorTableEntry",
          "index",
          i,
          "red",
          model.getRed(i),
          "green",
          model.getGreen(i),
          "blue",
          model.getBlue(i));
    }
    data.setFromTree(format, root);
    return data;
  }

  private IIOMetadata imageData(
      ImageWriter writer, BufferedImage part, int clear, int x, int y, int delay, boolean first)
      throws IOException {
    IIOMetadata data =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(part), null);
    String format = data.getNativeMetadataFormatName();
    IIOMetadataNode root = new IIOMetadataNode(format);
    node(
        root,
        "ImageDescriptor",
        "imageLeftPosition",
        x,
        "imageTopPosition",
        y,
        "imageWidth",
        part.getWidth(),
        "imageHeight",
        part.getHeight(),
        "interlaceFlag",
        "FALSE");
    node(
        root,
        "GraphicControlExtension",
        "disposalMethod",
        "doNotDispose",
        "userInputFlag",
        "FALSE",
        "transparentColorFlag",
        clear >= 0 ? "TRUE" : "FALSE",
        "delayTime",
        delay,
        "transparentColorIndex",
        Math.max(0, clear));
    if (first && loops != 1) {
      // The loop count is a convention of old browsers that became the rule; it counts repetitions.
      int repeats = loops == 0 ? 0 : loops - 1;
      IIOMetadataNode list = new IIOMetadataNode("ApplicationExtensions");
      IIOMetadataNode loop =
          node(
              list,
              "ApplicationExtension",
              "applicationID",
              "NETSCAPE",
              "authenticationCode",
              "2.0");
      loop.setUserObject(new byte[] {1, (byte) repeats, (byte) (repeats >> 8)});
      root.appendChild(list);
    }
    data.setFromTree(format, root);
    return data;
  }

  private static IIOMetadataNode node(IIOMetadataNode parent, String name, Object... attributes) {
    IIOMetadataNode child = new IIOMetadataNode(name);
    for (int i = 0; i < attributes.length; i += 2) {
      child.setAttribute((String) attributes[i], String.valueOf(attributes[i + 1]));
    }
    parent.appendChild(child);
    return child;
  }
}
