package org.javae.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.javae.core.io.Json;
import org.javae.tensor.Engine;
import org.javae.tensor.UserException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all verbs share: the terminal, the start of the engine, JSON. */
abstract class Verb implements Callable<Integer> {
  @Spec CommandSpec spec;

  Javae root() {
    return (Javae) spec.root().userObject();
  }

  Terminal terminal() {
    return root().terminal();
  }

  /** A line of the result. */
  void print(String line) {
    terminal().out().println(line);
  }

  /** Something beside the result. */
  void note(String sentence) {
    terminal().err().println("javae: " + sentence);
  }

  /** The result as one object on one line. */
  void json(Object value) {
    print(Json.toString(value));
  }

  /**
   * A picture has been written.
   *
   * @param about what JSON says first; null for text
   * @param numbers what it was drawn from
   */
  void drawn(Map<String, Object> about, Path file, Map<String, Object> numbers, long start) {
    if (about == null) {
      print(file.toString());
      return;
    }
    Map<String, Object> o = new LinkedHashMap<>(about);
    o.put("file", file.toString());
    o.putAll(numbers);
    o.put("seconds", (System.nanoTime() - start) / 1e9);
    json(o);
  }

  /** What to lower when memory runs out. */
  String memoryHint() {
    return "use fewer observations with --limit, or a smaller model";
  }

  /** Chooses threads and device and starts the engine, saying so if that takes long. */
  void startEngine(Integer threads, String device) {
    if (threads != null && threads < 1) {
      throw UserException.usage("--threads is %d; it must be 1 or more", threads);
    }
    if (!Engine.unpacked()) {
      terminal().err().println("javae: unpacking the engine (once, some seconds)");
    }
    Engine.configure(threads == null ? 0 : threads, device == null ? "cpu" : device);
    Engine.start();
  }

  /** The file of a picture. */
  static Path png(String out) {
    Path file = path(out);
    if (!suffix(file).equals("png")) {
      throw UserException.usage("--out is %s; a name that ends in .png is expected", out);
    }
    return file;
  }

  /** A file name the user typed. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw UserException.usage("'%s' is not a file name", text);
    }
  }

  /** The part of a file name after its last dot, in lower case; empty without one. */
  static String suffix(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** Checks that a count is in its range. */
  static int within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw UserException.usage(
          "%s is %d; it must lie between %d and %d", option, value, least, most);
    }
    return value;
  }
}
