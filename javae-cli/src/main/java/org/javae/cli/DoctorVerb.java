package org.javae.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.experiment.Doctor;
import org.javae.experiment.Doctor.Finding;
import org.javae.experiment.Doctor.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "doctor",
    description = "Say what this machine, and this data with this model, will run into.",
    footer = {
      "",
      "Examples:",
      "  javae doctor",
      "  javae doctor wine.csv --model vae --set likelihood=bernoulli",
      "",
      "Takes the options of train. Exit code 1 if something will fail."
    })
final class DoctorVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "DATA",
      description = "Data to look at; without, the machine.")
  String data;

  @Mixin Setup setup = new Setup();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Override
  public Integer call() {
    List<Finding> findings;
    startEngine(setup.threads, setup.device);
    if (data == null) {
      findings = Doctor.machine();
    } else {
      if (setup.model == null && setup.config == null) {
        setup.model = "vae";
      }
      Bar bar = new Bar(terminal(), json);
      findings = Doctor.data(setup.settings(data), bar::activity);
      bar.clear();
    }
    boolean fails = findings.stream().anyMatch(f -> f.status() == Status.FAIL);
    if (json) {
      Map<String, Object> o = new LinkedHashMap<>();
      o.put("ok", !fails);
      List<Map<String, Object>> list = new ArrayList<>();
      for (Finding f : findings) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("status", word(f.status()));
        m.put("topic", f.topic());
        m.put("text", f.text());
        list.add(m);
      }
      o.put("findings", list);
      json(o);
    } else {
      show(findings);
    }
    return fails ? 1 : 0;
  }

  private static String word(Status s) {
    return s.name().toLowerCase(Locale.ROOT);
  }

  private void show(List<Finding> findings) {
    int width = findings.stream().mapToInt(f -> f.topic().length()).max().orElse(0);
    for (Finding f : findings) {
      int colour = f.status() == Status.OK ? 2 : f.status() == Status.WARN ? 3 : 1;
      String status =
          terminal().coloured(colour, String.format(Locale.ROOT, "%-4s", word(f.status())));
      print(status + "  " + f.topic() + " ".repeat(width - f.topic().length()) + "  " + f.text());
    }
    long fail = findings.stream().filter(f -> f.status() == Status.FAIL).count();
    long warn = findings.stream().filter(f -> f.status() == Status.WARN).count();
    print(
        fail > 0
            ? Text.count(fail, "thing", "things") + " will fail."
            : warn > 0
                ? "It will run; " + Text.count(warn, "thing", "things") + " to look at."
                : "All is well.");
  }

  @Override
  String memoryHint() {
    return "lower --batch or --limit, or choose a smaller network";
  }
}
