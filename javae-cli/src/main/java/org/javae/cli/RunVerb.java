package org.javae.cli;

import org.javae.experiment.Run;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What verbs on a trained run share. */
abstract class RunVerb extends Verb {
  @Parameters(index = "0", paramLabel = "RUN", description = "The run folder.")
  String run;

  @Option(names = "--threads", paramLabel = "N", description = "Processor threads (default: all).")
  Integer threads;

  @Option(names = "--device", paramLabel = "D", description = "cpu or cuda (default cpu).")
  String device;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  /** Opens the run. */
  Run open() {
    startEngine(threads, device);
    return Run.open(path(run));
  }
}
