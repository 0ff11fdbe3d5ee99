package org.javae.data.read;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.UserException;

/**
 * Plain text as sequences of words: UTF-8, one sentence a line, words separated by white space,
 * empty lines left out. Words are taken as they are; the marks of {@link Vocabulary} in the text
 * count as unknown words. A sentence longer than an observation has room for is cut and then has no
 * end mark, so what is left of it still is what the text says; no line is lost.
 *
 * <p>Several files are the parts of a division told by their names: one with {@code train} in it,
 * one with {@code valid}, {@code val} or {@code dev}, one with {@code test}. Without a training
 * part the validation part is trained on.
 */
final class TextReader {
  /** Room for tokens where it is not asked for. */
  static final int USUAL_LENGTH = 200;

  /** Nobody's sentence is longer; a request beyond this is a mistake. */
  static final int MAX_LENGTH = 100_000;

  /** What is longer than this without white space is no word. */
  private static final int MAX_WORD = 10_000;

  /** Numbers of words are floats, exact up to here. */
  private static final int MAX_WORDS = 1 << 24;

  /** Rough cost of a distinct word on the heap, beside its letters. */
  private static final int WORD_BYTES = 100;

  private final long memoryLimit;
  private final int most;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> words = new ArrayList<>(Vocabulary.MARKS);
  private int[] tokens = new int[1 << 12];
  private int count;
  private int[] starts = new int[1 << 10];
  private int sentences;
  private int longest;
  private long bytes;

  private TextReader(ReadOptions options) {
    this.memoryLimit = options.memoryLimit();
    this.most = options.maxLength() == 0 ? USUAL_LENGTH : options.maxLength();
    Vocabulary.MARKS.forEach(m -> numbers.put(m, Vocabulary.UNKNOWN));
  }

  /** The text files of a folder in the order train, validation, test; empty if there are none. */
  static List<Path> partsIn(Path folder) throws IOException {
    List<Path> texts;
    try (Stream<Path> all = Files.list(folder)) {
      texts =
          all.filter(f -> Files.isRegularFile(f) && Inputs.plainName(f).endsWith(".txt"))
              .sorted()
              .toList();
    }
    if (texts.size() < 2) {
      return texts;
    }
    Path[] parts = new Path[3];
    for (Path f : texts) {
      int part = part(f);
      if (part < 0 || parts[part] != null) {
        throw UserException.of(
            "%s holds several text files (%s): name one of them, or leave one each called something with train, valid and"
                + " test.",
            folder, Inputs.list(texts.stream().map(Inputs::name).toList()));
      }
      parts[part] = f;
    }
    return Arrays.stream(parts).filter(p -> p != null).toList();
  }

  private static int part(Path file) {
    List<String> in = List.of(Inputs.plainName(file).toLowerCase(Locale.ROOT).split("[^a-z]+"));
    return Stream.of("train", "training").anyMatch(in::contains)
        ? 0
        : Stream.of("valid", "validation", "val", "dev").anyMatch(in::contains)
            ? 1
            : in.contains("test") ? 2 : -1;
  }

  /** Reads the parts of one text. */
  static Dataset read(List<Path> parts, String name, ReadOptions options) throws IOException {
    TextReader r = new TextReader(options);
    int[] sizes = new int[parts.size()];
    for (int i = 0; i < sizes.length; i++) {
      int before = r.sentences;
      r.read(parts.get(i));
      sizes[i] = r.sentences - before;
      if (sizes[i] == 0) {
        throw UserException.of("%s has no words.", parts.get(i));
      }
    }
    int[] taken = Parts.share(sizes, options.limit());
    int[] rows = new int[Arrays.stream(taken).sum()];
    int at = 0;
    int first = 0;
    for (int i = 0; i < sizes.length; i++) {
      for (int j = 0; j < taken[i]; j++) {
        rows[at++] = first + j;
      }
      first += sizes[i];
    }
    int length = options.maxLength() == 0 ? r.longest : options.maxLength();
    return new TextDataset(
        name,
        length,
        Arrays.copyOf(r.tokens, r.count),
        Arrays.copyOf(r.starts, r.sentences),
        rows,
        r.words,
        Parts.split(taken));
  }

  private void read(Path file) throws IOException {
    try (Reader in =
        new BufferedReader(
            new InputStreamReader(
                Inputs.open(file),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)),
            1 << 16)) {
      StringBuilder word = new StringBuilder();
      int inSentence = 0;
      int c = in.read();
      c = c == 0xFEFF ? in.read() : c; // a byte order mark
      for (; ; c = in.read()) {
        if (c == 0) {
          throw UserException.of("%s is not text: it holds a zero byte.", file);
        }
        if (c >= 0 && !Character.isWhitespace(c)) {
          if (word.length() == MAX_WORD) {
            throw UserException.of(
                "%s does not look like text: sentence %d has a word of more than %d letters.",
                file, sentences + 1, MAX_WORD);
          }
          word.append((char) c);
          continue;
        }
        if (!word.isEmpty()) {
          if (inSentence == 0) {
            begin();
            sentences++;
          }
          if (inSentence++ < most) {
            add(number(word.toString(), file), file);
          }
          word.setLength(0);
        }
        if ((c == '\n' || c < 0) && inSentence > 0) {
          if (inSentence < most) {
            add(Vocabulary.END, file);
            inSentence++;
          }
          longest = Math.max(longest, Math.min(most, inSentence));
          inSentence = 0;
        }
        if (c < 0) {
          return;
        }
      }
    }
  }

  private void begin() {
    if (sentences == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[sentences] = count;
  }

  private int number(String word, Path file) {
    Integer known = numbers.get(word);
    if (known != null) {
      return known;
    }
    if (words.size() == MAX_WORDS) {
      throw UserException.of(
          "%s has more than %d different words: is it text with white space between them?",
          file, MAX_WORDS);
    }
    take(WORD_BYTES + 2L * word.length(), file);
    numbers.put(word, words.size());
    words.add(word);
    return words.size() - 1;
  }

  private void add(int number, Path file) {
    take(Integer.BYTES, file);
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * count));
    }
    tokens[count++] = number;
  }

  private void take(long more, Path file) {
    bytes += more;
    if (bytes > memoryLimit || count >= Integer.MAX_VALUE - 8) {
      throw UserException.of(
          "%s is too large for the memory meant for data (%s): give Java more, or split the file.",
          file, Inputs.bytes(memoryLimit));
    }
  }
}
