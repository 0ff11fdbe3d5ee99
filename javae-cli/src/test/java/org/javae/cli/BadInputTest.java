package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.javae.core.io.Hashes;
import org.javae.core.io.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with the input: one clear sentence, the right exit code, no stack trace. */
class BadInputTest {
  private static final String STROKES = "strokes:train=60,test=12";

  @TempDir static Path dir;

  private static Path run;

  @BeforeAll
  static void train() {
    run = dir.resolve("run");
    Result.of(
            "train",
            STROKES,
            "--model",
            "vae",
            "--latent",
            2,
            "--epochs",
            1,
            "--set",
            "encoder=mlp:8",
            "--out",
            run,
            "--quiet",
            "--no-pictures")
        .succeeds();
  }

  private static Result trainOn(Path data) {
    return Result.of(
        "train",
        data,
        "--model",
        "vae",
        "--epochs",
        1,
        "--out",
        dir.resolve("never"),
        "--no-pictures");
  }

  private static Path file(String name, byte[] content) throws IOException {
    return Files.write(dir.resolve(name), content);
  }

  private static Path file(String name, String content) throws IOException {
    return Files.writeString(dir.resolve(name), content);
  }

  // ---- data
  // --------------------------------------------------------------------------------------------------------

  private static byte[] idx(int images, int written) throws IOException {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    DataOutputStream d = new DataOutputStream(b);
    d.writeInt(0x803);
    d.writeInt(images);
    d.writeInt(28);
    d.writeInt(28);
    byte[] pixels = new byte[written];
    new Random(1).nextBytes(pixels);
    d.write(pixels);
    return b.toByteArray();
  }

  private static byte[] npy(String shape, byte[] data) throws IOException {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    b.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
    String h = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    b.write((h + " ".repeat(117 - h.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
    b.write(data);
    return b.toByteArray();
  }

  private static byte[] zip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    try (ZipOutputStream z = new ZipOutputStream(b)) {
      z.putNextEntry(new ZipEntry(name));
      z.write(content);
    }
    return b.toByteArray();
  }

  private static String lines(int n, String line) {
    return line.repeat(n);
  }

  static Stream<Arguments> data() throws IOException {
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (OutputStream g = new GZIPOutputStream(gz)) {
      g.write(idx(50, 50 * 784));
    }
    byte[] npz = zip("x.npy", npy("100, 8", new byte[3200]));
    return Stream.of(
        Arguments.of(dir.resolve("nothing.csv"), "there is no file", "nothing.csv"),
        Arguments.of(file("empty.csv", ""), "empty.csv", "empty"),
        Arguments.of(file("empty.npy", ""), "empty.npy", "empty"),
        Arguments.of(
            file("short-images-idx3-ubyte", idx(50, 5000)), "short-images-idx3-ubyte", "cut short"),
        Arguments.of(
            file("short-images-idx3-ubyte.gz", Arrays.copyOf(gz.toByteArray(), gz.size() / 2)),
            "short-images",
            "cut short"),
        Arguments.of(
            file("magic-images-idx3-ubyte", "hello, this is a letter"),
            "magic-images",
            "not an IDX file"),
        Arguments.of(
            file("magic.npy", "hello, this is a letter"), "magic.npy", "expected|not|should"),
        Arguments.of(file("short.npy", npy("100, 8", new byte[640])), "short.npy", "cut short"),
        Arguments.of(
            file("short.npz", Arrays.copyOf(npz, npz.length / 2)),
            "short.npz",
            "damaged|cut short"),
        Arguments.of(
            file("lying.npz", zip("x.npy", npy("100000, 100000", new byte[1 << 22]))),
            "lying.npz",
            "cut short|zip bomb"),
        Arguments.of(
            file("bomb.npz", zip("x.npy", npy("25600, 10240", new byte[1 << 20]))),
            "bomb.npz",
            "cut short|zip bomb"),
        Arguments.of(file("ragged.csv", "a,b\n1,2\n3,4,5\n6,7\n"), "ragged.csv", "line 3"),
        Arguments.of(
            file("text.csv", "a,b\n" + lines(40, "1.5,2\n2.5,3\n") + "oops,3\n"),
            "text.csv",
            "'oops'"),
        Arguments.of(file("nan.csv", "a,b\n" + lines(40, "1,\n2,\n")), "nan.csv", "'b'"),
        Arguments.of(
            file("gap.csv", "a,b\n" + lines(40, "1,2\n2,3\n") + "5,\n"), "gap.csv", "missing"),
        Arguments.of(mixedSizes(), "pictures", "28.*32|32.*28|size"),
        Arguments.of(Files.createDirectories(dir.resolve("hollow")), "hollow", "."));
  }

  private static Path mixedSizes() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("pictures"));
    for (int i = 0; i < 6; i++) {
      int side = i == 4 ? 32 : 28;
      BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setSample(i, i, 0, 200);
      ImageIO.write(image, "png", folder.resolve("p" + i + ".png").toFile());
    }
    return folder;
  }

