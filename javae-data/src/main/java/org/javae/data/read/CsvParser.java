package org.javae.data.read;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain parser of delimited text: quotes count only at the start of a field, a doubled quote
 * stands for one, lines end in LF, CR LF or CR. It looks at the beginning of files to find out
 * their form, and finds the line at fault when the table engine refuses one.
 */
final class CsvParser {
  private static final int END = -1;

  /** Longest record taken; a lost quote would otherwise swallow the rest of any file. */
  private static final int MAX_RECORD = 1 << 24;

  private final Reader in;
  private final char delimiter;
  private int peeked = -2;
  private long line;
  private boolean lf;
  private boolean crlf;
  private boolean unterminated;

  CsvParser(Reader in, char delimiter) {
    this.in = in;
    this.delimiter = delimiter;
  }

  /**
   * A line or, with line ends in quotes, several.
   *
   * @param line number of the first line, from 1
   * @param lines how many lines it takes
   */
  record Record(long line, int lines, List<String> fields) {
    boolean blank() {
      return fields.size() == 1 && fields.get(0).isBlank();
    }
  }

  /** The next record, or null at the end. */
  Record next() throws IOException {
    if (peek() == END) {
      return null;
    }
    long first = ++line;
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    int length = 0;
    boolean atStart = true;
    boolean quoted = false;
    while (true) {
      int c = take();
      if (c == END) {
        unterminated |= quoted;
        break;
      }
      if (++length > MAX_RECORD) {
        unterminated = true;
        break;
      }
      if (quoted) {
        if (c == '"' && peek() == '"') {
          field.append((char) take());
        } else if (c == '"') {
          quoted = false;
        } else {
          if (c == '\n' || (c == '\r' && peek() != '\n')) {
            line++;
          }
          field.append((char) c);
        }
      } else if (c == '"' && atStart) {
        quoted = true;
      } else if (c == delimiter) {
        fields.add(field.toString());
        field.setLength(0);
        atStart = true;
        continue;
      } else if (c == '\n' || c == '\r') {
        if (c == '\r' && peek() == '\n') {
          take();
          crlf = true;
        } else {
          lf = true;
        }
        break;
      } else {
        field.append((char) c);
      }
      atStart = false;
    }
    fields.add(field.toString());
    return new Record(first, (int) (line - first) + 1, fields);
  }

  /** Whether a quote was opened and never closed. */
  boolean unterminated() {
    return unterminated;
  }

  /** Whether lines ended in different ways. */
  boolean mixedLineEnds() {
    return lf && crlf;
  }

  private int peek() throws IOException {
    if (peeked == -2) {
      peeked = in.read();
    }
    return peeked;
  }

  private int take() throws IOException {
    int c = peek();
    peeked = c == END ? END : -2;
    return c;
  }
}
