package org.javae.core.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.Dataset.Tokens;
import org.javae.tensor.UserException;

/**
 * The words of a text model by number. The first four are marks: padding after the end of a
 * sentence, its start, its end, and any word that is not listed. A sentence is the numbers of its
 * words, {@link #END}, then {@link #PAD}; one that fills its whole length has no end mark. The
 * start is never stored.
 *
 * @param words by number, marks included; empty where numbers stand for nothing else, as in
 *     generated sequences
 */
public record Vocabulary(@JsonValue List<String> words) {
  /** After the end; says nothing. */
  public static final int PAD = 0;

  /** What the first word follows. */
  public static final int START = 1;

  /** After the last word. */
  public static final int END = 2;

  /** Any other word. */
  public static final int UNKNOWN = 3;

  /** Marks in front of the words, by number. */
  public static final List<String> MARKS = List.of("<pad>", "<s>", "</s>", "<unk>");

  /** No words. */
  public static final Vocabulary NONE = new Vocabulary(List.of());

  /**
   * @throws UserException if the words do not begin with the marks, or one is there twice
   */
  @JsonCreator
  public Vocabulary {
    words = words == null ? List.of() : List.copyOf(words);
    if (!words.isEmpty()
        && (words.size() < MARKS.size() || !words.subList(0, MARKS.size()).equals(MARKS))) {
      throw UserException.of("the vocabulary does not begin with %s", String.join(", ", MARKS));
    }
    if (new HashSet<>(words).size() < words.size()) {
      throw UserException.of("the vocabulary has a word twice");
    }
  }

  /**
   * The words of the training rows, the most frequent first, those of one count in the order of
   * their letters.
   *
   * @param most at most this many beside the marks, 0 for all
   */
  public static Vocabulary learn(Dataset d, int[] rows, int most) {
    Tokens tokens = d.tokens().orElseThrow();
    long[] count = new long[tokens.size()];
    int numel = Math.toIntExact(d.shape().numel());
    float[] one = new float[numel];
    int[] index = new int[1];
    for (int row : rows) {
      index[0] = row;
      d.read(index, one);
      for (float id : one) {
        count[(int) id]++;
      }
    }
    Comparator<Integer> byCount = Comparator.comparingLong(i -> -count[i]);
    List<String> learned =
        IntStream.range(MARKS.size(), count.length)
            .filter(i -> count[i] > 0)
            .boxed()
            .sorted(byCount.thenComparing(i -> tokens.words().get(i)))
            .limit(most <= 0 ? Long.MAX_VALUE : most)
            .map(tokens.words()::get)
            .toList();
    return new Vocabulary(Stream.concat(MARKS.stream(), learned.stream()).toList());
  }

  /** Number of words, marks included. */
  public int size() {
    return words.size();
  }

  /** True without words. */
  public boolean isEmpty() {
    return words.isEmpty();
  }

  /** This vocabulary's number for each number of other words. */
  int[] numbersFor(List<String> others) {
    Map<String, Integer> mine = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      mine.put(words.get(i), i);
    }
    return others.stream().mapToInt(w -> mine.getOrDefault(w, UNKNOWN)).toArray();
  }

  /** A sentence for people: its words up to the end mark; without words its numbers. */
  public String text(float[] ids, int from, int length) {
    StringBuilder b = new StringBuilder();
    for (int i = from; i < from + length; i++) {
      int id = (int) ids[i];
      if (id == PAD || id == END) {
        break;
      }
      b.append(b.isEmpty() ? "" : " ").append(id < words.size() ? words.get(id) : id);
    }
    return b.toString();
  }
}
