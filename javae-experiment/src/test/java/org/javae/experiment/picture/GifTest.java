package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

class GifTest {
  /** A GIF read back as a viewer shows it: each part laid over the frame before. */
  private record Film(
      List<int[]> frames,
      List<Integer> delays,
      int width,
      int height,
      int loops,
      int localTables) {}

  private static Film read(byte[] bytes) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in);
      IIOMetadataNode stream =
          (IIOMetadataNode) reader.getStreamMetadata().getAsTree("javax_imageio_gif_stream_1.0");
      int w = number(stream, "LogicalScreenDescriptor", "logicalScreenWidth");
      int h = number(stream, "LogicalScreenDescriptor", "logicalScreenHeight");
      int[] shown = new int[w * h];
      List<int[]> frames = new ArrayList<>();
      List<Integer> delays = new ArrayList<>();
      int loops = -1;
      int local = 0;
      for (int i = 0; i < reader.getNumImages(true); i++) {
        IIOMetadataNode data =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        int x0 = number(data, "ImageDescriptor", "imageLeftPosition");
        int y0 = number(data, "ImageDescriptor", "imageTopPosition");
        delays.add(number(data, "GraphicControlExtension", "delayTime"));
        local += data.getElementsByTagName("LocalColorTable").getLength();
        NodeList extensions = data.getElementsByTagName("ApplicationExtension");
        if (extensions.getLength() > 0) {
          byte[] b = (byte[]) ((IIOMetadataNode) extensions.item(0)).getUserObject();
          loops = (b[1] & 255) | (b[2] & 255) << 8;
        }
        BufferedImage part = reader.read(i);
        for (int y = 0; y < part.getHeight(); y++) {
          for (int x = 0; x < part.getWidth(); x++) {
            int argb = part.getRGB(x, y);
            if (argb >>> 24 == 255) {
              shown[(y0 + y) * w + x0 + x] = argb & 0xFFFFFF;
            }
          }
        }
        frames.add(shown.clone());
      }
      return new Film(frames, delays, w, h, loops, local);
    } finally {
      reader.dispose();
    }
  }

  private static int number(IIOMetadataNode tree, String node, String attribute) {
    return Integer.parseInt(
        ((IIOMetadataNode) tree.getElementsByTagName(node).item(0)).getAttribute(attribute));
  }

  private static int[] rgb(BufferedImage image) {
    int[] all = Pixels.all(image);
    for (int i = 0; i < all.length; i++) {
      all[i] &= 0xFFFFFF;
    }
    return all;
  }

  /** A square moving over a page with text. */
  private static List<BufferedImage> moving(int n) {
    List<BufferedImage> frames = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Canvas c = new Canvas(120, 80, Palette.PAPER);
      c.text("epoch " + i, 8, 20, Glyphs.Type.TEXT, 0, Canvas.Align.LEFT);
      c.fill(10 + 8 * i, 40, 20, 20, 0x1375BF);
      frames.add(c.image());
    }
    return frames;
  }

  @Test
  void framesDelaysAndLoopComeBackExactly() throws IOException {
    List<BufferedImage> frames = moving(7);
    Film film =
        read(Gif.of(frames).delay(Duration.ofMillis(80)).holdLast(Duration.ofSeconds(2)).bytes());
    assertThat(film.width()).isEqualTo(120);
    assertThat(film.height()).isEqualTo(80);
    assertThat(film.frames()).hasSize(7);
    assertThat(film.delays()).containsExactly(8, 8, 8, 8, 8, 8, 200);
    assertThat(film.loops()).as("for ever").isZero();
    assertThat(film.localTables()).as("one palette for all").isZero();
    for (int i = 0; i < 7; i++) {
      assertThat(film.frames().get(i)).as("frame %d", i).isEqualTo(rgb(frames.get(i)));
    }
  }

  @Test
  void loopsAreCountedAndOnceHasNoLoop() throws IOException {
    assertThat(read(Gif.of(moving(2)).loops(1).bytes()).loops()).isEqualTo(-1);
    assertThat(read(Gif.of(moving(2)).loops(5).bytes()).loops()).isEqualTo(4);
    assertThat(read(Gif.of(moving(2)).delay(Duration.ZERO).bytes()).delays()).containsExactly(2, 2);
  }

  @Test
  void thereAndBackTurnsWithoutStopping() throws IOException {
    List<BufferedImage> frames = moving(4);
    Film film = read(Gif.of(frames).thereAndBack().bytes());
    int[] order = {0, 1, 2, 3, 2, 1};
    assertThat(film.frames()).hasSize(order.length);
    for (int i = 0; i < order.length; i++) {
      assertThat(film.frames().get(i)).isEqualTo(rgb(frames.get(order[i])));
    }
    assertThat(read(Gif.of(moving(1)).thereAndBack().bytes()).frames()).hasSize(1);
  }

  @Test
  void framesThatDoNotChangeStillTakeTime() throws IOException {
    BufferedImage same = moving(1).get(0);
    Film film = read(Gif.of(List.of(same, same, same)).bytes());
    assertThat(film.delays()).containsExactly(12, 12, 12);
    assertThat(film.frames().get(2)).isEqualTo(rgb(same));
  }

  @Test
  void all256GreysAreKept() throws IOException {
    List<BufferedImage> frames = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Canvas c = new Canvas(64, 64, 0);
      for (int k = 0; k < 256; k++) {
        c.fill(k % 16 * 4, k / 16 * 4, 4, 4, ((k + 40 * i) % 256) * 0x10101);
      }
      frames.add(c.image());
    }
    Film film = read(Gif.of(frames).bytes());
    for (int i = 0; i < 3; i++) {
      assertThat(film.frames().get(i)).isEqualTo(rgb(frames.get(i)));
    }
  }

  @Test
  void manyColoursAreQuantisedWell() throws IOException {
    List<BufferedImage> frames = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Images scenes = Gallery.scenes(8, 48);
      frames.add(Grid.of(scenes, 4).title("frame " + i).draw());
    }
    Canvas many = new Canvas(frames.get(0).getWidth(), frames.get(0).getHeight(), 0);
    for (int y = 0; y < many.height(); y++) {
      for (int x = 0; x < many.width(); x++) {
        many.fill(
            x,
            y,
            1,
            1,
            (x * 255 / many.width()) << 16 | (y * 255 / many.height()) << 8 | (x + y) % 256);
      }
    }
    frames.add(many.image());
    Film film = read(Gif.of(frames).bytes());
    double error = 0;
    int[] wanted = rgb(frames.get(0));
    int[] got = film.frames().get(0);
    int paper = 255;
    for (int p = 0; p < wanted.length; p++) {
      for (int s = 0; s <= 16; s += 8) {
        error += Math.abs((wanted[p] >> s & 255) - (got[p] >> s & 255));
      }
      paper = wanted[p] == 0xFFFFFF ? Math.min(paper, got[p] >> 8 & 255) : paper;
    }
    assertThat(error / wanted.length / 3).as("mean error a channel").isLessThan(4);
    assertThat(paper).as("the page stays white").isGreaterThanOrEqualTo(252);
  }

  @Test
  void oneFrameAndOnePixel() throws IOException {
    Canvas dot = new Canvas(1, 1, 0x123456);
    Film film = read(Gif.of(List.of(dot.image())).bytes());
    assertThat(film.frames().get(0)).containsExactly(0x123456);
  }

  @Test
  void sameFramesGiveTheSameBytesAndAFile(@TempDir Path folder) throws IOException {
    byte[] a = Gif.of(moving(5)).bytes();
    assertThat(Gif.of(moving(5)).bytes()).isEqualTo(a);
    Path file = folder.resolve("deep/er/film.gif");
    Gif.of(moving(5)).write(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(a);
  }

  @Test
  void wrongUseIsRefused() {
    assertThatThrownBy(() -> Gif.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    List<BufferedImage> mixed = List.of(new Canvas(2, 2, 0).image(), new Canvas(3, 2, 0).image());
    assertThatThrownBy(() -> Gif.of(mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2×2 and 3×2");
  }
}
