package org.javae.cli;

import org.javae.experiment.Run;
import picocli.CommandLine.Parameters;

/** What verbs on a trained run share. */
abstract class RunVerb extends EngineVerb {
  @Parameters(index = "0", paramLabel = "RUN", description = "The run folder.")
  String run;

  /** Opens the run. */
  Run open() {
    startEngine();
    return Run.open(path(run));
  }
}
