package org.javae.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/**
 * Starts LibTorch with the thread settings that measured fastest, inside the process: a library
 * user has no launcher that could set environment variables. Everything must be decided before the
 * first native class loads, so {@link #configure} is to be called first, if at all.
 */
public final class Engine {
  private static int threads = Math.max(1, Integer.getInteger("javae.threads", physicalGuess()));
  private static String device = "cpu";

  /**
   * {@code -Djavae.precision=medium} lets matrices of float32 be multiplied as bfloat16 with
   * float32 sums, 8 instead of 24 bits of mantissa, where the processor can. Off unless asked for,
   * and named in {@link #describe}, so in every model's provenance.
   */
  private static final String PRECISION = System.getProperty("javae.precision", "highest");

  private static boolean started;
  private static boolean mkl;
  private static boolean exact = true;
  private static boolean oneDnn;

  private Engine() {}

  private static int physicalGuess() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Chooses the number of intra-operation threads (0 keeps the default: all processors) and the
   * device, before or after the start.
   *
   * @param newDevice {@code cpu} or {@code cuda}
   * @throws UserException if the device is unknown or not there
   */
  public static synchronized void configure(int newThreads, String newDevice) {
    if (newThreads < 0) {
      throw UserException.usage(
          "--threads is %d; it must be 1 or more (0: all processors)", newThreads);
    }
    if (!newDevice.equals("cpu") && !newDevice.equals("cuda")) {
      throw UserException.usage("unknown device '%s'; choose cpu or cuda", newDevice);
    }
    if (newDevice.equals("cuda")) {
      start();
      if (!torch.cuda_is_available()) {
        throw UserException.of(
            "device cuda was asked for but this engine sees no CUDA device; use --device cpu, or build with "
                + "-Dnative.classifier=linux-x86_64-gpu on a machine with an NVIDIA driver");
      }
    }
    device = newDevice;
    if (newThreads > 0) {
      threads = newThreads;
    }
    if (started) {
      torch.set_num_threads(effectiveThreads());
    }
  }

  /**
   * Threads used inside one operation; results agree to the last bit only for equal thread counts.
   */
  public static synchronized int threads() {
    return threads;
  }

  /** {@code cpu} or {@code cuda}. */
  public static synchronized String device() {
    return device;
  }

  /** Engine name, version and matrix library, for reports and provenance. */
  public static synchronized String describe() {
    start();
    String version;
    try {
      version = Loader.getVersion("org.bytedeco", "pytorch");
    } catch (IOException e) {
      version = "of unknown version";
    }
    return "LibTorch "
        + version.replaceFirst("-.*", "")
        + (mkl ? ", MKL" : ", OpenBLAS")
        + (exact ? oneDnn ? ", oneDNN products" : "" : ", bfloat16 products")
        + ", "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }

