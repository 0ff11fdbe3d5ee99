package org.javae.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.javae.core.data.Loader;
import org.javae.core.evaluate.MultimodalReport;
import org.javae.core.evaluate.Multimodality;
import org.javae.core.evaluate.ViewJudges;
import org.javae.core.io.SafeTensors;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** The report on a run of several views, with its judges kept in the run's folder. */
final class ViewMeasures {
  /** Observations unless told: a hundred draws of every subset of views take a while. */
  private static final int ROWS = 1000;

  private static final String FINGERPRINT = "fingerprint";

  private ViewMeasures() {}

  static MultimodalReport of(
      Run run, String part, int limit, Multimodality.Options o, DoubleConsumer progress) {
    Loader rows = run.rows(part, limit == 0 ? ROWS : limit);
    Loader train = run.rows("train");
    return Multimodality.evaluate(
        run.model(),
        rows,
        train,
        p ->
            ViewJudges.of(
                run.model().data().views(),
                train,
                rows,
                new Kept(run.folder().resolve("judges")),
                p),
        o,
        progress);
  }

  /** Classifiers as files within the run's folder, named by their views' place. */
  private record Kept(Path folder) implements ViewJudges.Cache {
    private Path file(String view) {
      // Names of views are the user's, so not all of them are names of files.
      return folder.resolve(view.replaceAll("[^A-Za-z0-9-]", "_") + ".safetensors");
    }

    @Override
    public Optional<Map<String, Tensor>> find(String view, String fingerprint) {
      Path file = file(view);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      try {
        SafeTensors.Loaded l = SafeTensors.read(file);
        return (view + " " + fingerprint).equals(l.metadata().get(FINGERPRINT))
            ? Optional.of(l.tensors())
            : Optional.empty();
      } catch (UserException e) {
        return Optional.empty(); // damaged: trained again
      }
    }

    @Override
    public void keep(String view, String fingerprint, Map<String, Tensor> parameters) {
      try {
        Files.createDirectories(folder);
        SafeTensors.write(file(view), parameters, Map.of(FINGERPRINT, view + " " + fingerprint));
      } catch (IOException | UserException e) {
        // a folder that cannot be written to costs the next evaluation a minute, nothing else
      }
    }
  }
}
