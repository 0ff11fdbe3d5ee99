package org.javae.data.read;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.tensor.UserException;

/**
 * Bytes of any number: on the heap up to a limit, beyond it in a temporary memory-mapped file.
 * Written once through {@link Builder}, then read at any position.
 */
abstract class ByteStore implements AutoCloseable {
  /** Number of bytes. */
  abstract long size();

  /** Copies {@code length} bytes from {@code position} to {@code out}. */
  abstract void read(long position, byte[] out, int offset, int length);

  abstract boolean mapped();

  @Override
  public void close() {}

  private static final class Heap extends ByteStore {
    private final List<byte[]> blocks;
    private final long size;

    Heap(List<byte[]> blocks, long size) {
      this.blocks = blocks;
      this.size = size;
    }

    @Override
    long size() {
      return size;
    }

    @Override
    void read(long position, byte[] out, int offset, int length) {
      while (length > 0) {
        byte[] block = blocks.get((int) (position / Builder.BLOCK));
        int from = (int) (position % Builder.BLOCK);
        int n = Math.min(length, block.length - from);
        System.arraycopy(block, from, out, offset, n);
        position += n;
        offset += n;
        length -= n;
      }
    }

    @Override
    boolean mapped() {
      return false;
    }
  }

  private static final class Mapped extends ByteStore {
    private static final long SEGMENT = 1L << 30;

    private final long size;
    private final Path leftover;
    private List<MappedByteBuffer> segments = new ArrayList<>();

    Mapped(FileChannel channel, long size, Path leftover) throws IOException {
      this.size = size;
      this.leftover = leftover;
      for (long at = 0; at < size; at += SEGMENT) {
        segments.add(channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(SEGMENT, size - at)));
      }
    }

    @Override
    long size() {
      return size;
    }

    @Override
    void read(long position, byte[] out, int offset, int length) {
      if (segments == null) {
        throw new IllegalStateException("read from a data set after it was closed");
      }
      while (length > 0) {
        MappedByteBuffer segment = segments.get((int) (position / SEGMENT));
        int from = (int) (position % SEGMENT);
        int n = Math.min(length, segment.capacity() - from);
        segment.get(from, out, offset, n);
        position += n;
        offset += n;
        length -= n;
      }
    }

    @Override
    boolean mapped() {
      return true;
    }

    @Override
    public void close() {
      segments =
          null; // unmapped when collected: touching a mapping that was freed by force would end the
      // process
      if (leftover != null) {
        leftover
            .toFile()
            .delete(); // where a mapped file cannot be deleted, deleteOnExit tries again
      }
    }
  }

  /** Takes bytes in order; never holds more than the limit (and one block) on the heap. */
  static final class Builder implements AutoCloseable {
    private static final int BLOCK = 1 << 22;

    private final long memoryLimit;
    private final Path folder;
    private List<byte[]> blocks = new ArrayList<>();
    private byte[] current = new byte[1 << 13];
    private int used;
    private long size;
    private FileChannel channel;
    private Path leftover;

    Builder(ReadOptions options) {
      this.memoryLimit = options.memoryLimit();
      this.folder =
          options.spoolFolder().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    }

    long size() {
      return size;
    }

    void write(byte[] in, int offset, int length) {
      while (length > 0) {
        if (used == current.length) {
          makeRoom();
        }
        int n = Math.min(length, current.length - used);
        System.arraycopy(in, offset, current, used, n);
        used += n;
        size += n;
        offset += n;
        length -= n;
      }
    }

    private void makeRoom() {
      if (current.length < BLOCK) {
        current = Arrays.copyOf(current, current.length * 2);
        return;
      }
      if (channel == null) {
        blocks.add(current);
        current = new byte[BLOCK];
        if (size > memoryLimit) {
          spill();
        }
      } else {
        drain(current, used);
      }
      used = 0;
    }

    private void spill() {
      try {
        Path file = Files.createTempFile(folder, "javae-", ".rows");
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (File.separatorChar == '/') {
          Files.delete(
              file); // the open channel keeps the bytes, and even a killed process leaves nothing
          // behind
        } else {
          leftover = file;
          file.toFile().deleteOnExit();
        }
      } catch (IOException e) {
        throw UserException.of(
            e,
            "The data is larger than the %s allowed in memory, and %s does not take temporary files: name a folder"
                + " that does with spoolFolder, or raise memoryLimit.",
            Inputs.bytes(memoryLimit),
            folder);
      }
      for (int i = 0; i < blocks.size(); i++) {
        drain(blocks.set(i, null), BLOCK);
      }
      blocks = new ArrayList<>();
    }

    private void drain(byte[] block, int length) {
      ByteBuffer b = ByteBuffer.wrap(block, 0, length);
      try {
        while (b.hasRemaining()) {
          channel.write(b);
        }
      } catch (IOException e) {
        throw UserException.of(
            e,
            "%s has no room for the unpacked data (more than %s): free some, or name another folder with spoolFolder.",
            folder,
            Inputs.bytes(size));
      }
    }

    /** Ends writing. The caller closes what it gets. */
    ByteStore finish() throws IOException {
      // A small rest may still exceed a small limit: then it goes to the file too, so that the
      // limit means what it says.
      if (channel == null && size > memoryLimit) {
        spill();
      }
      if (channel == null) {
        blocks.add(Arrays.copyOf(current, used));
        return new Heap(blocks, size);
      }
      drain(current, used);
      ByteStore s = new Mapped(channel, size, leftover);
      leftover = null;
      close();
      return s;
    }

    @Override
    public void close() {
      try {
        if (channel != null) {
          channel.close();
        }
        if (leftover != null) {
          Files.deleteIfExists(leftover);
        }
      } catch (IOException e) {
        // The bytes are gone or deleteOnExit will see to them; there is nothing to tell the user.
      }
    }
  }
}
