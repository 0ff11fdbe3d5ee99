package org.javae.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.javae.core.config.Nearest;
import org.javae.tensor.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code javae}. */
@Command(
    name = "javae",
    description = "Variational autoencoders: from data to a trained, measured and drawn model.",
    versionProvider = Javae.Version.class,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      DemoVerb.class,
      TrainVerb.class,
      EvaluateVerb.class,
      CompareVerb.class,
      ReproduceVerb.class,
      PictureVerbs.Reconstruct.class,
      PictureVerbs.Generate.class,
      PictureVerbs.Interpolate.class,
      PictureVerbs.Traverse.class,
      PictureVerbs.Manifold.class,
      WalkVerbs.AttributeVerb.class,
      WalkVerbs.Analogy.class,
      WalkVerbs.MapVerb.class,
      WalkVerbs.Sampling.class,
      DiagnosisVerbs.CollapseVerb.class,
      DiagnosisVerbs.Bounds.class,
      TrajectoryVerb.class,
      SegmentsVerb.class,
      SamplerVerb.class,
      EncodeVerb.class,
      DecodeVerb.class,
      ImputeVerb.class,
      ModelsVerb.class,
      DataVerb.class,
      ExportVerb.class,
      DoctorVerb.class,
      CompletionVerb.class
    },
    footer = {
      "",
      "Examples:",
      "  javae demo",
      "  javae train strokes --model vae --latent 2 --epochs 10",
      "  javae evaluate runs/vae-strokes-1 --nll-samples 100",
      "",
      "'javae VERB --help' tells more of a verb."
    })
public final class Javae implements Callable<Integer> {
  private static final int HELP_WIDTH = 100;

  private final Terminal terminal;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean debug;

  private Javae(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Entry of the process. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("warm-up")) {
      warmUp();
      return;
    }
    int code = run(Terminal.ofProcess(), args);
    System.out.flush();
    System.exit(code);
  }

  /**
   * Runs a command line in this process.
   *
   * @return the exit code: 0 done, 1 something about data, files or the machine is wrong, 2 the
   *     request itself is
   */
  public static int run(PrintStream out, PrintStream err, String... args) {
    return run(Terminal.plain(out, err), args);
  }

  static int run(Terminal terminal, String... args) {
    Javae root = new Javae(terminal);
    CommandLine line = commandLine(root);
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      return root.fail(line, e);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  /**
   * Touches the classes that help and listings need, while the launcher has Java write down which
   * classes were loaded.
   */
  private static void warmUp() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    for (String[] args :
        new String[][] {
          {"--help"}, {"train", "--help"}, {"--version"}, {"models", "vae"}, {"train", "--epoch"}
        }) {
      run(nowhere, nowhere, args);
    }
  }

  /** The tree of verbs by itself. */
  static CommandLine commandLine() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return commandLine(new Javae(Terminal.plain(nowhere, nowhere)));
  }

  /** The tree of verbs, for help, completion and documentation. */
  static CommandLine commandLine(Javae root) {
    CommandLine line = new CommandLine(root);
    line.setOut(new PrintWriter(root.terminal.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(root.terminal.err(), true, StandardCharsets.UTF_8));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(root.terminal.colour() ? Ansi.ON : Ansi.OFF));
    line.setAllowOptionsAsOptionParameters(false);
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setParameterExceptionHandler((e, args) -> root.misused(e, args));
    line.setExecutionExceptionHandler((e, command, result) -> root.fail(command, e));
    arrange(line);
    return line;
  }

  /** What the annotations of every verb would have to repeat. */
  private static void arrange(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    spec.mixinStandardHelpOptions(true);
    OptionSpec help = spec.findOption("--help");
    if (help != null) {
      spec.remove(help);
      spec.addOption(OptionSpec.builder(help).description("Show this help.").build());
    }
    OptionSpec version = spec.findOption("--version");
    if (version != null) {
      spec.remove(version);
      boolean top = spec.parent() == null;
      spec.addOption(
          OptionSpec.builder(version).hidden(!top).description("Show the version.").build());
      spec.versionProvider(new Version());
    }
    spec.usageMessage()
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .autoWidth(false)
        .parameterListHeading("%n")
        .optionListHeading("%n")
        .commandListHeading("%nVerbs:%n");
    line.getSubcommands().values().forEach(Javae::arrange);
  }

  Terminal terminal() {
    return terminal;
  }

  /** How the user called this command, for advice that can be typed as it stands. */
  static String command() {
    String c = System.getProperty("javae.command", "javae");
    return c.contains(" ") ? "'" + c + "'" : c;
  }

  @Override
  public Integer call() {
    commandLine(this)
        .usage(
            terminal.out(),
            CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
    return 0;
  }

  private int fail(CommandLine command, Throwable t) {
    String hint =
        command.getCommand() instanceof Verb v
            ? v.memoryHint()
            : "use fewer observations with --limit";
    terminal.out().flush();
    terminal.err().println("javae: " + Failure.sentence(t, hint));
    if (debug) {
      t.printStackTrace(terminal.err());
    }
    return Failure.exitCode(t);
  }

  /** A wrong option or verb: says so in a line, and in another what was probably meant. */
  private int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    if (e.getCause() instanceof UserException u) {
      terminal.err().println("javae: " + u.getMessage());
      return 2;
    }
    String name = command.getCommandSpec().qualifiedName();
    String said = e.getMessage().lines().findFirst().orElse("");
    String advice = "see: " + name + " --help";
    if (e instanceof UnmatchedArgumentException u && !u.getUnmatched().isEmpty()) {
      String word = u.getUnmatched().get(0);
      List<String> names = new ArrayList<>();
      boolean option = word.startsWith("-") && word.length() > 1;
      if (option) {
        word = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        command.getCommandSpec().options().stream()
            .filter(o -> !o.hidden())
            .forEach(o -> names.add(o.longestName()));
        said = "unknown option '" + word + "'";
      } else if (!command.getSubcommands().isEmpty()) {
        names.addAll(command.getSubcommands().keySet());
        said = "there is no verb '" + word + "'";
      } else {
        said = "'" + word + "' is one argument too many";
      }
      List<String> near = Nearest.to(word, names);
      if (!near.isEmpty()) {
        advice = "did you mean " + String.join(" or ", near) + "? (" + advice + ")";
      }
    } else if (!said.isEmpty()) {
      said = Character.toLowerCase(said.charAt(0)) + said.substring(1);
    }
    terminal.err().println(name + ": " + said);
    terminal.err().println(advice);
    if (debug) {
      e.printStackTrace(terminal.err());
    }
    return 2;
  }

  /** From the manifest, without loading anything else. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String v = Javae.class.getPackage().getImplementationVersion();
      return new String[] {
        "javae "
            + (v == null ? "development" : v)
            + " (Java "
            + Runtime.version()
            + ", "
            + System.getProperty("os.name")
            + ")"
      };
    }
  }
}
