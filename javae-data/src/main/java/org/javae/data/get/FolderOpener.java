package org.javae.data.get;

import java.nio.file.Path;
import org.javae.core.data.Dataset;

/** Opens the files of a named data set; the catalogue says where they lie, not what is in them. */
@FunctionalInterface
public interface FolderOpener {
  /**
   * @param name the catalogue's name, which becomes the data set's
   * @param folder a folder with the published files
   */
  Dataset open(String name, Path folder);
}
