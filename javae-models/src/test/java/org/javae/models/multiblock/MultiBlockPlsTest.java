package org.javae.models.multiblock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.javae.models.multiblock.MultiBlockTest.N;
import static org.javae.models.multiblock.MultiBlockTest.centred;
import static org.javae.models.multiblock.MultiBlockTest.close;
import static org.javae.models.multiblock.MultiBlockTest.covariance;
import static org.javae.models.multiblock.MultiBlockTest.fitted;
import static org.javae.models.multiblock.MultiBlockTest.normal;
import static org.javae.models.multiblock.MultiBlockTest.spec;
import static org.javae.models.multiblock.MultiBlockTest.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.javae.core.model.Batch;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** Superscores against the algorithms on the rows themselves. */
class MultiBlockPlsTest {
  private static final Tensor Z = normal(1, N, 3);
  private static final Tensor A = view(2, Z, 5, 1);
  private static final Tensor B = view(3, Z, 4, 0.7);
  private static final Tensor Y = view(4, Z, 3, 1.5);

  private static Tensor unit(Tensor x) {
    return x.div(x.square().sum().sqrt());
  }

  /** A block without mean and of total variance 1. */
  private static Tensor scaled(Tensor x) {
    Tensor c = centred(x);
    return c.div(covariance(x, x).diag().sum().sqrt());
  }

  /** Westerhuis, Kourti and MacGregor's loop over blocks; superscores of length 1. */
  private static Tensor superscores(List<Tensor> given, Tensor response, int k) {
    List<Tensor> blocks = new ArrayList<>(given);
    Tensor y = centred(response);
    List<Tensor> found = new ArrayList<>();
    for (int a = 0; a < k; a++) {
      Tensor u = y.narrow(1, 0, 1);
      Tensor t = null;
      for (int i = 0; i < 3000; i++) {
        List<Tensor> scores = new ArrayList<>();
        for (Tensor x : blocks) {
          scores.add(x.matmul(unit(x.t().matmul(u))));
        }
        Tensor all = Tensor.cat(scores, 1);
        t = all.matmul(unit(all.t().matmul(u)));
        Tensor c = y.t().matmul(t).div(t.square().sum());
        u = y.matmul(c).div(c.square().sum());
      }
      Tensor super1 = unit(t);
      found.add(super1);
      blocks.replaceAll(x -> x.minus(super1.matmul(super1.t().matmul(x))));
      y = y.minus(super1.matmul(super1.t().matmul(y)));
    }
    return Tensor.cat(found, 1);
  }

  private static Tensor codes(MultiBlockPls m, Tensor... views) {
    return m.encode(Tensor.cat(List.of(views), 1)).div(Math.sqrt(N));
  }

  private static void sameUpToSign(Tensor got, Tensor wanted) {
    close(got.times(got.times(wanted).sum(0).sign().unsqueeze(0)), wanted, 1e-7);
  }

  @Test
  void superscoresAreThoseOfTheBlockAlgorithmAndOfPlsOnTheBlocksSideBySide() {
    MultiBlockPls m = fitted("mb-pls", Map.of("latent", 3, "response", "view2"), A, B, Y);
    Tensor got = codes(m, A, B, Y);
    sameUpToSign(got, superscores(List.of(scaled(A), scaled(B)), Y, 3));
    sameUpToSign(got, superscores(List.of(Tensor.cat(List.of(scaled(A), scaled(B)), 1)), Y, 3));
    for (double[] row : m.importance()) {
      assertThat(row[0] + row[1]).isCloseTo(1, within(1e-12));
      assertThat(row[2]).isZero();
    }
  }

  @Test
  void allScoresTogetherAreLeastSquares() {
    MultiBlockPls m = fitted("mb-pls", Map.of("latent", 9, "response", "view2"), A, B, Y);
    Tensor x = Tensor.cat(List.of(centred(A), centred(B)), 1);
    Tensor beta = x.t().matmul(x).inverse().matmul(x.t().matmul(centred(Y)));
    Tensor expected = x.matmul(beta).plus(Y.mean(0).unsqueeze(0));
    Tensor z = m.encode(Tensor.cat(List.of(A, B, Y), 1));
    close(m.respond(z), expected, 1e-6);
    close(m.decode(z).narrow(1, 9, 3), expected, 1e-6);
  }

  @Test
  void theResponseDoesNotHelpToPredictItself() {
    MultiBlockPls m = fitted("mb-pls", Map.of("latent", 2, "response", "view2"), A, B, Y);
    Tensor x = Tensor.cat(List.of(A, B, Y), 1);
    Tensor other = Tensor.cat(List.of(A, B, Y.times(-3)), 1);
    close(m.encode(other), m.encode(x), 1e-12);
    Tensor without = MultiBlockTest.present(1, 1, 0);
    close(m.given(other, without).posterior(other).mean(), m.encode(x), 1e-12);
  }

  @Test
  void labelsAreTheirIndicators() {
    long[] labels = IntStream.range(0, N).mapToLong(i -> i % 3).toArray();
    Tensor y = Tensor.of(labels, N);
    Tensor one = y.oneHot(3).to(DType.FLOAT64);
    Tensor a = A.plus(one.matmul(normal(9, 3, 5)).times(4));
    Tensor x = Tensor.cat(List.of(a, B), 1);
    MultiBlockPls m =
        fitted("mb-pls", spec(5, 4).labelled(3), Map.of("latent", 2), new Batch(x, y));
    sameUpToSign(codes(m, a, B), superscores(List.of(scaled(a), scaled(B)), one, 2));
    long[] said = m.respond(m.encode(x)).argmax(1).toLongs();
    long right = IntStream.range(0, N).filter(i -> said[i] == labels[i]).count();
    assertThat(right).isGreaterThan(90 * N / 100);
    assertThatThrownBy(
            () -> fitted("mb-pls", spec(5, 4), Map.of("response", "label"), new Batch(x, y)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("these data have none");
    assertThatThrownBy(
            () -> fitted("mb-pls", spec(5, 4), Map.of("response", "view7"), new Batch(x, y)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no view 'view7'");
  }
}
