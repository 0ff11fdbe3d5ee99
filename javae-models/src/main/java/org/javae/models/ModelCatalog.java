package org.javae.models;

import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.About;
import org.javae.core.model.CatalogEntry;
import org.javae.models.density.GaussianMixture;
import org.javae.models.density.MadeModel;
import org.javae.models.density.Maf;
import org.javae.models.density.PixelCnn;
import org.javae.models.density.Rbm;
import org.javae.models.discrete.VqVae;
import org.javae.models.discrete.VqVae2;
import org.javae.models.linear.FastIca;
import org.javae.models.linear.LinearAutoencoder;
import org.javae.models.linear.Pca;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.multiblock.Jive;
import org.javae.models.multiblock.Mcca;
import org.javae.models.multiblock.MultiBlockPls;
import org.javae.models.multimodal.CvaeViews;
import org.javae.models.multimodal.Dmvae;
import org.javae.models.multimodal.Jmvae;
import org.javae.models.multimodal.M2vae;
import org.javae.models.multimodal.Meme;
import org.javae.models.multimodal.Mfm;
import org.javae.models.multimodal.Mmjsd;
import org.javae.models.multimodal.Mmvae;
import org.javae.models.multimodal.MmvaePlus;
import org.javae.models.multimodal.MoPoE;
import org.javae.models.multimodal.MultimodalVae;
import org.javae.models.multimodal.Mvae;
import org.javae.models.multimodal.Mvtcae;
import org.javae.models.multimodal.Telbo;
import org.javae.models.unimodal.AdversarialAutoencoder;
import org.javae.models.unimodal.Autoencoder;
import org.javae.models.unimodal.BetaTcVae;
import org.javae.models.unimodal.BetaVae;
import org.javae.models.unimodal.CategoricalVae;
import org.javae.models.unimodal.Ciwae;
import org.javae.models.unimodal.ConditionalVae;
import org.javae.models.unimodal.DipVae;
import org.javae.models.unimodal.FactorVae;
import org.javae.models.unimodal.Hvae;
import org.javae.models.unimodal.InfoVae;
import org.javae.models.unimodal.Ivae;
import org.javae.models.unimodal.Iwae;
import org.javae.models.unimodal.MsSsimVae;
import org.javae.models.unimodal.Nvae;
import org.javae.models.unimodal.Piwae;
import org.javae.models.unimodal.PoincareVae;
import org.javae.models.unimodal.Rae;
import org.javae.models.unimodal.SinkhornAe;
import org.javae.models.unimodal.SlicedWae;
import org.javae.models.unimodal.SphericalVae;
import org.javae.models.unimodal.TextVae;
import org.javae.models.unimodal.Vade;
import org.javae.models.unimodal.Vae;
import org.javae.models.unimodal.VaeGan;
import org.javae.models.unimodal.WaeGan;
import org.javae.models.unimodal.WaeMmd;
import org.javae.tensor.DType;
import org.javae.tensor.UserException;

