package org.javae.core.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.javae.tensor.UserException;

/** Turns what the system says about files into sentences. */
final class Reasons {
  private static final int LONGEST = 80;

  private Reasons() {}

  /** The file's own name: messages never show a full path. */
  static String name(Path file) {
    Path last = file.getFileName();
    return last == null ? file.toString() : show(last.toString());
  }

  /**
   * Text from a file made fit for a terminal: control characters, which could move the cursor or
   * forge a line, become '?', and a long text is cut.
   */
  static String show(String text) {
    StringBuilder b = new StringBuilder();
    int[] points = text.codePoints().limit(LONGEST + 1L).toArray();
    for (int i = 0; i < Math.min(points.length, LONGEST); i++) {
      int type = Character.getType(points[i]);
      boolean invisible =
          type == Character.CONTROL
              || type == Character.FORMAT
              || type == Character.SURROGATE
              || type == Character.LINE_SEPARATOR
              || type == Character.PARAGRAPH_SEPARATOR
              || type == Character.UNASSIGNED;
      b.appendCodePoint(invisible ? '?' : points[i]);
    }
    return points.length > LONGEST ? b + "…" : b.toString();
  }

  static UserException cannotRead(Path file, IOException e) {
    String name = name(file);
    if (e instanceof NoSuchFileException
        || e instanceof FileNotFoundException && !Files.exists(file)) {
      return UserException.of(e, "%s does not exist; check the path", name);
    }
    if (Files.isDirectory(file)) {
      return UserException.of(e, "%s is a folder where a file was expected", name);
    }
    if (e instanceof CharacterCodingException) {
      return UserException.of(e, "%s is not UTF-8 text; save it in that encoding", name);
    }
    return UserException.of(e, "%s cannot be read: %s", name, why(file, e));
  }

  /** The cause in a few words. */
  static String why(Path file, IOException e) {
    if (e instanceof AccessDeniedException
        || e instanceof FileNotFoundException && Files.exists(file) && !Files.isReadable(file)) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file lies where a folder is needed";
    }
    String m = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (m == null || m.isBlank()) {
      return "the system gave no reason";
    }
    // FileNotFoundException carries "path (reason)".
    int open = m.lastIndexOf(" (");
    if (e instanceof FileNotFoundException && open > 0 && m.endsWith(")")) {
      m = m.substring(open + 2, m.length() - 1);
    }
    return show(m.substring(0, 1).toLowerCase(Locale.ROOT) + m.substring(1));
  }
}
