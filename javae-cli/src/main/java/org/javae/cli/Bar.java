package org.javae.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainListener;

/**
 * Progress on stderr: one live line on a terminal, else a line an epoch. Called from the training
 * thread only.
 */
final class Bar implements TrainListener {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int BAR_WIDTH = 16;

  private final Terminal terminal;
  private final boolean live;
  private final boolean silent;
  private final int width;
  private long drawn;
  private boolean onLine;
  private Progress last;
  private EpochRecord record;

  /**
   * @param quiet nothing but messages
   */
  Bar(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.silent = quiet;
    this.live = terminal.live() && !quiet;
    this.width = live ? terminal.width() : 0;
  }

  @Override
  public void step(Progress p) {
    last = p;
    if (live && System.nanoTime() - drawn > REDRAW_NANOS) {
      draw(line(p));
    }
  }

  @Override
  public void epoch(EpochRecord e) {
    record = e;
    if (live) {
      if (last != null) {
        draw(line(last));
      }
    } else if (!silent) {
      terminal.err().println(epochLine(e));
    }
  }

  @Override
  public void message(String sentence) {
    clear();
    terminal.err().println("javae: " + sentence);
  }

  /** Removes the live line. */
  void clear() {
    if (onLine) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
      onLine = false;
    }
  }

  private void draw(String line) {
    drawn = System.nanoTime();
    onLine = true;
    String cut = line.length() >= width ? line.substring(0, width - 1) : line;
    terminal.err().print("\r" + cut + "\u001b[K");
    terminal.err().flush();
  }

  /** A fraction as a bar of eighths. */
  static String bar(double fraction, int cells) {
    int eighths = (int) Math.round(Math.max(0, Math.min(1, fraction)) * cells * 8);
    String s =
        "█".repeat(eighths / 8)
            + (eighths % 8 == 0 ? "" : String.valueOf(" ▏▎▍▌▋▊▉".charAt(eighths % 8)));
    return s + "·".repeat(cells - s.length());
  }

  /** As much as fits, the most important first. */
  private String line(Progress p) {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            Locale.ROOT,
            "epoch %d/%d %s",
            p.epoch(),
            p.epochs(),
            bar((p.epoch() - 1 + (double) p.done() / p.size()) / p.epochs(), BAR_WIDTH)));
    parts.addAll(terms(p.means()));
    if (record != null && record.validation().containsKey("active_units")) {
      parts.add(String.format(Locale.ROOT, "active %.0f", record.validation().get("active_units")));
    }
    if (record != null && record.validation().containsKey("codebook_usage")) {
      parts.add(codes(record.validation()));
    }
    pace(parts, p);
    return String.join("  ", parts);
  }

  private static void pace(List<String> parts, Progress p) {
    if (Double.isFinite(p.observationsPerSecond())) {
      parts.add(Text.rate(p.observationsPerSecond()) + " obs/s");
      parts.add("ETA " + Text.clock(p.secondsLeft()));
    }
  }

  private static List<String> terms(Map<String, Double> m) {
    List<String> parts = new ArrayList<>();
    if (m.containsKey("nll") && m.containsKey("kl")) {
      parts.add("ELBO " + Text.nats(-m.get("nll") - m.get("kl")));
      parts.add("recon " + Text.nats(m.get("nll")));
      parts.add("KL " + Text.nats(m.get("kl")));
    } else {
      m.forEach(
          (k, v) -> {
            if (!k.equals("loss") || m.size() == 1) {
              parts.add(k.replace('_', ' ') + " " + Text.nats(v));
            }
          });
    }
    return parts;
  }

  private String epochLine(EpochRecord e) {
    List<String> parts = new ArrayList<>();
    parts.add("epoch " + e.epoch() + (last == null ? "" : "/" + last.epochs()));
    parts.addAll(terms(e.train()));
    if (!e.validation().isEmpty()) {
      Map<String, Double> v = e.validation();
      parts.add(
          v.containsKey("elbo")
              ? "validation ELBO " + Text.nats(v.get("elbo"))
              : "validation loss " + Text.nats(v.getOrDefault("loss", Double.NaN)));
      if (v.containsKey("active_units")) {
        parts.add(String.format(Locale.ROOT, "active %.0f", v.get("active_units")));
      }
      if (v.containsKey("codebook_usage")) {
        parts.add(codes(v));
      }
    }
    if (last != null) {
      pace(parts, last);
    }
    return String.join("  ", parts);
  }

  /** What is being done, where it can be shown and wiped. */
  void activity(String what) {
    if (live) {
      draw(what + " …");
    }
  }

  /** A live percentage for anything with a known end; silent where nothing can be redrawn. */
  DoubleConsumer percent(String what) {
    return done -> {
      if (live && (System.nanoTime() - drawn > REDRAW_NANOS)) {
        draw(String.format(Locale.ROOT, "%s %s %3.0f %%", what, bar(done, BAR_WIDTH), 100 * done));
      }
      if (done >= 1) {
        clear();
      }
    };
  }

  private static String codes(Map<String, Double> m) {
    return String.format(
        Locale.ROOT,
        "codes %.0f%%, perplexity %.1f",
        100 * m.get("codebook_usage"),
        m.get("perplexity"));
  }
}
