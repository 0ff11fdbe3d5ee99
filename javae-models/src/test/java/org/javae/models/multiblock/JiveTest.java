package org.javae.models.multiblock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.javae.models.multiblock.MultiBlockTest.N;
import static org.javae.models.multiblock.MultiBlockTest.build;
import static org.javae.models.multiblock.MultiBlockTest.centred;
import static org.javae.models.multiblock.MultiBlockTest.close;
import static org.javae.models.multiblock.MultiBlockTest.fitted;
import static org.javae.models.multiblock.MultiBlockTest.normal;
import static org.javae.models.multiblock.MultiBlockTest.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Joint and individual variation against data made of them, and against the paper's loop. */
class JiveTest {
  private static final int[] OWN = {2, 1, 3};
  private static final int[] LENGTHS = {30, 24, 36};

  /** Views of known parts. */
  private record Made(Tensor[] joint, Tensor[] own, Tensor[] views) {
    Tensor x() {
      return Tensor.cat(List.of(views), 1);
    }
  }

  /**
   * @param strength of individual variation beside the joint one
   */
  private static Made made(
      int n, int rank, int[] lengths, int[] own, double strength, double noise) {
    Tensor s = orthonormal(centred(normal(1, n, rank)));
    int views = lengths.length;
    Made m = new Made(new Tensor[views], new Tensor[views], new Tensor[views]);
    for (int k = 0; k < views; k++) {
      // Individual scores are orthogonal to the joint ones, not to those of other views.
      Tensor u = orthonormal(without(s, centred(normal(10 + k, n, own[k]))));
      double size = Math.sqrt(n) * (k + 1);
      m.joint[k] = s.matmul(normal(20 + k, rank, lengths[k])).times(size);
      m.own[k] = u.matmul(normal(30 + k, own[k], lengths[k])).times(strength * size);
      Tensor error = normal(40 + k, n, lengths[k]).times(noise * (k + 1));
      m.views[k] = m.joint[k].plus(m.own[k]).plus(error).plus(k + 3);
    }
    return m;
  }

  private static Tensor orthonormal(Tensor x) {
    return x.svd().get(0);
  }

  private static Tensor without(Tensor s, Tensor x) {
    return x.minus(s.matmul(s.t().matmul(x)));
  }

  private static Tensor part(Tensor x, int k) {
    int from = Arrays.stream(LENGTHS).limit(k).sum();
    return x.narrow(1, from, LENGTHS[k]);
  }