/** Every model by name, in reading order: one line each, no scanning. */
public final class ModelCatalog {
  private static final List<CatalogEntry<?>> ENTRIES =
      List.of(
          // The VAE, bounds, priors and posteriors
          CatalogEntry.of("vae", Vae.ABOUT, Vae.Config.class, Vae.Config::defaults, Vae::new),
          CatalogEntry.of(
              "beta-vae",
              BetaVae.ABOUT,
              BetaVae.Config.class,
              BetaVae.Config::defaults,
              BetaVae::new),
          CatalogEntry.of("iwae", Iwae.ABOUT, Iwae.Config.class, Iwae.Config::defaults, Iwae::new),
          CatalogEntry.of(
              "miwae", Iwae.ABOUT_MULTIPLE, Iwae.Config.class, Iwae.Config::multiple, Iwae::new),
          CatalogEntry.of(
              "piwae", Piwae.ABOUT, Piwae.Config.class, Piwae.Config::defaults, Piwae::new),
          CatalogEntry.of(
              "ciwae", Ciwae.ABOUT, Ciwae.Config.class, Ciwae.Config::defaults, Ciwae::new),
          vaeWith("vamp-vae", Vae.ABOUT_VAMP, "vamp"),
          vaeWith("exemplar-vae", Vae.ABOUT_EXEMPLAR, "exemplar"),
          vaeWith("implicit-vae", Vae.ABOUT_IMPLICIT, "implicit"),
          vaeDrawing("full-vae", Vae.ABOUT_FULL, "full"),
          vaeDrawing("planar-vae", Vae.ABOUT_PLANAR, "planar"),
          vaeDrawing("radial-vae", Vae.ABOUT_RADIAL, "radial"),
          vaeDrawing("iaf-vae", Vae.ABOUT_IAF, "iaf"),
          CatalogEntry.of(
              "svae",
              SphericalVae.ABOUT,
              SphericalVae.Config.class,
              SphericalVae.Config::defaults,
              SphericalVae::new),
          CatalogEntry.of(
              "poincare-vae",
              PoincareVae.ABOUT,
              PoincareVae.Config.class,
              PoincareVae.Config::defaults,
              PoincareVae::new),
          CatalogEntry.of(
              "categorical-vae",
              CategoricalVae.ABOUT,
              CategoricalVae.Config.class,
              CategoricalVae.Config::defaults,
              CategoricalVae::new),
          // Penalties
          CatalogEntry.of(
              "beta-tc-vae",
              BetaTcVae.ABOUT,
              BetaTcVae.Config.class,
              BetaTcVae.Config::defaults,
              BetaTcVae::new),
          CatalogEntry.of(
              "factor-vae",
              FactorVae.ABOUT,
              FactorVae.Config.class,
              FactorVae.Config::defaults,
              FactorVae::new),
          CatalogEntry.of(
              "dip-vae", DipVae.ABOUT, DipVae.Config.class, DipVae.Config::defaults, DipVae::new),
          CatalogEntry.of(
              "info-vae",
              InfoVae.ABOUT,
              InfoVae.Config.class,
              InfoVae.Config::defaults,
              InfoVae::new),
          CatalogEntry.of(
              "ms-ssim-vae",
              MsSsimVae.ABOUT,
              MsSsimVae.Config.class,
              MsSsimVae.Config::defaults,
              MsSsimVae::new),
          CatalogEntry.of(
              "vae-gan", VaeGan.ABOUT, VaeGan.Config.class, VaeGan.Config::defaults, VaeGan::new),
          CatalogEntry.of(
              "aae",
              AdversarialAutoencoder.ABOUT,
              AdversarialAutoencoder.Config.class,
              AdversarialAutoencoder.Config::defaults,
              AdversarialAutoencoder::new),
          // Several levels, codebooks, clusters, sentences, labels
          CatalogEntry.of("hvae", Hvae.ABOUT, Hvae.Config.class, Hvae.Config::defaults, Hvae::new),
          CatalogEntry.of("nvae", Nvae.ABOUT, Nvae.Config.class, Nvae.Config::defaults, Nvae::new),
          CatalogEntry.of(
              "vq-vae", VqVae.ABOUT, VqVae.Config.class, VqVae.Config::defaults, VqVae::new),
          CatalogEntry.of(
              "vq-vae-2", VqVae2.ABOUT, VqVae2.Config.class, VqVae2.Config::defaults, VqVae2::new),
          CatalogEntry.of("vade", Vade.ABOUT, Vade.Config.class, Vade.Config::defaults, Vade::new)
              .keepingGreys(),
          CatalogEntry.of(
              "text-vae",
              TextVae.ABOUT,
              TextVae.Config.class,
              TextVae.Config::defaults,
              TextVae::new),
          CatalogEntry.of(
              "cvae",
              ConditionalVae.ABOUT,
              ConditionalVae.Config.class,
              ConditionalVae.Config::defaults,
              ConditionalVae::new),
          CatalogEntry.of("ivae", Ivae.ABOUT, Ivae.Config.class, Ivae.Config::defaults, Ivae::new),
          // Several views
          CatalogEntry.of("mvae", Mvae.ABOUT, Mvae.Config.class, Mvae.Config::defaults, Mvae::new),
          CatalogEntry.of(
              "mmvae", Mmvae.ABOUT, Mmvae.Config.class, Mmvae.Config::defaults, Mmvae::new),
          CatalogEntry.of(
              "mopoe",
              MoPoE.ABOUT,
              MultimodalVae.Config.class,
              MultimodalVae.Config::defaults,
              MoPoE::new),
          CatalogEntry.of(
              "mvtcae", Mvtcae.ABOUT, Mvtcae.Config.class, Mvtcae.Config::defaults, Mvtcae::new),
          CatalogEntry.of(
              "mmvae-plus",
              MmvaePlus.ABOUT,
              MmvaePlus.Config.class,
              MmvaePlus.Config::defaults,
              MmvaePlus::new),
          CatalogEntry.of(
              "mmjsd",
              Mmjsd.ABOUT,
              MultimodalVae.Config.class,
              MultimodalVae.Config::defaults,
              Mmjsd::new),
          CatalogEntry.of(
              "dmvae", Dmvae.ABOUT, Dmvae.Config.class, Dmvae.Config::defaults, Dmvae::new),
          CatalogEntry.of(
              "jmvae", Jmvae.ABOUT, Jmvae.Config.class, Jmvae.Config::defaults, Jmvae::new),
          CatalogEntry.of(
              "telbo", Telbo.ABOUT, Telbo.Config.class, Telbo.Config::defaults, Telbo::new),
          CatalogEntry.of(
              "m2vae", M2vae.ABOUT, M2vae.Config.class, M2vae.Config::defaults, M2vae::new),
          CatalogEntry.of("mfm", Mfm.ABOUT, Mfm.Config.class, Mfm.Config::defaults, Mfm::new),
          CatalogEntry.of("meme", Meme.ABOUT, Meme.Config.class, Meme.Config::defaults, Meme::new),
          CatalogEntry.of(
              "cvae-views",
              CvaeViews.ABOUT,
              CvaeViews.Config.class,
              CvaeViews.Config::defaults,
              CvaeViews::new),
          // Autoencoders without a density
          CatalogEntry.of(
                  "ae",
                  Autoencoder.ABOUT,
                  Autoencoder.Config.class,
                  Autoencoder.Config::defaults,
                  Autoencoder::new)
              .keepingGreys(),
          CatalogEntry.of(
                  "wae-mmd",
                  WaeMmd.ABOUT,
                  WaeMmd.Config.class,
                  WaeMmd.Config::defaults,
                  WaeMmd::new)
              .keepingGreys(),
          CatalogEntry.of(
                  "wae-gan",
                  WaeGan.ABOUT,
                  WaeGan.Config.class,
                  WaeGan.Config::defaults,
                  WaeGan::new)
              .keepingGreys(),
          CatalogEntry.of(
                  "swae",
                  SlicedWae.ABOUT,
                  SlicedWae.Config.class,
                  SlicedWae.Config::defaults,
                  SlicedWae::new)
              .keepingGreys(),
          CatalogEntry.of(
                  "sinkhorn-ae",
                  SinkhornAe.ABOUT,
                  SinkhornAe.Config.class,
                  SinkhornAe.Config::defaults,
                  SinkhornAe::new)
              .keepingGreys(),
          CatalogEntry.of("rae", Rae.ABOUT, Rae.Config.class, Rae.Config::defaults, Rae::new)
              .keepingGreys(),
          CatalogEntry.of(
                  "linear-ae",
                  LinearAutoencoder.ABOUT,
                  LinearAutoencoder.Config.class,
                  LinearAutoencoder.Config::defaults,
                  LinearAutoencoder::new)
              .keepingGreys(),
          // Closed forms, densities and other rivals
          CatalogEntry.of(
                  "pca",
                  Pca.ABOUT,
                  LinearAutoencoder.Config.class,
                  LinearAutoencoder.Config::defaults,
                  Pca::new)
              .in(DType.FLOAT64)
              .keepingGreys(),
          CatalogEntry.of(
                  "ppca",
                  ProbabilisticPca.ABOUT,
                  LinearAutoencoder.Config.class,
                  LinearAutoencoder.Config::defaults,
                  ProbabilisticPca::new)
              .in(DType.FLOAT64)
              .keepingGreys(),
          CatalogEntry.of(
                  "fastica",
                  FastIca.ABOUT,
                  FastIca.Config.class,
                  FastIca.Config::defaults,
                  FastIca::new)
              .in(DType.FLOAT64),
          CatalogEntry.of(
                  "gmm",
                  GaussianMixture.ABOUT,
                  GaussianMixture.Config.class,
                  GaussianMixture.Config::defaults,
                  GaussianMixture::new)
              .in(DType.FLOAT64)
              .keepingGreys(),
          CatalogEntry.of("maf", Maf.ABOUT, Maf.Config.class, Maf.Config::defaults, Maf::new)
              .keepingGreys(),
          CatalogEntry.of(
              "made",
              MadeModel.ABOUT,
              MadeModel.Config.class,
              MadeModel.Config::defaults,
              MadeModel::new),
          CatalogEntry.of(
              "pixelcnn",
              PixelCnn.ABOUT,
              PixelCnn.Config.class,
              PixelCnn.Config::defaults,
              PixelCnn::new),
          CatalogEntry.of("rbm", Rbm.ABOUT, Rbm.Config.class, Rbm.Config::defaults, Rbm::new),
          CatalogEntry.of("mcca", Mcca.ABOUT, Mcca.Config.class, Mcca.Config::defaults, Mcca::new)
              .in(DType.FLOAT64)
              .keepingGreys(),
          CatalogEntry.of(
                  "mb-pls",
                  MultiBlockPls.ABOUT,
                  MultiBlockPls.Config.class,
                  MultiBlockPls.Config::defaults,
                  MultiBlockPls::new)
              .in(DType.FLOAT64)
              .keepingGreys(),
          CatalogEntry.of("jive", Jive.ABOUT, Jive.Config.class, Jive.Config::defaults, Jive::new)
              .in(DType.FLOAT64)
              .keepingGreys());

  private ModelCatalog() {}

  /** The VAE under the name of its posterior. */
  private static CatalogEntry<Vae.Config> vaeDrawing(String name, About about, String posterior) {
    return CatalogEntry.of(
        name,
        about,
        Vae.Config.class,
        d -> Vae.Config.defaults(d).withPosterior(posterior),
        Vae::new);
  }

  /** The VAE under the name of its prior. */
  private static CatalogEntry<Vae.Config> vaeWith(String name, About about, String prior) {
    return CatalogEntry.of(
        name, about, Vae.Config.class, d -> Vae.Config.defaults(d).withPrior(prior), Vae::new);
  }

  /** All models, in reading order. */
  public static List<CatalogEntry<?>> entries() {
    return ENTRIES;
  }

  /**
   * The model of this name.
   *
   * @throws UserException naming the nearest if there is none
   */
  public static CatalogEntry<?> get(String name) {
    return ENTRIES.stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserException.usage(
                    "unknown model '%s'; %s",
                    name,
                    Nearest.suggestion(name, ENTRIES.stream().map(CatalogEntry::name).toList())));
  }
}
