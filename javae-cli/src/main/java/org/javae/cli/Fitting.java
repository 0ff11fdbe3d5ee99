package org.javae.cli;

import picocli.CommandLine.Option;

/** Options of a model and its training, whatever the data; {@code sampler} has these only. */
class Fitting extends Tuning {
  @Option(
      names = "--model",
      order = 0,
      paramLabel = "NAME",
      description = "The model; 'javae models' lists them.")
  String model;
}
