package org.javae.models;

import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.CatalogEntry;
import org.javae.models.linear.LinearAutoencoder;
import org.javae.models.linear.Pca;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.unimodal.Autoencoder;
import org.javae.models.unimodal.BetaVae;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.UserException;

/** Every model by name: one line each, no scanning. */
public final class ModelCatalog {
  private static final List<CatalogEntry<?>> ENTRIES =
      List.of(
          CatalogEntry.of("vae", Vae.ABOUT, Vae.Config.class, Vae.Config::defaults, Vae::new),
          CatalogEntry.of(
              "beta-vae",
              BetaVae.ABOUT,
              BetaVae.Config.class,
              BetaVae.Config::defaults,
              BetaVae::new),
          CatalogEntry.of(
              "ae",
              Autoencoder.ABOUT,
              Autoencoder.Config.class,
              Autoencoder.Config::defaults,
              Autoencoder::new),
          CatalogEntry.of(
              "linear-ae",
              LinearAutoencoder.ABOUT,
              LinearAutoencoder.Config.class,
              LinearAutoencoder.Config::defaults,
              LinearAutoencoder::new),
          CatalogEntry.of(
                  "pca",
                  Pca.ABOUT,
                  LinearAutoencoder.Config.class,
                  LinearAutoencoder.Config::defaults,
                  Pca::new)
              .in(DType.FLOAT64),
          CatalogEntry.of(
                  "ppca",
                  ProbabilisticPca.ABOUT,
                  LinearAutoencoder.Config.class,
                  LinearAutoencoder.Config::defaults,
                  ProbabilisticPca::new)
              .in(DType.FLOAT64));

  private ModelCatalog() {}

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
