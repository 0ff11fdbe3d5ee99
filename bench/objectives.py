"""Objectives side by side: a step of each against the same mathematics in PyTorch, and epochs against pythae's own models.

    python3 bench/objectives.py --python PYTHON [--data FOLDER_WITH_mnist] [--models iwae,vamp-vae] [--out FILE.md]

Ours and theirs take turns, round by round; medians over the rounds are compared. A model that the catalogue does not have
yet, or that refuses a setting below, is skipped with a word. Leave the machine otherwise idle.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASSES = f"{ROOT}/bench/target/classes:{ROOT}/bench/target/lib/*"

# By the names of our models. `step`: our settings, and the arguments of objective_step.py that mean the same.
STEPS = {
    "vae": ([], ["--objective", "vae"]),
    "beta-tc-vae": (["beta=6", "estimator=weighted"], ["--objective", "beta-tc", "--beta", "6"]),
    "iwae": (["k=50"], ["--objective", "iwae", "--k", "50"]),
    "vamp-vae": (["prior=vamp:500"], ["--objective", "vamp", "--k", "500"]),
    "iaf-vae": (["posterior=iaf:2,128"], ["--objective", "iaf", "--flows", "2", "--width", "128"]),
    "wae-mmd": (["lambda=10"], ["--objective", "wae-mmd", "--weight", "10"]),
    "info-vae": (["alpha=0", "lambda=10"], ["--objective", "info-vae", "--weight", "10"]),
    "factor-vae": (["gamma=10", "critic=mlp:256,256"], ["--objective", "factor-vae", "--gamma", "10", "--critic", "256,256"]),
    "vq-vae": (["groups=8", "codes=64", "code_size=16"], ["--objective", "vq-vae", "--k", "64"]),
    "svae": (["gradient=implicit"], ["--objective", "svae", "--gradient", "implicit"]),
}
# Our settings, and pythae's that mean the same: its own defaults (README.md says where not, and why).
EPOCHS = {
    "vae": ([], []),
    "beta-tc-vae": (["beta=6", "estimator=weighted"], ["beta=6"]),
    "iwae": (["k=10"], ["number_samples=10"]),
    "vamp-vae": (["prior=vamp:50"], ["number_components=50"]),
    "iaf-vae": (["posterior=iaf:2,128"], ["n_made_blocks=2", "n_hidden_in_made=2", "hidden_size=128"]),
    "wae-mmd": (["lambda=0.03"], ["reg_weight=0.03"]),
    "info-vae": (["alpha=0", "lambda=10"], ["alpha=0", "lbd=10"]),
    "vq-vae": (
        ["groups=8", "codes=64", "code_size=16", "likelihood=balance:1"],
        ["num_embeddings=64", "use_ema=true", "decay=0.99", "commitment_loss_factor=0.25"],
    ),
    "svae": (["gradient=proposal"], []),
}
# Learn from greys by squared error: pythae's have no likelihood.
SQUARED = ("wae-mmd", "vq-vae")


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


def build():
    subprocess.run(
        ["mvn", "-q", "-B", "-DskipTests", "-pl", "bench", "-am", "package", "dependency:copy-dependencies",
         "-DincludeScope=runtime", "-DoutputDirectory=target/lib"],
        cwd=ROOT, check=True,
    )


def lines_of(command):
    """The JSON lines a command printed; none, with a word, if it failed or had nothing to say."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not found:
        said = [line.removeprefix("bench: skipped, ") for line in done.stderr.splitlines() if line.strip()]
        failure = [line for line in said if line.startswith(("Exception", "usage", "objective_step.py: error", "pythae_epoch.py: error"))]
        say("skipped:", (failure or said[-1:] or ["no result"])[0])
    return found


def ours(a, *words):
    threads = [f"-Djavae.threads={a.threads}"] if a.threads else []
    return lines_of(["java", "-Xmx4g", *threads, "-cp", CLASSES, "org.javae.bench.Benchmark", *map(str, words)])


def theirs(a, script, *words):
    if not a.python:
        return []
    return lines_of([a.python, f"bench/peers/{script}", *map(str, words), "--threads", str(a.threads or 2)])


def run_steps(a, model):
    mine, peers = STEPS[model]
    found = []
    for _ in range(a.rounds):
        one = ours(a, "objective", model, a.steps, a.warmup, *mine)
        if not one:
            return []
        found += one
        found += [dict(line, model=model) for line in theirs(a, "objective_step.py", *peers, "--steps", a.steps, "--warmup", a.warmup)]
    return found


def run_epochs(a, model):
    mine, peers = EPOCHS[model]
    settings = [word for s in peers for word in ("--set", s)]
    greys = ["--binarize", "none"] if model in SQUARED else ["--nll-samples", a.samples]
    data = Path(a.data) / "mnist"
    found = []
    for _ in range(a.epoch_rounds):
        one = ours(a, "peer", model, data, a.rows, a.epochs, a.samples, *mine)
        if not one:
            return []
        found += one
        found += theirs(
            a, "pythae_epoch.py", "--model", model, "--data", data, "--rows", a.rows, "--epochs", a.epochs, "--nll-rows", 1000, *greys,
            *settings,
        )
    return found


def median(rows, *path):
    values = []
    for r in rows:
        for key in path:
            r = r.get(key) if isinstance(r, dict) else None
        if r is not None:
            values.append(r)
    return statistics.median(values) if values else None


