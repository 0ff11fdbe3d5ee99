package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javae.core.model.CatalogEntry;
import org.junit.jupiter.api.Test;

/** Every model of the catalogue is listed among the pages, and what the list links to is there. */
class PagesTest {
  private static final Path PAGES = Path.of("..", "docs", "systems");

  @Test
  void everyModelIsListed() throws IOException {
    String list = Files.readString(PAGES.resolve("README.md"));
    List<String> missing =
        ModelCatalog.entries().stream()
            .map(CatalogEntry::name)
            .filter(name -> !list.contains("`" + name + "`"))
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void everyLinkAndPictureOfAPageIsThere() throws IOException {
    Pattern link = Pattern.compile("\\]\\(([^)#:\\s]+)(#[^)]*)?\\)");
    try (var pages = Files.list(PAGES)) {
      for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
        Matcher m = link.matcher(Files.readString(page));
        while (m.find()) {
          assertThat(PAGES.resolve(m.group(1))).as(page + " links to it").exists();
        }
      }
    }
  }
}
