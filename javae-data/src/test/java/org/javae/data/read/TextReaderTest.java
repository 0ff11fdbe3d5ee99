package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Vocabulary;
import org.javae.core.io.Json;
import org.javae.core.model.DataSpec;
import org.javae.data.SharedData;
import org.javae.data.write.DatasetWriter;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Dataset open(Path p) {
    return DataReader.open(p, ReadOptions.defaults());
  }

  private static Dataset open(Path p, int maxLength) {
    return DataReader.open(p, ReadOptions.defaults().withMaxLength(maxLength));
  }

  private static int[] all(Dataset d) {
    return IntStream.range(0, d.size()).toArray();
  }

  /** The words of a row, marks included. */
  private static String raw(Dataset d, int row) {
    float[] v = new float[(int) d.shape().numel()];
    d.read(new int[] {row}, v);
    List<String> words = d.tokens().orElseThrow().words();
    StringBuilder b = new StringBuilder();
    for (float id : v) {
      b.append(words.get((int) id)).append(' ');
    }
    return b.toString().strip();
  }

  @Test
  void aLineIsASentenceOfWords() throws IOException {
    Dataset d =
        open(file("a.txt", "\uFEFFthe cat sat\r\n\n  \t\n the  dog\tran off \nthe <unk> </s>"));
    assertThat(d.name()).isEqualTo("a.txt");
    assertThat(d.shape()).isEqualTo(Shape.of(5));
    assertThat(d.size()).isEqualTo(3);
    assertThat(raw(d, 0)).isEqualTo("the cat sat </s> <pad>");
    assertThat(raw(d, 1)).isEqualTo("the dog ran off </s>");
    assertThat(raw(d, 2)).isEqualTo("the <unk> <unk> </s> <pad>");
    assertThat(d.tokens().orElseThrow().words())
        .containsExactly("<pad>", "<s>", "</s>", "<unk>", "the", "cat", "sat", "dog", "ran", "off");
    assertThat(d.publishedSplit()).isEmpty();
  }

  @Test
  void longSentencesAreCutAndHaveNoEnd() throws IOException {
    Path p = file("a.txt", "one two three four\none two\none two three\n");
    Dataset d = open(p, 3);
    assertThat(d.shape()).isEqualTo(Shape.of(3));
    assertThat(raw(d, 0)).isEqualTo("one two three");
    assertThat(raw(d, 1)).isEqualTo("one two </s>");
    assertThat(raw(d, 2)).isEqualTo("one two three");
    assertThat(open(p, 9).shape()).isEqualTo(Shape.of(9));
    String longest = "w ".repeat(500) + "\n";
    assertThat(open(file("b.txt", longest)).shape()).isEqualTo(Shape.of(TextReader.USUAL_LENGTH));
  }

  @Test
  void gzipAndPartsByName() throws IOException {
    Files.createDirectories(folder.resolve("t"));
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("t/my.test.txt.gz")))) {
      out.write("c d e\nc\n".getBytes(StandardCharsets.UTF_8));
    }
    file("t/my.valid.txt", "b\n");
    file("t/my.train.txt", "a\na b\na\n");
    Dataset d = open(folder.resolve("t"));
    assertThat(d.publishedSplit()).contains(new PublishedSplit(3, 1, 2));
    assertThat(raw(d, 0)).isEqualTo("a </s> <pad> <pad>");
    assertThat(raw(d, 3)).isEqualTo("b </s> <pad> <pad>");
    assertThat(raw(d, 4)).isEqualTo("c d e </s>");
    Dataset some = DataReader.open(folder.resolve("t"), ReadOptions.defaults().withLimit(3));
    assertThat(some.publishedSplit()).contains(new PublishedSplit(1, 1, 1));
    assertThat(raw(some, 2)).isEqualTo("c d e </s>");

    Files.delete(folder.resolve("t/my.train.txt"));
    assertThat(open(folder.resolve("t")).publishedSplit()).contains(new PublishedSplit(1, 0, 2));
    file("t/more.txt", "x\n");
    assertThatThrownBy(() -> open(folder.resolve("t")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds several text files (more.txt, my.test.txt.gz, my.valid.txt)");
  }

  /** A text beside data says what they are; it is not the data. */
  @Test
  void aReadmeBesideATableIsNotRead() throws IOException {
    file("wine.csv", "a,b\n1,2\n3,5\n");
    file("readme.txt", "about wine\n");
    assertThat(open(folder).shape()).isEqualTo(Shape.of(2));
  }

  @Test
  void theVocabularyIsThatOfTheTrainingRows() throws IOException {
    Dataset d = open(file("a.txt", "b b a\nc a b d\nonly here\n"));
    Vocabulary v = Vocabulary.learn(d, new int[] {0, 1}, 0);
    assertThat(v.words()).containsExactly("<pad>", "<s>", "</s>", "<unk>", "b", "a", "c", "d");
    Vocabulary two = Vocabulary.learn(d, new int[] {0, 1}, 2);
    assertThat(two.words()).endsWith("b", "a").hasSize(6);

    Preprocessing p = Preprocessing.of(two);
    DataSpec spec = p.spec(d, new int[] {0, 1});
    assertThat(spec.vocabulary()).isEqualTo(6);
    assertThat(spec.isText()).isTrue();
    Loader l = new Loader(d, all(d), p, Rng.of(1), false);
    assertThat(l.batch(0, 0, 3).x().toFloats())
        .containsExactly(4, 4, 5, 2, 0, /**/ 3, 5, 4, 3, 2, /**/ 3, 3, 2, 0, 0);
    assertThat(two.text(l.batch(0, 0, 3).x().toFloats(), 5, 5)).isEqualTo("<unk> a b <unk>");

    Preprocessing back = Json.parse(Json.toString(p), "text", Preprocessing.class);
    assertThat(back.vocabulary()).isEqualTo(two);
    assertThat(Json.parse(Json.toString(spec), "text", DataSpec.class).vocabulary()).isEqualTo(6);
    // Files written before there was text.
    assertThat(
            Json.parse(
                    "{\"shape\":[2],\"columns\":[],\"binary\":false,\"unitInterval\":true}",
                    "text",
                    DataSpec.class)
                .isText())
        .isFalse();
    assertThat(
            Json.parse(
                    "{\"binarize\":\"NONE\",\"shift\":[0],\"scale\":[1],\"fill\":[]}",
                    "text",
                    Preprocessing.class)
                .vocabulary())
        .isEqualTo(Vocabulary.NONE);
  }

  /** Other files number their words in another order. */
  @Test
  void aStoredVocabularyReadsOtherFiles() throws IOException {
    Dataset d = open(file("a.txt", "b b a\n"));
    Preprocessing p = Preprocessing.of(Vocabulary.learn(d, all(d), 0));
    Dataset other = open(file("b.txt", "new a b\na\n"));
    assertThat(new Loader(other, all(other), p, Rng.of(1), false).batch(0, 0, 2).x().toFloats())
        .containsExactly(3, 5, 4, 2, /**/ 5, 2, 0, 0);
    Dataset table = open(file("c.csv", "1,2\n3,4\n"));
    assertThatThrownBy(() -> new Loader(table, all(table), p, Rng.of(1), false))
        .hasMessage("c.csv is no text, but the model was made for sentences; choose other data");
    assertThatThrownBy(() -> new Loader(d, all(d), Preprocessing.NONE, Rng.of(1), false))
        .hasMessage("a.txt is text, but the model was made for numbers; choose other data");
  }

  @Test
  void whatIsWrittenReadsBack() throws IOException {
    Dataset d = open(file("a.txt", "the cat\nthe dog ran\n"));
    DatasetWriter.write(d, folder.resolve("b.txt"));
    assertThat(folder.resolve("b.txt")).hasContent("the cat\nthe dog ran\n");
    assertThat(open(folder.resolve("b.txt")).fingerprint()).isEqualTo(d.fingerprint());
    assertThat(open(file("c.txt", "the cat\nthe cow ran\n")).fingerprint())
        .isNotEqualTo(d.fingerprint());
    Dataset numbers = open(file("d.csv", "1,2\n3,4\n"));
    assertThatThrownBy(() -> DatasetWriter.write(numbers, folder.resolve("e.txt")))
        .isInstanceOf(UserException.class)
        .hasMessage("d.csv holds numbers, no sentences: write it to .npy, .npz or .csv.");
  }

  @Test
  void badTextEndsInOneSentence() throws IOException {
    assertThatThrownBy(() -> open(file("blank.txt", " \n\n")))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("blank.txt has no words.");
    Path latin = folder.resolve("latin.txt");
    Files.write(latin, new byte[] {'a', (byte) 0xE9, 'b'});
    assertThatThrownBy(() -> open(latin)).hasMessageContaining("is not UTF-8 text");
    assertThatThrownBy(() -> open(file("zero.txt", "a\0b")))
        .hasMessageContaining("is not text: it holds a zero byte");
    assertThatThrownBy(() -> open(file("wide.txt", "x".repeat(20_000))))
        .hasMessageContaining("sentence 1 has a word of more than 10000 letters");
    Path many = file("many.txt", "some words of a text\n".repeat(100));
    assertThatThrownBy(() -> DataReader.open(many, ReadOptions.defaults().withMemoryLimit(1000)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is too large for the memory meant for data (1000 bytes)");
    assertThatThrownBy(() -> open(many, -1)).hasMessageContaining("max_length is -1");
  }

  @Test
  void aVocabularyFromAFileIsChecked() {
    assertThatThrownBy(() -> Json.parse("[\"a\",\"b\"]", "text", Vocabulary.class))
        .hasMessageContaining("does not begin with <pad>, <s>, </s>, <unk>");
    assertThatThrownBy(
            () ->
                Json.parse(
                    "[\"<pad>\",\"<s>\",\"</s>\",\"<unk>\",\"a\",\"a\"]", "t", Vocabulary.class))
        .hasMessageContaining("has a word twice");
    assertThatThrownBy(
            () ->
                Json.parse(
                    "{\"shape\":[2,2],\"columns\":[],\"binary\":false,\"unitInterval\":true,\"vocabulary\":9}",
                    "text",
                    DataSpec.class))
        .hasMessageContaining("a vocabulary of 9 for observations of shape [2, 2] is impossible");
  }

  @Test
  @Tag("data")
  void thePennTreebankIsAsItsReadersKnowIt() {
    Dataset d = open(SharedData.require("text/ptb"));
    assertThat(d.publishedSplit()).contains(new PublishedSplit(42_068, 3_370, 3_761));
    assertThat(d.shape()).isEqualTo(Shape.of(83));
    Vocabulary v = Vocabulary.learn(d, IntStream.range(0, 42_068).toArray(), 0);
    // Its 10,000 words are the unknown one and the end, which are marks here, and 9,998 others.
    assertThat(v.size()).isEqualTo(Vocabulary.MARKS.size() + 9_998);
    assertThat(v.words().subList(4, 7)).containsExactly("the", "N", "of");
    assertThat(raw(d, 1)).startsWith("pierre <unk> N years old will join the board");
  }
}
