package org.javae.data.get;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.javae.tensor.UserException;

/**
 * Downloads the published files of data sets ({@code javae data get}).
 *
 * <p>A file is streamed into {@code FILE.part}, continued from there after a break (by an HTTP
 * range request; a server that knows none starts again), compared with its published checksum and
 * only then renamed. A file whose checksum is wrong is deleted and the next mirror is asked. Files
 * that are already there and right are left alone.
 */
public final class DataGetter {
  /** Ending of the name of a file that has not arrived completely. */
  static final String PART = ".part";

  /** Ending of the name a differing file is moved to when the published one takes its place. */
  static final String SET_ASIDE = ".differs";

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  /** Times in a row one mirror may break off no further than before until the next is asked. */
  private static final int PATIENCE = 3;

  /** What a file of unknown size may at most have. */
  private static final long MOST_UNKNOWN = 8L << 30;

  /** What the archive of a data set may at most unpack to. */
  private static final long MOST_UNPACKED = 4L << 30;

  /** Is told what happens; called from the thread that downloads. */
  public interface Listener {
    /**
     * More of a file has arrived. Never goes back for the same file, even if a mirror makes the
     * download start again.
     *
     * @param bytes bytes of the file that are here
     * @param total its length, −1 if nobody knows
     */
    void progress(DataFile file, long bytes, long total);

    /** Something people should know that is no failure yet: one sentence. */
    void note(String sentence);

    /** Tells nobody. */
    Listener NONE =
        new Listener() {
          @Override
          public void progress(DataFile file, long bytes, long total) {}

          @Override
          public void note(String sentence) {}
        };
  }

  /** How a file came to be there. */
  public enum Outcome {
    ALREADY_THERE,
    DOWNLOADED
  }

  /** A file that is there now and is the published one. */
  public record Fetched(Path file, Outcome outcome) {}

  private final DataFolders folders;
  private final HttpClient client;
  private final Duration stall;
  private final Duration pause;

  /** A getter into the cache of {@code folders}. */
  public DataGetter(DataFolders folders) {
    this(
        folders,
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .build(),
        Duration.ofSeconds(60),
        Duration.ofSeconds(1));
  }

  /**
   * @param stall how long a server may send nothing before the connection counts as broken
   * @param pause how long to wait before the same mirror is asked again
   */
  DataGetter(DataFolders folders, HttpClient client, Duration stall, Duration pause) {
    this.folders = folders;
    this.client = client;
    this.stall = stall;
    this.pause = pause;
  }

  /**
   * Makes the files of a data set be in the cache: downloads those that are not there, unpacks
   * archives.
   *
   * @throws UserException if the name is unknown or generated, or no mirror delivers a file (then
   *     it says how to place it by hand)
   */
  public List<Fetched> get(String name, Listener listener) {
    DataCatalog.Entry entry = DataCatalog.entry(name);
    if (entry.source() == DataCatalog.Source.PLACED) {
      throw UserException.usage(
          "%s may not be passed on (%s), so it cannot be fetched: put its text files into a folder %s of %s.",
          name, entry.licence(), name, DataFolders.DATA);
    }
    if (entry.files().isEmpty()) {
      throw UserException.usage(
          "%s is made here from a seed, so there is nothing to download; use it by its name.",
          name);
    }
    return get(name, entry.files(), listener);
  }

