package org.javae.core.io;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javae.tensor.UserException;

/**
 * Files that are wholly the old or wholly the new, whenever the process or the machine stops: the
 * bytes go to {@code .name.tmp-PID-N} beside the target, are forced to the disk, and take the
 * target's name in one rename.
 */
public final class AtomicFiles {
  private static final Pattern TEMPORARY =
      Pattern.compile("\\..+\\.tmp-(\\d{1,18})-\\d+", Pattern.DOTALL);
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final int BUFFER = 1 << 16;
  private static final int MOST_LINKS = 40;

  /** A disk with less than this left counts as full, in whatever language the system says so. */
  private static final long NOTHING_LEFT = 1 << 16;

  /** Opens the file the bytes go to; tests put a failing one in. */
  @FunctionalInterface
  interface Opener {
    FileOutputStream open(Path file) throws IOException;
  }

  private AtomicFiles() {}

  /**
   * Replaces {@code target} by what {@code body} writes. Missing parent folders are made; a
   * symbolic link is followed; a device or pipe is written straight. Closing the stream is allowed
   * and not needed.
   *
   * @throws UserException if the disk is full, the place cannot be written, or {@code body} throws
   *     an {@link IOException} of its own; other exceptions of {@code body} pass through. Whatever
   *     is thrown, the temporary file is gone and the old target is as it was.
   */
  public static void write(Path target, IOConsumer<OutputStream> body) {
    write(target, -1, AtomicFiles::open, body);
  }

  /**
   * As {@link #write(Path, IOConsumer)}, where the size is known beforehand, so that the message
   * about a full disk can say how much room is needed.
   *
   * @param size bytes {@code body} is going to write
   */
  public static void write(Path target, long size, IOConsumer<OutputStream> body) {
    write(target, size, AtomicFiles::open, body);
  }

  /** As {@link #write(Path, IOConsumer)} for text, in UTF-8. */
  public static void writeString(Path target, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(target, bytes.length, out -> out.write(bytes));
  }

