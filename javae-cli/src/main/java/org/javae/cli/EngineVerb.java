package org.javae.cli;

import picocli.CommandLine.Option;

/** What verbs share that compute: where they do, and how they report. */
abstract class EngineVerb extends Verb {
  @Option(names = "--threads", paramLabel = "N", description = "Processor threads (default: all).")
  Integer threads;

  @Option(names = "--device", paramLabel = "D", description = "cpu or cuda (default cpu).")
  String device;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  /** As asked for on the command line. */
  final void startEngine() {
    startEngine(threads, device);
  }
}
