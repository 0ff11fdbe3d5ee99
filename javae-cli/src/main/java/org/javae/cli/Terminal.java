package org.javae.cli;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Where a command prints, and what may be assumed of it.
 *
 * @param live whether {@code err} is a terminal, so that a line may be redrawn
 * @param colour whether {@code out} shows colours: a terminal, and {@code NO_COLOR} is not set
 */
record Terminal(PrintStream out, PrintStream err, boolean live, boolean colour) {
  private static final int USUAL_WIDTH = 100;

  /** Streams of no terminal: nothing live, no colour. */
  static Terminal plain(PrintStream out, PrintStream err) {
    return new Terminal(out, err, false, false);
  }

  /**
   * This process's. The launcher says in {@code javae.tty} which streams are terminals, as Java
   * cannot find out.
   */
  static Terminal ofProcess() {
    String tty = System.getProperty("javae.tty");
    boolean both = tty == null && System.console() != null;
    boolean plain = System.getenv("NO_COLOR") != null && !System.getenv("NO_COLOR").isEmpty();
    return new Terminal(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        both || tty != null && tty.contains("2"),
        (both || tty != null && tty.contains("1"))
            && !plain
            && !"dumb".equals(System.getenv("TERM")));
  }

  /**
   * UTF-8 whatever the locale: β and − matter more than a container without a locale; Windows knows
   * its code page.
   */
  private static PrintStream stream(FileDescriptor fd) {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    Charset charset = windows ? Charset.defaultCharset() : StandardCharsets.UTF_8;
    return new PrintStream(new BufferedOutputStream(new FileOutputStream(fd), 8192), true, charset);
  }

  /** Columns of the terminal. */
  int width() {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9][0-9]{1,3}")) {
      return Integer.parseInt(columns);
    }
    File tty = new File("/dev/tty");
    if (!live || !tty.exists()) {
      return USUAL_WIDTH;
    }
    try {
      Process p = new ProcessBuilder("stty", "size").redirectInput(tty).start();
      String[] size =
          new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      p.waitFor(1, TimeUnit.SECONDS);
      return size.length == 2 ? Math.max(20, Integer.parseInt(size[1])) : USUAL_WIDTH;
    } catch (IOException | NumberFormatException e) {
      return USUAL_WIDTH; // a terminal without stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_WIDTH;
    }
  }

  /** Text in bold, where there are colours. */
  String bold(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** Text in one of the eight colours (1 red, 2 green, 3 yellow …), where there are colours. */
  String coloured(int code, String text) {
    return colour ? "\u001b[3" + code + "m" + text + "\u001b[0m" : text;
  }
}