  private static void ranks(Jive m, int joint, int... own) {
    assertThat(m.jointRank()).as("joint rank").isEqualTo(joint);
    assertThat(m.individualRanks()).as("individual ranks").containsExactly(own);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 3})
  void withoutNoiseRanksAreFoundAndBothPartsRecovered(double strength) {
    Made d = made(N, 2, LENGTHS, OWN, strength, 0);
    Jive m = fitted("jive", Map.of("latent", 5), d.views);
    ranks(m, 2, OWN);
    Tensor joint = m.joint(d.x());
    for (int k = 0; k < 3; k++) {
      double size = d.views[k].abs().max().item();
      close(part(joint, k).div(size), d.joint[k].div(size), 1e-6);
      Tensor own = m.individual(k, d.x());
      close(own.div(size), d.own[k].div(size), 1e-6);
      assertThat(part(joint, k).t().matmul(own).abs().max().item() / (size * size * N))
          .as("joint and individual are orthogonal")
          .isLessThan(1e-8);
      double all = centred(d.views[k]).square().sum().item();
      assertThat(m.shares(k)[0]).isCloseTo(d.joint[k].square().sum().item() / all, within(1e-6));
      assertThat(m.shares(k)[1]).isCloseTo(d.own[k].square().sum().item() / all, within(1e-6));
      assertThat(m.shares(k)[2]).isCloseTo(0, within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void withNoiseRanksAreFoundToo(double strength) {
    Made d = made(300, 2, LENGTHS, OWN, strength, 0.4);
    Jive m = fitted("jive", Map.of("latent", 5), d.views);
    ranks(m, 2, OWN);
  }

  @Test
  void moreElementsThanObservationsAreNoObstacle() {
    int[] lengths = {200, 90};
    Made d = made(40, 2, lengths, new int[] {2, 1}, 1, 0.5);
    Jive m = fitted("jive", Map.of("latent", 5), d.views);
    ranks(m, 2, 2, 1);
    double error = m.joint(d.x()).minus(Tensor.cat(List.of(d.joint), 1)).square().sum().item();
    assertThat(error / Tensor.cat(List.of(d.joint), 1).square().sum().item()).isLessThan(0.1);
  }

  @Test
  void noiseAloneHasNoRanks() {
    Jive m = fitted("jive", Map.of("latent", 3), normal(1, N, 6), normal(2, N, 8));
    ranks(m, 0, 0, 0);
    Tensor x = Tensor.cat(List.of(normal(1, N, 6), normal(2, N, 8)), 1);
    assertThat(m.encode(x).abs().max().item()).isZero();
    assertThat(m.individual(1, x).abs().max().item()).isZero();
  }

  /** X − A, then J; X − J without J's scores, then A: all on the observations themselves. */
  private static List<Tensor> loop(List<Tensor> x, int rank, int[] own) {
    Tensor all = Tensor.cat(x, 1);
    Tensor a = all.times(0);
    Tensor j = a;
    for (int i = 0; i < 3000; i++) {
      List<Tensor> usv = all.minus(a).svd();
      Tensor s = usv.get(0).narrow(1, 0, rank);
      j = best(all.minus(a), rank);
      List<Tensor> parts = new ArrayList<>();
      for (int k = 0; k < x.size(); k++) {
        parts.add(best(without(s, x.get(k).minus(part(j, k))), own[k]));
      }
      Tensor next = Tensor.cat(parts, 1);
      double moved = next.minus(a).abs().max().item();
      a = next;
      if (moved < 1e-12) {
        break;
      }
    }
    return List.of(j, a);
  }

  private static Tensor best(Tensor x, int rank) {
    List<Tensor> usv = x.svd();
    Tensor v = usv.get(2).narrow(0, 0, rank);
    return x.matmul(v.t()).matmul(v);
  }

  @Test
  void bothPartsAreThoseOfThePapersLoopOnTheObservations() {
    Made d = made(N, 2, LENGTHS, OWN, 0.7, 0.5);
    List<Tensor> scaled = new ArrayList<>();
    List<Tensor> norms = new ArrayList<>();
    for (Tensor v : d.views) {
      Tensor c = centred(v);
      Tensor norm = c.square().sum().sqrt();
      norms.add(norm);
      scaled.add(c.div(norm));
    }
    List<Tensor> wanted = loop(scaled, 2, OWN);
    Jive m = fitted("jive", Map.of("latent", 2, "individual", "2,1,3"), d.views);
    Tensor joint = m.joint(d.x());
    for (int k = 0; k < 3; k++) {
      close(part(joint, k).div(norms.get(k)), part(wanted.get(0), k), 1e-7);
      close(m.individual(k, d.x()).div(norms.get(k)), part(wanted.get(1), k), 1e-7);
    }
    Tensor z = m.encode(d.x());
    close(z.t().matmul(z).div(N), Tensor.eye(2).to(DType.FLOAT64), 1e-8);
  }

  @Test
  void strongIndividualVariationDoesNotLeadTheFitAstray() {
    Made d = made(N, 1, LENGTHS, OWN, 4, 0.05);
    Jive m = fitted("jive", Map.of("latent", 1, "individual", "2,1,3"), d.views);
    Tensor joint = m.joint(d.x());
    for (int k = 0; k < 3; k++) {
      double error = part(joint, k).minus(d.joint[k]).square().sum().item();
      assertThat(error / d.joint[k].square().sum().item()).as("view " + k).isLessThan(0.01);
    }
  }

  @Test
  void ranksThatTheDataCannotHaveAreRefused() {
    assertThatThrownBy(() -> build("jive", spec(4, 3), Map.of("individual", "2,4")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("individual, of view view1, is 4; this data allows at most 3");
    assertThatThrownBy(() -> build("jive", spec(4, 3), Map.of("individual", "2,1,1")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has 3 ranks, and the data have 2 views");
    assertThatThrownBy(() -> build("jive", spec(4, 3), Map.of("individual", "few")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("individual=3,1,2");
    assertThatThrownBy(() -> build("jive", spec(4, 3), Map.of("permutations", 5)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("permutations is 5; it must be 99 or more");
  }
}