def cell(v, digits=2):
    return "–" if v is None else f"{v:.{digits}f}"


def epoch_cells(mine, peer):
    """Our seconds and theirs an epoch with the ratio, and the ratio of the training threads' processor time, which other work disturbs less."""
    found = [(median(mine, key), median(peer, key)) for key in ("seconds_per_epoch", "cpu_seconds_per_epoch")]
    ratios = [s / t if s and t else None for s, t in found]
    return [*found[0], ratios[0], ratios[1]]


def table(a, rows):
    by = lambda bench, model: [r for r in rows if r["bench"] == bench and r["model"] == model]
    engines = sorted({r["engine"] for r in rows if "engine" in r})
    torch = sorted({f"PyTorch {r['torch']}, Python {r['python']}, {r['threads']} threads" for r in rows if "torch" in r})
    out = [
        "# Objectives", "",
        f"{datetime.date.today().isoformat()}; {'; '.join(engines + torch)}; {platform.system()} {platform.machine()}; ours and theirs taking "
        "turns in one run, medians.", "",
        "## One optimiser step", "",
        f"Batch 128, the MLP of `bench/peers/README.md`, Adam; {a.steps} steps after {a.warmup}, {a.rounds} rounds. The plain VAE's row is the ground "
        "that the others stand on.", "",
        "| objective | ours, ms | PyTorch, ms | ratio | target |", "| --- | ---: | ---: | ---: | --- |",
    ]
    for model in a.models:
        mine, peer = median(by("objective", model), "median_ms"), median(by("objective_step", model), "median_ms")
        if mine is not None:
            ratio = mine / peer if peer else None
            settings = " ".join(STEPS[model][0])
            out.append(f"| {model}{' (' + settings + ')' if settings else ''} | {cell(mine)} | {cell(peer)} | {cell(ratio)} | ≤ 1.3 |")
    if a.data:
        out += [
            "", "## Epochs against pythae's own models", "",
            f"First {a.rows} images of MNIST, {a.epochs} epochs, the first {a.warmup_epochs} of which warm up and are not in the mean; NLL by {a.samples} importance samples on the "
            "first 1000 test images, under each model's own prior; for the autoencoders (wae-mmd, vq-vae) the squared error of an image.", "",
            "| model | ours, s | pythae, s | ratio | of processor time | our NLL | pythae's NLL | our ELBO | pythae's ELBO | our error | pythae's error |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for model in a.models:
            mine, peer = by("peer", model), by("pythae_epoch", model)
            if not mine:
                continue
            if model in SQUARED:
                mse = median(mine, "test", "mse")
                figures = [None] * 4 + [mse and 784 * mse, median(peer, "test", "reconstruction")]
            else:
                figures = [
                    median(mine, "test", "nll"), median(peer, "test_nll"), median(mine, "test", "elbo"), median(peer, "test", "elbo"),
                    None, None,
                ]
            out.append(f"| {model} | " + " | ".join(map(cell, [*epoch_cells(mine, peer), *figures])) + " |")
    return "\n".join(out) + "\n"


def models_of(known, script):
    """--models, checked."""
    def parse(text):
        chosen = [m.strip() for m in text.split(",") if m.strip()]
        unknown = [m for m in chosen if m not in known]
        if unknown:
            sys.exit(f"{script}: no benchmark of {', '.join(unknown)}; there is {', '.join(known)}")
        return chosen

    return parse


def drive(doc, script, known, peer, options, run, table):
    """The whole of a driver: its arguments, our side built, each model run, lines and table written.

    `options` are flags of its own with their keywords for argparse; `run(a, model)` yields lists of lines, after each of which the file of
    lines is up to date; `table(a, lines)` makes the report.
    """
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--python", help=f"a Python with PyTorch and {peer}; without one only ours is measured")
    p.add_argument("--models", type=models_of(known, script), default=",".join(known), help="ours, by name (default %(default)s)")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--warmup-epochs", type=int, default=1, help="epochs of each run that warm up and are not in its mean (default %(default)s)")
    p.add_argument("--rows", type=int, default=10000)
    p.add_argument("--no-build", action="store_true")
    p.add_argument("--lines", help="file that gets the JSON lines")
    p.add_argument("--out", help="file that gets the table (default: standard output)")
    for flag, keywords in options.items():
        p.add_argument(flag, **keywords)
    a = p.parse_args()
    os.environ["BENCH_WARMUP"] = str(a.warmup_epochs)  # read on both sides
    if not a.no_build:
        build()
    rows = []
    for model in a.models:
        for lines in run(a, model):
            rows += lines
            if a.lines:
                Path(a.lines).write_text("".join(json.dumps(r) + "\n" for r in rows))
    text = table(a, rows)
    if a.out:
        Path(a.out).write_text(text)
    else:
        print(text)


def run(a, model):
    say("steps of", model)
    yield run_steps(a, model)
    if a.data and model in EPOCHS:
        say("epochs of", model)
        yield run_epochs(a, model)


def main():
    options = {
        "--data": {"help": "folder with mnist in it; without one only steps are measured"},
        "--rounds": {"type": int, "default": 5},
        "--steps": {"type": int, "default": 300},
        "--warmup": {"type": int, "default": 300},
        "--epoch-rounds": {"type": int, "default": 1},
        "--samples": {"type": int, "default": 200},
    }
    drive(__doc__, "objectives.py", STEPS, "pythae", options, run, table)


if __name__ == "__main__":
    main()
