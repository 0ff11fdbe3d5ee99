package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
  @TempDir Path folder;

  private static BufferedImage picture() {
    return Grid.of(Gallery.digits(6, 1, 0)).title("digits").draw();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void pngComesBackPixelForPixelAndLeavesNothingBeside() throws IOException {
    BufferedImage image = picture();
    Path file = folder.resolve("a.png");
    ImageFiles.writePng(image, file);
    assertThat(Pixels.all(ImageIO.read(file.toFile()))).isEqualTo(Pixels.all(image));
    ImageFiles.writePng(image, file);
    assertThat(files()).containsExactly("a.png");
    assertThat(Files.readAllBytes(file)).isEqualTo(ImageFiles.png(picture()));
  }

  @Test
  void missingFoldersAreMade() {
    Path file = folder.resolve("run/pictures/a.png");
    ImageFiles.writePng(picture(), file);
    assertThat(file).exists();
  }

  @Test
  void aFolderInThePlaceOfTheFile() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("out"));
    assertThatThrownBy(() -> ImageFiles.writePng(picture(), taken))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is a folder");
  }

  @Test
  void aFileInThePlaceOfTheFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    assertThatThrownBy(() -> ImageFiles.writePng(picture(), file.resolve("a.png")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cannot be made")
        .hasMessageContaining("choose another place");
  }

  @Test
  void aFolderWithoutPermission() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(closed), "permissions do not bind this user (root)");
    assertThatThrownBy(() -> ImageFiles.writePng(picture(), closed.resolve("a.png")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no permission");
  }

  @Test
  void aFolderNobodyMayWriteTo() {
    Path proc = Path.of("/proc");
    assumeTrue(Files.isDirectory(proc), "no /proc on this system");
    assertThatThrownBy(() -> ImageFiles.writePng(picture(), proc.resolve("a.png")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no permission to write in the folder /proc");
  }

  @Test
  void aFullDiskLeavesTheOldPictureAndNoPart() throws IOException {
    Path file = folder.resolve("a.png");
    Files.writeString(file, "old");
    byte[] bytes = ImageFiles.png(picture());
    assertThatThrownBy(
            () ->
                ImageFiles.write(
                    bytes,
                    file,
                    (part, all) -> {
                      Files.write(part, Arrays.copyOf(all, all.length / 2));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is full")
        .hasMessageContaining("free some space");
    assertThat(Files.readString(file, StandardCharsets.UTF_8)).isEqualTo("old");
    assertThat(files()).containsExactly("a.png");
  }

  @Test
  void anyOtherFailureIsASentenceToo() {
    assertThatThrownBy(
            () ->
                ImageFiles.write(
                    new byte[3],
                    folder.resolve("a.png"),
                    (part, all) -> {
                      throw new IOException((String) null);
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot write the picture");
  }
}
