package org.javae.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.model.CatalogEntry;
import org.javae.experiment.Keys;
import org.javae.models.ModelCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "models",
    description = "List the models, or tell of one: its equation, citation and keys.",
    footer = {
      "",
      "Examples:",
      "  javae models",
      "  javae models beta-vae",
      "  javae models --json"
    })
final class ModelsVerb extends Verb {
  @Parameters(arity = "0..1", paramLabel = "NAME", description = "One model.")
  String name;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Override
  public Integer call() {
    if (name != null) {
      CatalogEntry<?> e = ModelCatalog.get(name);
      if (json) {
        json(object(e));
      } else {
        show(e);
      }
      return 0;
    }
    if (json) {
      json(Map.of("models", ModelCatalog.entries().stream().map(ModelsVerb::object).toList()));
      return 0;
    }
    print(
        Text.table(
            ModelCatalog.entries().stream()
                .map(e -> List.of(e.name(), e.about().title(), e.about().equation()))
                .toList()));
    print("");
    print("'" + Javae.command() + " models NAME' lists the keys of one.");
    return 0;
  }

  private static Map<String, Object> object(CatalogEntry<?> e) {
    Map<String, Object> o = new LinkedHashMap<>();
    o.put("name", e.name());
    o.put("title", e.about().title());
    o.put("equation", e.about().equation());
    o.put("citation", e.about().citation());
    o.put("options", Keys.ofModel(e));
    return o;
  }

  private void show(CatalogEntry<?> e) {
    print(terminal().bold(e.name()) + ": " + e.about().title());
    print("  " + e.about().equation());
    print("  " + e.about().citation());
    List<List<String>> rows = new ArrayList<>();
    group(rows, "The model's keys for --set, with the defaults for 28×28 images:", Keys.ofModel(e));
    group(rows, "Training:", Keys.ofTraining());
    group(rows, "Data:", Keys.ofData());
    // One table, so that all three groups line up; headings and blank lines stand alone.
    print(Text.table(rows));
  }

  private static void group(List<List<String>> rows, String heading, List<Keys.Key> keys) {
    rows.add(List.of(""));
    rows.add(List.of(heading));
    for (Keys.Key k : keys) {
      rows.add(List.of("  " + k.name(), value(k.value()), k.meaning()));
    }
  }

  private static String value(Object v) {
    if (v == null) {
      return "-";
    }
    if (v instanceof Number n
        && n.doubleValue() == Math.rint(n.doubleValue())
        && Math.abs(n.doubleValue()) < 1e9) {
      return String.valueOf(n.longValue());
    }
    return v.toString().isEmpty() ? "-" : v.toString();
  }
}
