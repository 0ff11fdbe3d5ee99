package org.javae.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
  @Nested
  class ForeignLibtorch {
    @TempDir Path dir;

    @BeforeEach
    void onLinuxOnly() {
      assumeTrue(System.getProperty("os.name").startsWith("Linux"), "library paths are Linux's");
    }

    @Test
    void onTheLibraryPathIsRefusedInOneSentence() throws IOException {
      Path folder = Files.createDirectory(dir.resolve("libs"));
      Files.createFile(folder.resolve("libtorch_cpu.so"));
      assertThatThrownBy(() -> Engine.refuseForeignLibtorch("/nowhere::" + folder))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("a foreign libtorch_cpu.so lies in " + folder)
          .hasMessageContaining("remove that package")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
          .satisfies(e -> assertThat(((UserException) e).exitCode()).isEqualTo(1));
    }

    @Test
    void canBeAllowedOnPurpose() throws IOException {
      Files.createFile(dir.resolve("libtorch_cpu.so"));
      System.setProperty("javae.allowForeignLibtorch", "true");
      try {
        assertThatCode(() -> Engine.refuseForeignLibtorch(dir.toString()))
            .doesNotThrowAnyException();
      } finally {
        System.clearProperty("javae.allowForeignLibtorch");
      }
    }

    @Test
    void itsAbsenceIsFine() {
      assertThatCode(() -> Engine.refuseForeignLibtorch(dir.toString())).doesNotThrowAnyException();
      assertThatCode(() -> Engine.refuseForeignLibtorch(null)).doesNotThrowAnyException();
      assertThatCode(() -> Engine.refuseForeignLibtorch("")).doesNotThrowAnyException();
    }
  }

  @Test
  void wrongOptionsAreUsageErrorsAndChangeNothing() {
    int threads = Engine.threads();
    assertThatThrownBy(() -> Engine.configure(-1, "cpu"))
        .isInstanceOf(UserException.class)
        .hasMessage("--threads is -1; it must be 1 or more (0: all processors)")
        .satisfies(e -> assertThat(((UserException) e).exitCode()).isEqualTo(2));
    assertThatThrownBy(() -> Engine.configure(3, "tpu"))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown device 'tpu'; choose cpu or cuda")
        .satisfies(e -> assertThat(((UserException) e).exitCode()).isEqualTo(2));
    assertThat(Engine.threads()).isEqualTo(threads);
    assertThat(Engine.device()).isEqualTo("cpu");
  }

  @Test
  void anAbsentGpuIsOneSentence() {
    Engine.start();
    assumeTrue(!torch.cuda_is_available(), "this machine has a CUDA device");
    int threads = Engine.threads();
    assertThatThrownBy(() -> Engine.configure(threads + 1, "cuda"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no CUDA device")
        .hasMessageContaining("--device cpu")
        .satisfies(e -> assertThat(((UserException) e).exitCode()).isEqualTo(1));
    assertThat(Engine.device()).isEqualTo("cpu");
    assertThat(Engine.threads()).isEqualTo(threads);
    assertThat(Tensor.ones(2).sum().item()).isEqualTo(2);
  }

  @Test
  void threadsCanChangeAfterTheStart() {
    int before = Engine.threads();
    try {
      Engine.configure(1, "cpu");
      assertThat(Engine.threads()).isEqualTo(1);
      assertThat(torch.get_num_threads()).isEqualTo(1);
      assertThat(Engine.describe()).startsWith("LibTorch 2.").endsWith(", 1 thread");
      Engine.configure(0, "cpu");
      assertThat(Engine.threads()).isEqualTo(1);
    } finally {
      Engine.configure(before, "cpu");
    }
  }

  /** Whatever library multiplies, float32 keeps its 24 bits: bfloat16 would be off by 0.004. */
  @Test
  void productsKeepTheBitsOfFloat32() {
    Scope.run(
        () -> {
          Rng r = Rng.of(3);
          for (int n : new int[] {3, 40, 300}) {
            Tensor a = r.normal(n, 2 * n);
            Tensor b = r.normal(2 * n, n);
            Tensor want = a.to(DType.FLOAT64).matmul(b.to(DType.FLOAT64));
            Tensor off = a.matmul(b).to(DType.FLOAT64).minus(want).abs().max();
            assertThat(off.item()).isLessThan(1e-6 * n);
          }
        });
  }
}