  @ParameterizedTest
  @MethodSource
  void data(Path data, String name, String pattern) {
    Result r = trainOn(data).fails(1, name);
    assertThat(r.err()).containsPattern(pattern);
    assertThat(dir.resolve("never")).doesNotExist();
    Result d = Result.of("doctor", data);
    assertThat(d.code()).isEqualTo(1);
    assertThat(d.out() + d.err())
        .contains(name)
        .doesNotContain("Exception")
        .doesNotContain("at org.javae");
  }

  // ---- requests
  // ----------------------------------------------------------------------------------------------------

  static Stream<Arguments> requests() {
    String out = dir.resolve("never").toString();
    String r = dir.resolve("run").toString();
    return Stream.of(
        request("trian strokes", "'trian'", "train"),
        request("train strokes --model vaee", "unknown model 'vaee'", "vae"),
        request(
            "train strokes --model beta-vae --set betta=4",
            "unknown key 'betta'",
            "did you mean beta"),
        request("train strokes --model vae --epoch 3", "unknown option '--epoch'", "--epochs"),
        request("train strokes --model vae --epochs=-3", "epochs is -3"),
        request("train strokes --model vae --epochs abc", "--epochs", "abc"),
        request("train strokes --model vae --batch 0", "batch is 0"),
        request("train strokes --model vae --lr -1", "lr is -1"),
        request("train strokes --model vae --lr NaN", "lr is NaN"),
        request("train strokes --model vae --limit -5", "limit is -5"),
        request("train strokes --model vae --threads 0", "--threads is 0"),
        request("train strokes --model vae --device gpu", "unknown device 'gpu'"),
        request("train strokes --model vae --max-time 10x", "--max-time", "1h30m"),
        request("train strokes --model vae --set epochs=2.5", "epochs", "whole number"),
        request("train strokes --model vae --set latent=two", "latent"),
        request("train strokes --model vae --set best=maybe", "best"),
        request("train strokes --model vae --set nonsense", "key=value"),
        request(
            "train " + STROKES + " --model vae --set encoder=mpl:3",
            "unknown network 'mpl:3'",
            "mlp"),
        request("train " + STROKES + " --model vae --set likelihood=bernouli", "bernoulli"),
        request("train " + STROKES + " --model vae --binarize dynamc", "dynamic"),
        request("train " + STROKES + " --model vae --latent 0", "latent is 0"),
        request("train strokes", "--model"),
        request("train --model vae", "no data"),
        request("train strokess --model vae", "strokess", "strokes"),
        request("train sprites:sise=3 --model vae", "sise", "size"),
        request("train jdbc:duckdb: --model vae", "--query"),
        request("train strokes --model vae --resume", "--out"),
        request("evaluate", "RUN"),
        request("evaluate " + r + " --split tset", "unknown split 'tset'", "test"),
        request("evaluate " + r + " --metrics elob", "unknown metric 'elob'", "elbo"),
        request("evaluate " + r + " --nll-samples -2", "--nll-samples is -2"),
        request("generate " + r, "--out"),
        request("generate " + r + " --out x.jpg", ".png"),
        request("generate " + r + " --n 0 --out x.png", "--n is 0"),
        request("generate " + r + " --sampler gmm --out x.png", "javae sampler"),
        request("sampler " + r, "--model"),
        request("sampler " + r + " --model gm", "gmm"),
        request("sampler " + r + " --model ae", "ae cannot draw"),
        request("sampler " + r + " --model gmm --set component=3", "components"),
        request("sampler " + r + " --model gmm --set covariance=round", "diagonal"),
        request("sampler " + r + " --model maf --set flow=maf", "maf:5,64"),
        request("sampler " + r + " --model gmm --name a/b", "a/b"),
        request("encode " + r + " strokes --out codes.xls", ".parquet"),
        request("export " + r + " --format onx --out x", "unknown format 'onx'", "onnx"),
        request("models vea", "unknown model 'vea'", "vae"),
        request("data lits", "'lits'", "list"),
        request("data get mnits", "mnits", "mnist"),
        request("data get sprites", "sprites"),
        request("studio", "'studio'"));
  }

  private static Arguments request(String line, String... parts) {
    return Arguments.of(line, parts);
  }

  @ParameterizedTest
  @MethodSource
  void requests(String line, String[] parts) {
    List<Object> args = new ArrayList<>(List.of((Object[]) line.split(" ")));
    if (args.get(0).equals("train") && !args.contains("--resume")) {
      args.add("--out");
      args.add(dir.resolve("never"));
    }
    Result.of(args.toArray()).fails(2, parts);
    assertThat(dir.resolve("never")).doesNotExist();
  }