  List<Fetched> get(String name, List<DataFile> files, Listener listener) {
    Path folder = folders.cacheOf(name);
    try {
      Files.createDirectories(folder);
      List<Fetched> fetched = new ArrayList<>();
      for (DataFile file : files) {
        fetched.add(fetch(name, file, folder, listener));
      }
      for (DataFile file : files) {
        unpack(file, folder);
      }
      return fetched;
    } catch (IOException e) {
      throw UserException.of(
          e,
          "Cannot keep the files of %s in %s: %s; see that the folder can be written and the disk"
              + " is not full (what has arrived is kept).",
          name,
          folder,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserException.of(
          e,
          "The download of %s was interrupted; run the same command again and it goes on from"
              + " where it is.",
          name);
    }
  }

  private Fetched fetch(String name, DataFile file, Path folder, Listener listener)
      throws IOException, InterruptedException {
    Path target = folder.resolve(file.name());
    Optional<String> differs = Optional.empty();
    if (Files.exists(target)) {
      differs = file.differs(target);
      if (differs.isEmpty()) {
        long size = Files.size(target);
        listener.progress(file, size, size);
        return new Fetched(target, Outcome.ALREADY_THERE);
      }
      listener.note(
          String.format(
              "%s is not the published file (%s); fetching that one.", target, differs.get()));
    }
    Path part = folder.resolve(file.name() + PART);
    Meter meter = new Meter(file, listener);
    List<String> failures = new ArrayList<>();
    for (URI mirror : file.mirrors()) {
      if (fromMirror(file, mirror, part, meter, failures, listener)) {
        if (differs.isPresent()) {
          Path aside = folder.resolve(file.name() + SET_ASIDE);
          Files.move(target, aside, StandardCopyOption.REPLACE_EXISTING);
          listener.note(String.format("What was there before is now %s.", aside));
        }
        move(part, target);
        return new Fetched(target, Outcome.DOWNLOADED);
      }
    }
    if (Files.exists(part) && Files.size(part) == 0) {
      Files.delete(part);
    }
    throw UserException.of(
        "No mirror delivered %s of %s (%s). Fetch it by other means, see that its %s is %s, put it"
            + " into %s under that name and run the same command again.",
        file.name(),
        name,
        String.join("; ", failures),
        file.checksum().algorithm(),
        file.checksum().hex(),
        folder);
  }

  /** Whether the published file lies in {@code part} now; if not, {@code failures} says why. */
  private boolean fromMirror(
      DataFile file, URI mirror, Path part, Meter meter, List<String> failures, Listener listener)
      throws IOException, InterruptedException {
    int fruitless = 0;
    long furthest = Files.exists(part) ? Files.size(part) : 0;
    while (true) {
      Transfer transfer = transfer(file, mirror, part, meter);
      switch (transfer.end()) {
        case COMPLETE -> {
          Optional<String> differs = file.differs(part);
          if (differs.isEmpty()) {
            return true;
          }
          Files.delete(part);
          if (transfer.from() == 0) {
            String sentence =
                String.format(
                    "%s sent something else than %s: %s", mirror, file.name(), differs.get());
            failures.add(sentence);
            listener.note(sentence + "; it was thrown away.");
            return false;
          }
          // The old beginning may be to blame, not this mirror.
          listener.note(
              String.format(
                  "The continued %s is not the published file (%s); starting it again.",
                  file.name(), differs.get()));
        }
        case BROKEN -> {
          long reached = transfer.from() + transfer.received();
          fruitless = reached > furthest ? 0 : fruitless + 1;
          furthest = Math.max(furthest, reached);
          if (fruitless == PATIENCE) {
            failures.add(mirror + ": " + transfer.reason());
            return false;
          }
          Thread.sleep(pause.toMillis());
        }
        case REFUSED -> {
          failures.add(mirror + ": " + transfer.reason());
          return false;
        }
      }
    }
  }

  private enum End {
    COMPLETE,
    BROKEN,
    REFUSED
  }

  /** How one request went: where it began, how many bytes came, and how it ended. */
  private record Transfer(End end, long from, long received, String reason) {}

  private Transfer transfer(DataFile file, URI mirror, Path part, Meter meter)
      throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock(channel, part);
      long from = channel.size();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(mirror)
              .timeout(stall)
              .header("User-Agent", "JaVAE")
              .header("Accept-Encoding", "identity");
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      HttpResponse<InputStream> response;
      try {
        response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (IOException e) {
        return new Transfer(End.BROKEN, from, 0, reason(e));
      }
      try (InputStream body = response.body()) {
        HttpHeaders headers = response.headers();
        long length = headers.firstValueAsLong("Content-Length").orElse(-1);
        long total;
        if (response.statusCode() == 206 && from > 0) {
          Matcher range = CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
          if (!range.matches() || Long.parseLong(range.group(1)) != from) {
            // Not the piece that was asked for: put nothing of it behind what is here.
            channel.truncate(0);
            return new Transfer(
                End.BROKEN, from, 0, "it answered a request for a range with another range");
          }
          total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
        } else if (response.statusCode() == 200) {
          channel.truncate(0);
          from = 0;
          total = length;
        } else if (response.statusCode() == 416 && from > 0) {
          // Nothing lies behind what is here: it is the whole file, or not this file at all.
          return new Transfer(End.COMPLETE, from, 0, "");
        } else {
          return new Transfer(End.REFUSED, from, 0, "it answered " + response.statusCode());
        }
        return receive(file, body, channel, from, total, length, meter);
      }
    }
  }

