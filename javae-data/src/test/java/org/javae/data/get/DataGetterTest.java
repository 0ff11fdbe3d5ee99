package org.javae.data.get;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.javae.data.get.DataFile.Archive;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on this machine that behaves well and badly on demand. */
class DataGetterTest {
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir Path home;

  private HttpServer server;
  private ExecutorService threads;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Long> progress = new ArrayList<>();
  private long lastTotal;

  private final DataGetter.Listener listener =
      new DataGetter.Listener() {
        @Override
        public void progress(DataFile file, long bytes, long total) {
          progress.add(bytes);
          lastTotal = total;
        }

        @Override
        public void note(String sentence) {
          notes.add(sentence);
        }
      };

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  /** Serves a path and writes down each request as {@code /path range}. */
  private URI serve(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          requests.add(path + " " + range);
          try (exchange) {
            handler.handle(exchange);
          }
        });
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  /** A server that knows ranges and sends at most {@code most} bytes before it hangs up. */
  private static Handler ranges(byte[] content, int most) {
    return exchange -> {
      int from = from(exchange);
      if (from >= content.length) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      if (from > 0) {
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      send(exchange, content, from, (int) Math.min(content.length, (long) from + most));
    };
  }

  /**
   * A server that sends the whole file whatever is asked; the first {@code cuts} times only half of
   * it.
   */
  private static Handler noRanges(byte[] content, int cuts) {
    int[] left = {cuts};
    return exchange -> {
      exchange.sendResponseHeaders(200, content.length);
      boolean cut = left[0]-- > 0;
      send(exchange, content, 0, cut ? content.length / 2 : content.length);
    };
  }

  private static void send(HttpExchange exchange, byte[] content, int from, int to)
      throws IOException {
    OutputStream out = exchange.getResponseBody();
    for (int at = from; at < to; at += 10_000) {
      out.write(content, at, Math.min(10_000, to - at));
      out.flush();
    }
  }

  private static Handler status(int code) {
    return exchange -> exchange.sendResponseHeaders(code, -1);
  }

  private static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static DataFile file(byte[] content, URI... mirrors) {
    return new DataFile(
        "data.bin",
        content.length,
        List.of(Checksum.sha256(hash("SHA-256", content))),
        List.of(mirrors),
        Archive.NONE);
  }

  private DataGetter getter(Duration stall) {
    return new DataGetter(
        new DataFolders(Optional.empty(), home.resolve("cache")),
        HttpClient.newHttpClient(),
        stall,
        Duration.ofMillis(5));
  }

  private Path folder() {
    return home.resolve("cache").resolve("toy");
  }

  private List<DataGetter.Fetched> get(DataFile... files) {
    return getter(Duration.ofSeconds(30)).get("toy", List.of(files), listener);
  }

  private void assertOnlyTheFileIsThere() throws IOException {
    assertThat(folder().resolve("data.bin")).hasBinaryContent(CONTENT);
    try (Stream<Path> inside = Files.list(folder())) {
      assertThat(inside).containsExactly(folder().resolve("data.bin"));
    }
  }

  private void assertProgressIsMonotoneAndEndsAt(long end) {
    assertThat(progress).isSorted().last().isEqualTo(end);
    assertThat(progress).doesNotHaveDuplicates();
    assertThat(lastTotal).isEqualTo(end);
  }

  @Test
  void downloadsAFile() throws IOException {
    URI mirror = serve("/a", ranges(CONTENT, Integer.MAX_VALUE));
    assertThat(get(file(CONTENT, mirror)))
        .containsExactly(
            new DataGetter.Fetched(folder().resolve("data.bin"), DataGetter.Outcome.DOWNLOADED));
    assertOnlyTheFileIsThere();
    assertThat(requests).containsExactly("/a null");
    assertProgressIsMonotoneAndEndsAt(CONTENT.length);
    assertThat(progress.size()).isGreaterThan(2);
    assertThat(notes).isEmpty();
  }

  @Test
  void aFileThatIsThereAndRightIsNotFetched() throws IOException {
    URI mirror = serve("/a", ranges(CONTENT, Integer.MAX_VALUE));
    get(file(CONTENT, mirror));
    requests.clear();
    assertThat(get(file(CONTENT, mirror)).get(0).outcome())
        .isEqualTo(DataGetter.Outcome.ALREADY_THERE);
    assertThat(requests).isEmpty();
    assertOnlyTheFileIsThere();
  }

  @Test
  void aFileThatIsThereAndWrongIsReplacedAndKeptAside() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("data.bin"), "mine");
    get(file(CONTENT, serve("/a", ranges(CONTENT, Integer.MAX_VALUE))));
    assertThat(folder().resolve("data.bin")).hasBinaryContent(CONTENT);
    assertThat(folder().resolve("data.bin.differs")).hasContent("mine");
    assertThat(notes).hasSize(2);
    assertThat(notes.get(0))
        .contains("is not the published file")
        .contains(hash("SHA-256", CONTENT));
  }

  @Test
  void aWrongFileStaysWhenNoMirrorDelivers() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("data.bin"), "mine");
    DataFile file = file(CONTENT, serve("/a", status(404)));
    assertThatThrownBy(() -> get(file)).isInstanceOf(UserException.class);
    assertThat(folder().resolve("data.bin")).hasContent("mine");
  }

  @Test
  void goesOnAfterTheConnectionWasCut() throws IOException {
    URI mirror = serve("/a", ranges(CONTENT, 120_000));
    get(file(CONTENT, mirror));
    assertOnlyTheFileIsThere();
    assertThat(requests).hasSizeGreaterThanOrEqualTo(3).element(0).isEqualTo("/a null");
    for (String request : requests.subList(1, requests.size())) {
      assertThat(request).matches("/a bytes=\\d+-");
    }
    assertProgressIsMonotoneAndEndsAt(CONTENT.length);
  }

  @Test
  void goesOnInANewProcessFromWhatArrived() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), Arrays.copyOf(CONTENT, 123_456));
    get(file(CONTENT, serve("/a", ranges(CONTENT, Integer.MAX_VALUE))));
    assertThat(requests).containsExactly("/a bytes=123456-");
    assertOnlyTheFileIsThere();
  }

  @Test
  void anotherMirrorGoesOnWhereOneStopped() throws IOException {
    // Sends some and then nothing more, however often it is asked.
    URI tired =
        serve(
            "/tired",
            exchange -> {
              if (from(exchange) > 0) {
                exchange.sendResponseHeaders(503, -1);
              } else {
                ranges(CONTENT, 100_000).handle(exchange);
              }
            });
    URI good = serve("/good", ranges(CONTENT, Integer.MAX_VALUE));
    get(file(CONTENT, tired, good));
    assertOnlyTheFileIsThere();
    assertThat(requests.get(requests.size() - 1)).matches("/good bytes=\\d+-");
  }

  @Test
  void aServerWithoutRangesStartsAgain() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), Arrays.copyOf(CONTENT, 50_000));
    get(file(CONTENT, serve("/a", noRanges(CONTENT, 1))));
    assertOnlyTheFileIsThere();
    assertThat(requests).hasSize(2);
    assertProgressIsMonotoneAndEndsAt(CONTENT.length);
  }

  @Test
  void aServerThatAlwaysBreaksAtTheSamePlaceIsLeft() {
    DataFile file = file(CONTENT, serve("/a", noRanges(CONTENT, Integer.MAX_VALUE)));
    assertThatThrownBy(() -> get(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("No mirror delivered data.bin of toy");
    assertThat(requests).hasSizeBetween(2, 8);
  }

  @Test
  void anotherRangeThanAskedForIsNotUsed() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), Arrays.copyOf(CONTENT, 50_000));
    URI mirror =
        serve(
            "/a",
            exchange -> {
              if (from(exchange) == 0) {
                ranges(CONTENT, Integer.MAX_VALUE).handle(exchange);
                return;
              }
              exchange.getResponseHeaders().set("Content-Range", "bytes 7-99/300000");
              exchange.sendResponseHeaders(206, 93);
              send(exchange, CONTENT, 7, 100);
            });
    get(file(CONTENT, mirror));
    assertOnlyTheFileIsThere();
    assertThat(requests).containsExactly("/a bytes=50000-", "/a null");
  }

  @Test
  void aBadChecksumIsRefusedAndTheNextMirrorAsked() throws IOException {
    byte[] other = CONTENT.clone();
    other[200_000] ^= 1;
    URI bad = serve("/bad", ranges(other, Integer.MAX_VALUE));
    URI good = serve("/good", ranges(CONTENT, Integer.MAX_VALUE));
    get(file(CONTENT, bad, good));
    assertOnlyTheFileIsThere();
    assertThat(requests).containsExactly("/bad null", "/good null");
    assertThat(notes)
        .containsExactly(
            bad
                + " sent something else than data.bin: its SHA-256 is "
                + hash("SHA-256", other)
                + ", expected "
                + hash("SHA-256", CONTENT)
                + "; it was thrown away.");
    assertProgressIsMonotoneAndEndsAt(CONTENT.length);
  }

  @Test
  void aWrongBeginningIsNotBlamedOnTheMirror() throws IOException {
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), new byte[50_000]);
    get(file(CONTENT, serve("/a", ranges(CONTENT, Integer.MAX_VALUE))));
    assertOnlyTheFileIsThere();
    assertThat(requests).containsExactly("/a bytes=50000-", "/a null");
    assertThat(notes).singleElement().asString().contains("starting it again");
  }

  @Test
  void aPartThatIsWholeOrTooLongIsJudgedByItsChecksum() throws IOException {
    URI mirror = serve("/a", ranges(CONTENT, Integer.MAX_VALUE));
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), CONTENT);
    get(file(CONTENT, mirror));
    assertThat(requests).containsExactly("/a bytes=300000-");
    assertOnlyTheFileIsThere();

    Files.delete(folder().resolve("data.bin"));
    requests.clear();
    Files.write(folder().resolve("data.bin.part"), Arrays.copyOf(CONTENT, 400_000));
    get(file(CONTENT, mirror));
    assertThat(requests).containsExactly("/a bytes=400000-", "/a null");
    assertOnlyTheFileIsThere();
  }

  @Test
  void withAllMirrorsDownItSaysHowToPlaceTheFileByHand() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    URI down = URI.create("http://127.0.0.1:" + closed + "/x");
    URI forbidden = serve("/forbidden", status(403));
    DataFile file = file(CONTENT, down, forbidden);
    assertThatThrownBy(() -> get(file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "No mirror delivered data.bin of toy ("
                + down
                + ": it cannot be reached; "
                + forbidden
                + ": it answered 403). Fetch it by other means, see that its SHA-256 is "
                + hash("SHA-256", CONTENT)
                + ", put it into "
                + folder()
                + " under that name and run the same command again.");
    assertThat(requests).containsExactly("/forbidden null");
    assertThat(folder()).isEmptyDirectory();
    // Placed by hand, it is taken.
    Files.write(folder().resolve("data.bin"), CONTENT);
    assertThat(get(file).get(0).outcome()).isEqualTo(DataGetter.Outcome.ALREADY_THERE);
  }

  @Test
  @Timeout(30)
  void aServerThatFallsSilentIsLeft() throws IOException {
    URI silent =
        serve(
            "/silent",
            exchange -> {
              exchange.sendResponseHeaders(200, CONTENT.length);
              send(exchange, CONTENT, 0, 100_000);
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                // the test is over
              }
            });
    // Asked again for the rest it stays silent too, and gives nothing: three times is enough.
    DataFile file = file(CONTENT, silent, serve("/good", ranges(CONTENT, Integer.MAX_VALUE)));
    getter(Duration.ofMillis(500)).get("toy", List.of(file), listener);
    assertOnlyTheFileIsThere();
    // The silent server would have kept each request for a minute.
    assertThat(requests).filteredOn(r -> r.startsWith("/silent")).hasSizeGreaterThan(1);
    assertThat(requests).last().asString().startsWith("/good");
  }

  @Test
  void aServerThatSendsFarTooMuchIsStopped() {
    URI endless =
        serve(
            "/endless",
            exchange -> {
              exchange.sendResponseHeaders(200, 0); // chunked, no length
              OutputStream out = exchange.getResponseBody();
              while (true) {
                out.write(CONTENT);
              }
            });
    DataFile file = file(CONTENT, endless);
    assertThatThrownBy(() -> get(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("far more than the file has");
  }

  @Test
  void aFileWithoutKnownSizeOrLengthIsFetchedAndItsMd5Checked() throws IOException {
    URI mirror =
        serve(
            "/a",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              send(exchange, CONTENT, 0, CONTENT.length);
            });
    DataFile file =
        new DataFile(
            "data.bin",
            -1,
            List.of(Checksum.md5(hash("MD5", CONTENT))),
            List.of(mirror),
            Archive.NONE);
    get(file);
    assertOnlyTheFileIsThere();
    assertThat(lastTotal).isEqualTo(-1);
  }

  @Test
  void aGzipFilePackedAnewIsKnownByItsContent() throws IOException {
    byte[] packed = gzip(CONTENT);
    DataFile file =
        new DataFile(
            "data.gz",
            packed.length,
            List.of(
                Checksum.sha256(hash("SHA-256", new byte[] {1})),
                Checksum.sha256Unpacked(hash("SHA-256", CONTENT))),
            List.of(serve("/a", ranges(packed, Integer.MAX_VALUE))),
            Archive.NONE);
    assertThat(get(file).get(0).outcome()).isEqualTo(DataGetter.Outcome.DOWNLOADED);
    // Cut short it is not, and says so without a library's words.
    Files.write(folder().resolve("data.gz"), Arrays.copyOf(packed, packed.length / 2));
    get(file);
    assertThat(notes.get(0)).contains("expected " + hash("SHA-256", new byte[] {1}));
    assertThat(folder().resolve("data.gz")).hasBinaryContent(packed);
  }

  @Test
  void aDownloadAnotherProcessHasBegunIsLeftAlone() throws IOException {
    Files.createDirectories(folder());
    DataFile file = file(CONTENT, serve("/a", ranges(CONTENT, Integer.MAX_VALUE)));
    try (FileChannel other =
        FileChannel.open(
            folder().resolve("data.bin.part"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      other.lock();
      assertThatThrownBy(() -> get(file))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is being downloaded by another process");
    }
    get(file);
    assertOnlyTheFileIsThere();
  }

  @Test
  void redirectionsAreFollowedWithTheirRange() throws IOException {
    URI real = serve("/real", ranges(CONTENT, Integer.MAX_VALUE));
    URI moved =
        serve(
            "/moved",
            exchange -> {
              exchange.getResponseHeaders().set("Location", real.toString());
              exchange.sendResponseHeaders(302, -1);
            });
    Files.createDirectories(folder());
    Files.write(folder().resolve("data.bin.part"), Arrays.copyOf(CONTENT, 50_000));
    new DataGetter(new DataFolders(Optional.empty(), home.resolve("cache")))
        .get("toy", List.of(file(CONTENT, moved)), listener);
    assertOnlyTheFileIsThere();
    assertThat(requests).containsExactly("/moved bytes=50000-", "/real bytes=50000-");
  }

  @Test
  void aCacheThatCannotBeWrittenHasItsSentence() throws IOException {
    Files.writeString(home.resolve("cache"), "a file");
    DataFile file = file(CONTENT, serve("/a", ranges(CONTENT, Integer.MAX_VALUE)));
    assertThatThrownBy(() -> get(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot keep the files of toy in " + folder());
  }

  @Test
  void generatedAndUnknownNamesAreNotDownloaded() {
    assertThatThrownBy(() -> getter(Duration.ofSeconds(30)).get("sprites", listener))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing to download");
    assertThatThrownBy(() -> getter(Duration.ofSeconds(30)).get("mnits", listener))
        .isInstanceOf(UserException.class)
        .hasMessage("There is no data set named mnits; did you mean mnist?");
  }

  // Archives

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] zip(String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static void tarEntry(OutputStream out, String name, char type, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 124, String.format("%011o", content.length));
    put(header, 136, "00000000000");
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    out.write(header);
    out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] tar(String... namesTypesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < namesTypesAndTexts.length; i += 3) {
      tarEntry(
          bytes,
          namesTypesAndTexts[i],
          namesTypesAndTexts[i + 1].charAt(0),
          namesTypesAndTexts[i + 2]);
    }
    bytes.write(new byte[1024]);
    return gzip(bytes.toByteArray());
  }

  private DataFile archive(Archive kind, byte[] content) {
    return new DataFile(
        "pack",
        content.length,
        List.of(Checksum.sha256(hash("SHA-256", content))),
        List.of(serve("/pack" + requests.size() + hash("MD5", content), ranges(content, 1 << 30))),
        kind);
  }

  @Test
  void zipFilesAreUnpackedWithTheirFolders() throws IOException {
    DataFile file =
        archive(
            Archive.ZIP,
            zip("images/Greek/", "", "images/Greek/a.png", "alpha", "__MACOSX/._a.png", "junk"));
    get(file);
    assertThat(folder().resolve("images/Greek/a.png")).hasContent("alpha");
    assertThat(folder().resolve("__MACOSX")).doesNotExist();
    // Again: nothing to do. Lost: unpacked again.
    Files.writeString(folder().resolve("images/Greek/a.png"), "changed");
    get(file);
    assertThat(folder().resolve("images/Greek/a.png")).hasContent("changed");
    Unpacker.delete(folder().resolve("images"));
    get(file);
    assertThat(folder().resolve("images/Greek/a.png")).hasContent("alpha");
  }

  @Test
  void tarFilesAreUnpackedWithoutTheirFirstFolder() throws IOException {
    String big = "x".repeat(1500);
    get(
        archive(
            Archive.TAR_GZ,
            tar("batches/", "5", "", "batches/one.bin", "0", big, "batches/two.bin", "0", "2")));
    assertThat(folder().resolve("one.bin")).hasContent(big);
    assertThat(folder().resolve("two.bin")).hasContent("2");
    try (Stream<Path> inside = Files.list(folder())) {
      assertThat(inside.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("pack", ".pack.unpacked", "one.bin", "two.bin");
    }
  }

  @Test
  void unsafeAndDamagedArchivesAreRefusedAndLeaveNothing() throws IOException {
    byte[] cut = tar("b/one", "0", "x".repeat(5000));
    cut =
        gzip(
            Arrays.copyOf(new GZIPInputStream(new ByteArrayInputStream(cut)).readAllBytes(), 2000));
    List<DataFile> bad =
        List.of(
            archive(Archive.ZIP, zip("../evil", "x")),
            archive(Archive.ZIP, zip("/evil", "x")),
            archive(Archive.ZIP, "not a zip".getBytes(StandardCharsets.UTF_8)),
            archive(Archive.TAR_GZ, tar("b/../../evil", "0", "x")),
            archive(Archive.TAR_GZ, tar("b/link", "2", "")),
            archive(Archive.TAR_GZ, cut),
            archive(Archive.TAR_GZ, gzip("x".repeat(1024).getBytes(StandardCharsets.UTF_8))),
            archive(Archive.TAR_GZ, new byte[100]));
    for (DataFile file : bad) {
      assertThatThrownBy(() -> get(file))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot unpack " + folder().resolve("pack") + ": ");
      try (Stream<Path> inside = Files.list(folder())) {
        assertThat(inside).containsExactly(folder().resolve("pack"));
      }
      assertThat(home.resolve("cache/evil")).doesNotExist();
      Files.delete(folder().resolve("pack"));
    }
  }

  @Test
  void archivesThatSwellAreStopped() throws IOException {
    Files.createDirectories(folder());
    Path bomb = folder().resolve("bomb");
    Files.write(bomb, zip("a", "x".repeat(100_000)));
    assertThatThrownBy(() -> Unpacker.unpack(bomb, Archive.ZIP, folder(), 50_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more bytes");
    Unpacker.unpack(bomb, Archive.ZIP, folder(), 100_000);
    assertThat(folder().resolve("a")).hasSize(100_000);
  }
}