  // ---- run folders
  // -------------------------------------------------------------------------------------------------

  private static Path copy(String name) throws IOException {
    Path to = Files.createDirectories(dir.resolve(name));
    for (String f : List.of("model.json", "weights.safetensors", "config.yaml")) {
      Files.copy(run.resolve(f), to.resolve(f), StandardCopyOption.REPLACE_EXISTING);
    }
    return to;
  }

  @Test
  void aFlippedByteAnywhereIsNoticed() throws IOException {
    Path broken = copy("flipped");
    for (String name : List.of("weights.safetensors", "model.json")) {
      byte[] good = Files.readAllBytes(run.resolve(name));
      // In the header, in the middle and at the end.
      for (int at : new int[] {9, good.length / 2, good.length - 5}) {
        byte[] bad = good.clone();
        bad[at] ^= 1;
        Files.write(broken.resolve(name), bad);
        Result.of("evaluate", broken).fails(1, name);
      }
      Files.write(broken.resolve(name), good);
    }
    Result.of("evaluate", broken, "--nll-samples", 1).succeeds();
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Path broken = copy("headless");
    Files.delete(broken.resolve("weights.safetensors"));
    Result.of("evaluate", broken).fails(1, "weights.safetensors");
    Files.delete(broken.resolve("model.json"));
    Result.of("evaluate", broken).fails(1, "model.json");
    Result.of("evaluate", dir.resolve("nowhere")).fails(1, "nowhere");
    Result.of("train", "--resume", "--out", dir.resolve("nowhere")).fails(1, "nowhere");
  }

  /** Weights with a hostile header whose checksums were made to fit. */
  private static Path forged(String name, String header, long headerLength, int bytes)
      throws IOException {
    Path broken = copy(name);
    byte[] h = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer b = ByteBuffer.allocate(8 + h.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(headerLength < 0 ? h.length : headerLength).put(h);
    Path weights = broken.resolve("weights.safetensors");
    Files.write(weights, b.array());
    ObjectNode model = Json.read(broken.resolve("model.json"), ObjectNode.class);
    model.put("weights", Hashes.sha256(weights));
    model.remove("checksum");
    model.put("checksum", Hashes.sha256(Json.toString(model).getBytes(StandardCharsets.UTF_8)));
    Files.writeString(broken.resolve("model.json"), Json.pretty(model));
    return broken;
  }

  static Stream<Arguments> headers() {
    String a = "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}";
    return Stream.of(
        Arguments.of("oversized", a + "}", Long.MAX_VALUE, 16),
        Arguments.of("negative", a + "}", Long.MIN_VALUE, 16),
        Arguments.of("longer", a + "}", 1L << 40, 16),
        Arguments.of(
            "overlapping",
            a + ",\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}",
            -1L,
            24),
        Arguments.of(
            "beyond", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", -1L, 8),
        Arguments.of(
            "overflow",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,16]}}",
            -1L,
            16),
        Arguments.of("nojson", "{\"a\":[[[[", -1L, 16),
        Arguments.of("foreign", a + "}", -1L, 16));
  }

  @ParameterizedTest
  @MethodSource
  void headers(String name, String header, long length, int bytes) throws IOException {
    Path broken = forged("forged-" + name, header, length, bytes);
    Result.of("evaluate", broken).fails(1);
    Result.of("generate", broken, "--out", dir.resolve("no.png")).fails(1);
    assertThat(dir.resolve("no.png")).doesNotExist();
  }

  @Test
  void codesOfAnotherModelAreRefused() throws IOException {
    Path three = file("three.csv", "a,b,c\n1,2,3\n4,5,6\n");
    Result.of("decode", run, three, "--out", dir.resolve("d.npy")).fails(1, "three.csv", "3", "2");
    Result.of("decode", run, dir.resolve("none.npy"), "--out", dir.resolve("d.npy"))
        .fails(1, "none.npy");
    Result.of("encode", run, three, "--out", dir.resolve("z.npy")).fails(1, "three.csv");
  }

  @Test
  void memoryThatDoesNotDoIsSaidWithWhatToLower() {
    Result.of(
            "train",
            STROKES,
            "--model",
            "vae",
            "--latent",
            1_000_000_000,
            "--set",
            "encoder=mlp:1000",
            "--out",
            dir.resolve("never"))
        .fails(1, "memory", "lower --batch");
  }

  @Test
  void aFileWhereAFolderIsExpected() throws IOException {
    Path f = file("plain.txt", "hello");
    Result.of("train", STROKES, "--model", "pca", "--out", f).fails(1, "plain.txt");
    Result.of("evaluate", f).fails(1, "plain.txt");
    Result.of("generate", run, "--out", f.resolve("x.png")).fails(1, "x.png");
  }
}