  private Transfer receive(
      DataFile file,
      InputStream body,
      FileChannel channel,
      long from,
      long total,
      long length,
      Meter meter)
      throws IOException {
    long most = file.size() < 0 ? MOST_UNKNOWN : 2 * file.size() + (1 << 20);
    channel.position(from);
    byte[] buffer = new byte[1 << 16];
    long received = 0;
    try (Watchdog watchdog = new Watchdog(body, stall)) {
      while (true) {
        int read;
        try {
          read = body.read(buffer);
        } catch (IOException e) {
          String reason = watchdog.hasBitten() ? "it stopped sending" : "the connection broke";
          return new Transfer(End.BROKEN, from, received, reason);
        }
        if (read < 0) {
          break;
        }
        watchdog.feed();
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        received += read;
        if (from + received > most) {
          channel.truncate(0);
          return new Transfer(End.REFUSED, from, received, "it sent far more than the file has");
        }
        meter.at(from + received, total);
      }
      if (watchdog.hasBitten()) {
        return new Transfer(End.BROKEN, from, received, "it stopped sending");
      }
    }
    if (length >= 0 && received < length) {
      return new Transfer(End.BROKEN, from, received, "the connection broke");
    }
    // On the disk before the name says so.
    channel.force(true);
    return new Transfer(End.COMPLETE, from, received, "");
  }

  /** Keeps other processes from writing the same file, until the channel is closed. */
  private static void lock(FileChannel channel, Path part) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw UserException.of(
          "%s is being downloaded by another process; wait for it, or end it, then try again.",
          part);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return "it did not answer in time";
    }
    if (e instanceof ConnectException) {
      return "it cannot be reached";
    }
    return e instanceof SSLException ? "no secure connection came about" : "the connection broke";
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void unpack(DataFile file, Path folder) throws IOException {
    if (file.archive() == DataFile.Archive.NONE) {
      return;
    }
    // Says that this very archive has been unpacked and what came out, so that it is not done again
    // each time.
    Path done = folder.resolve("." + file.name() + ".unpacked");
    if (Files.exists(done)) {
      List<String> lines = Files.readAllLines(done);
      if (lines.get(0).equals(file.checksum().hex())
          && lines.stream().skip(1).allMatch(made -> Files.exists(folder.resolve(made)))) {
        return;
      }
    }
    Path archive = folder.resolve(file.name());
    List<String> lines = new ArrayList<>(List.of(file.checksum().hex()));
    try {
      lines.addAll(Unpacker.unpack(archive, file.archive(), folder, MOST_UNPACKED));
    } catch (IOException e) {
      throw UserException.of(
          e, "Cannot unpack %s: %s.", archive, e.getMessage() == null ? e : e.getMessage());
    }
    Files.write(done, lines);
  }

  /** Reports progress that never goes back. */
  private static final class Meter {
    private final DataFile file;
    private final Listener listener;
    private long most = -1;

    Meter(DataFile file, Listener listener) {
      this.file = file;
      this.listener = listener;
    }

    void at(long bytes, long total) {
      if (bytes > most) {
        most = bytes;
        listener.progress(file, bytes, total >= 0 ? total : file.size());
      }
    }
  }

  /** Closes a stream that has given nothing for a while: java.net.http waits for ever otherwise. */
  private static final class Watchdog implements AutoCloseable {
    private final InputStream body;
    private final long patience;
    private final Thread thread;
    private volatile long fed = System.nanoTime();
    private volatile boolean bitten;

    Watchdog(InputStream body, Duration patience) {
      this.body = body;
      this.patience = patience.toNanos();
      this.thread = new Thread(this::watch, "javae-download-watchdog");
      thread.setDaemon(true);
      thread.start();
    }

    void feed() {
      fed = System.nanoTime();
    }

    boolean hasBitten() {
      return bitten;
    }

    private void watch() {
      try {
        long left = patience;
        while (left > 0) {
          Thread.sleep(Math.max(1, left / 1_000_000));
          left = patience - (System.nanoTime() - fed);
        }
        bitten = true;
        body.close();
      } catch (InterruptedException | IOException e) {
        // Interrupted: the download is over. A failing close leaves nothing to do.
      }
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }
}