  static void write(Path target, long size, Opener opener, IOConsumer<OutputStream> body) {
    Path file = followLinks(target);
    if (Files.isDirectory(file)) {
      throw UserException.of(
          "cannot write %s: it is a folder; give the name of a file", Reasons.name(target));
    }
    boolean existed = Files.exists(file);
    if (existed && !Files.isRegularFile(file)) {
      writeDevice(target, file, size, body);
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    Path temporary =
        directory.resolve(
            "."
                + file.getFileName()
                + ".tmp-"
                + ProcessHandle.current().pid()
                + "-"
                + COUNTER.incrementAndGet());
    Sink sink = new Sink();
    boolean done = false;
    try {
      Files.createDirectories(directory);
      sink.open(opener, temporary);
      sink.fill(body, true);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } catch (IOException e) {
      String unharmed =
          existed
              ? "the earlier " + Reasons.name(target) + " is unharmed"
              : "nothing half-written was left behind";
      throw failure(target, directory, size, sink, unharmed, e);
    } finally {
      sink.release();
      if (!done) {
        delete(temporary);
      }
    }
    syncDirectory(directory);
  }

  private static void writeDevice(
      Path target, Path file, long size, IOConsumer<OutputStream> body) {
    Sink sink = new Sink();
    try {
      sink.open(f -> new FileOutputStream(f.toFile()), file);
      sink.fill(body, false);
    } catch (IOException e) {
      throw failure(target, file, size, sink, "it took only a part", e);
    } finally {
      sink.release();
    }
  }

  /**
   * Deletes the temporary files that processes no longer alive left in {@code directory}; files of
   * running processes stay. Processes on other machines that share the folder count as dead, so
   * call it only where one machine writes at a time.
   *
   * @return how many were deleted; 0 also for a folder that is not there
   */
  public static int cleanup(Path directory) {
    int deleted = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*")) {
      for (Path f : files) {
        Matcher m = TEMPORARY.matcher(f.getFileName().toString());
        if (m.matches()
            && Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)
            && abandoned(f, Long.parseLong(m.group(1)))
            && delete(f)) {
          deleted++;
        }
      }
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw Reasons.cannotRead(directory, e);
    }
    return deleted;
  }

  /**
   * True if process {@code pid} is gone, or is a younger one under the same number: in a container
   * every run of the program may have the same.
   */
  private static boolean abandoned(Path file, long pid) throws IOException {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return true;
    }
    Optional<Instant> started = process.get().info().startInstant();
    // Two seconds cover the coarsest clocks of file systems.
    return started.isPresent()
        && Files.getLastModifiedTime(file)
            .toInstant()
            .isBefore(started.get().minus(Duration.ofSeconds(2)));
  }

  private static FileOutputStream open(Path file) throws IOException {
    // Never through something that already lies there, such as another user's link.
    Files.deleteIfExists(file);
    Files.createFile(file);
    return new FileOutputStream(file.toFile());
  }

  private static Path followLinks(Path target) {
    Path file = target;
    try {
      for (int i = 0; Files.isSymbolicLink(file); i++) {
        if (i == MOST_LINKS) {
          throw UserException.of(
              "cannot write %s: its symbolic links go in a circle; remove them",
              Reasons.name(target));
        }
        file = file.resolveSibling(Files.readSymbolicLink(file));
      }
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
    return file;
  }

  private static boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      // A leftover is harmless and must not hide the first error; cleanup() tries again.
      return false;
    }
  }

  private static void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows and some network file systems cannot; the rename itself has succeeded.
      return;
    }
  }

  private static UserException failure(
      Path target, Path place, long size, Sink sink, String unharmed, IOException e) {
    if (e == sink.bodyFailure) {
      return UserException.of(
          e, "%s was not written: %s", Reasons.name(target), Reasons.why(target, e));
    }
    if (!full(place, e)) {
      return cannotWrite(target, e);
    }
    return UserException.of(
        e,
        "the disk is full while writing %s (needed %s): free some space and resume; %s",
        Reasons.name(target),
        size >= 0 ? bytes(size) : "more than " + bytes(sink.written),
        unharmed);
  }

  private static UserException cannotWrite(Path target, IOException e) {
    return UserException.of(
        e,
        "cannot write %s: %s; check the folder and its permissions",
        Reasons.name(target),
        Reasons.why(target, e));
  }

  private static boolean full(Path place, IOException e) {
    String m = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (m.contains("no space left")
        || m.contains("not enough space")
        || m.contains("quota exceeded")) {
      return true;
    }
    if (e instanceof AccessDeniedException) {
      return false;
    }
    try {
      FileStore store = Files.getFileStore(place);
      // Such as /proc have no space at all and are not full.
      return store.getTotalSpace() > 0 && store.getUsableSpace() < NOTHING_LEFT;
    } catch (IOException unknown) {
      return false;
    }
  }

  private static String bytes(long n) {
    return n < 100_000
        ? n + (n == 1 ? " byte" : " bytes")
        : String.format(Locale.ROOT, "%.1f MB", n / 1e6);
  }

  /**
   * The buffered stream {@code body} sees. It keeps the first failure, because print streams
   * swallow theirs, and outlives {@code close}, because the bytes are forced to the disk after it.
   */
  private static final class Sink extends OutputStream {
    private final byte[] buffer = new byte[BUFFER];
    private int used;
    private FileOutputStream file;
    private long written;
    private IOException failure;
    private IOException bodyFailure;

    void open(Opener opener, Path path) throws IOException {
      file = opener.open(path);
    }

    void fill(IOConsumer<OutputStream> body, boolean sync) throws IOException {
      try {
        body.accept(this);
      } catch (IOException e) {
        if (failure == null) {
          bodyFailure = e;
          throw e;
        }
      }
      flush();
      if (sync) {
        file.getFD().sync();
      }
      FileOutputStream f = file;
      file = null;
      f.close();
    }

    @Override
    public void write(int b) throws IOException {
      if (used == BUFFER) {
        flush();
      }
      buffer[used++] = (byte) b;
      written++;
    }

    @Override
    public void write(byte[] b, int from, int n) throws IOException {
      if (n > BUFFER - used) {
        flush();
      }
      written += n;
      if (n > BUFFER) {
        pass(b, from, n);
      } else {
        System.arraycopy(b, from, buffer, used, n);
        used += n;
      }
    }

    @Override
    public void flush() throws IOException {
      int n = used;
      used = 0;
      pass(buffer, 0, n);
    }

    @Override
    public void close() throws IOException {
      flush();
    }

    private void pass(byte[] b, int from, int n) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (n == 0) {
        return;
      }
      try {
        file.write(b, from, n);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    void release() {
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          // The file is thrown away anyway; the first failure is the one to tell.
          failure = failure == null ? e : failure;
        }
      }
    }
  }
}