  /**
   * True if the natives have been unpacked by an earlier run, so that starting takes no extra
   * seconds.
   */
  public static boolean unpacked() {
    try {
      Path cache = Loader.getCacheDir().toPath();
      try (Stream<Path> s = Files.list(cache)) {
        return s.anyMatch(p -> p.getFileName().toString().startsWith("pytorch"));
      }
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Loads the engine once; every tensor operation calls it through {@link Tensor}'s initialiser.
   *
   * @throws UserException on an unsupported platform, a missing native library or a foreign
   *     LibTorch
   */
  public static synchronized void start() {
    if (started) {
      return;
    }
    String platform = Loader.getPlatform();
    if (!List.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64")
        .contains(platform)) {
      throw UserException.of(
          "there is no LibTorch for this platform (%s): use Linux x86-64, macOS or Windows x86-64",
          platform);
    }
    if (!PRECISION.equals("highest") && !PRECISION.equals("medium")) {
      throw UserException.of(
          "javae.precision is '%s'; it must be highest (float32) or medium (matrix products in bfloat16)",
          PRECISION);
    }
    refuseForeignLibtorch(System.getenv("LD_LIBRARY_PATH"));
    // JavaCPP's default limit of 4 × -Xmx counts the whole process and answers with System.gc() and
    // sleeps.
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    mkl = loadMkl(platform);
    try {
      // The first class that touches LibTorch; a missing native shows here.
      torch.set_num_threads(effectiveThreads());
      torch.set_num_interop_threads(1);
      chooseProducts();
    } catch (LinkageError e) {
      throw UserException.of(
          e,
          "the LibTorch natives for %s could not be loaded (%s): build on this platform so that Maven fetches them, and"
              + " check that the disk has 1 GB free for unpacking",
          platform,
          firstLine(e));
    }
    started = true;
  }

  /**
   * LibTorch multiplies float32 by MKL, or by oneDNN where rounding to bfloat16 is allowed. A
   * processor with AVX-512 but without AMX has no use for that permission: oneDNN multiplies in
   * float32 there, and on AMD's, for which MKL has kernels of half the width only, twice as fast.
   * So the permission is given, and taken back if a product with the identity then loses a bit.
   */
  @SuppressWarnings("try") // the scope is for what is allocated in it
  private static void chooseProducts() {
    try (PointerScope scope = new PointerScope()) {
      var plain = probe(512);
      var byMkl = plain.mm(plain);
      allow(torch.Float32Precision.BF16);
      exact = givesBack(probe(64)) && givesBack(plain);
      // Two libraries add up in different orders.
      oneDnn = !plain.mm(plain).equal(byMkl);
    }
    if (!exact && PRECISION.equals("highest")) {
      allow(torch.Float32Precision.IEEE);
      exact = true;
      oneDnn = false;
    }
  }

  private static void allow(torch.Float32Precision p) {
    torch
        .globalContext()
        .setFloat32Precision(torch.Float32Backend.MKLDNN, torch.Float32Op.MATMUL, p);
  }

  /** A square matrix of numbers with all 24 bits. */
  private static org.bytedeco.pytorch.Tensor probe(int n) {
    return torch.linspace(new Scalar(1f), new Scalar(2f), (long) n * n).reshape(n, n);
  }

  private static boolean givesBack(org.bytedeco.pytorch.Tensor a) {
    var one = torch.eye(a.size(0));
    return a.mm(one).equal(a) && one.mm(a).equal(a);
  }

  /**
   * MKL with GNU threads shares one thread pool with LibTorch. As it comes, OpenBLAS brings a
   * second pool whose threads spin against LibTorch's, a factor of ten; with one LibTorch thread it
   * is only slightly slower than MKL.
   */
  private static int effectiveThreads() {
    return mkl || Loader.getPlatform().startsWith("macosx") ? threads : 1;
  }

  private static boolean loadMkl(String platform) {
    if (!platform.endsWith("x86_64")
        || platform.startsWith("macosx")
        || Boolean.getBoolean("javae.openblas")) {
      return false;
    }
    try {
      System.setProperty("org.bytedeco.openblas.load", "mkl_rt");
      Loader.load(org.bytedeco.mkl.global.mkl_rt.class);
      org.bytedeco.mkl.global.mkl_rt.MKL_Set_Threading_Layer(
          org.bytedeco.mkl.global.mkl_rt.MKL_THREADING_GNU);
      return true;
    } catch (LinkageError e) {
      System.clearProperty("org.bytedeco.openblas.load");
      return false;
    }
  }

  /**
   * A {@code libtorch_cpu.so} on the system's library path is picked up in place of the bundled one
   * and crashes.
   */
  static void refuseForeignLibtorch(String libraryPath) {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
        || Boolean.getBoolean("javae.allowForeignLibtorch")) {
      return;
    }
    String dirs =
        (libraryPath == null ? "" : libraryPath + ":")
            + "/usr/lib/x86_64-linux-gnu:/usr/local/lib:/usr/lib64:/usr/lib:/lib/x86_64-linux-gnu";
    for (String d : dirs.split(":")) {
      if (!d.isBlank() && Files.exists(Path.of(d, "libtorch_cpu.so"))) {
        throw UserException.of(
            "a foreign libtorch_cpu.so lies in %s and would be loaded instead of JaVAE's own: remove that package or take"
                + " the folder off the library path",
            d);
      }
    }
  }

  private static String firstLine(Throwable e) {
    String m = String.valueOf(e.getMessage());
    int n = m.indexOf('\n');
    return n < 0 ? m : m.substring(0, n);
  }
}
