package org.javae.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh.",
    footer = {"", "Example:", "  source <(javae completion)"})
final class CompletionVerb extends Verb {
  @Override
  public Integer call() {
    print(AutoComplete.bash("javae", Javae.commandLine(root())));
    return 0;
  }
}
