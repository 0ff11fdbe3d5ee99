"""Models of several views side by side: epochs of ours against MultiVae's, and the joint likelihood each reaches.

    python3 bench/multimodal.py --python PYTHON [--models mvae,mmvae,mopoe] [--out FILE.md]

Data are drawn digits with their labels out of our generator, written once with zeros and ones for pixels, so that both sides
read the same. Ours and theirs take turns; medians over the rounds are compared. Leave the machine otherwise idle.
"""

import datetime
import io
import platform
import random
import subprocess
import sys
import tempfile
import zipfile
from array import array
from pathlib import Path

import objectives

TARGET = 0.7
# Our settings besides the network and 20 latents; MultiVae's that mean the same stand in multivae_epoch.py.
MODELS = {"mvae": [], "mmvae": ["k=10", "gradient=dreg"], "mopoe": []}


def binarise(npz, seed):
    """Each pixel of images.npy becomes 1 with its grey value as probability; the rest of the archive stays."""
    with zipfile.ZipFile(npz) as z:
        files = {n: z.read(n) for n in z.namelist()}
    npy = files["images.npy"]
    start = 10 + int.from_bytes(npy[8:10], "little")
    head = npy[10:start].decode("latin1")
    if npy[:8] != b"\x93NUMPY\x01\x00" or "'<f4'" not in head or sys.byteorder != "little":
        sys.exit(f"multimodal.py: {npz}: images.npy of version 1 with '<f4' expected, found {head.strip()}")
    rng = random.Random(seed).random
    pixels = array("f", npy[start:])
    files["images.npy"] = npy[:start] + array("f", [1.0 if rng() < v else 0.0 for v in pixels]).tobytes()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    Path(npz).write_bytes(whole.getvalue())


def make(a, folder):
    objectives.say("drawing", a.rows + a.test, "digits")
    subprocess.run(
        [objectives.ROOT / "javae", "data", "make", "strokes-label", "--n", str(a.rows + a.test), "--seed", "1", "--out", folder],
        check=True, stdout=sys.stderr,
    )
    binarise(Path(folder) / "image.npz", 1)


def run(a, model, folder):
    found = []
    for _ in range(a.rounds):
        one = objectives.ours(a, "views", model, folder, a.rows, a.epochs, a.samples, a.test, *MODELS[model])
        if not one:
            return []
        found += one
        found += objectives.theirs(
            a, "multivae_epoch.py", "--model", model, "--data", folder, "--rows", a.rows, "--test", a.test, "--epochs", a.epochs,
            "--samples", a.samples,
        )
    return found


def table(a, rows):
    median, cell = objectives.median, objectives.cell
    engines = sorted({r["engine"] for r in rows if "engine" in r})
    peers = sorted({f"MultiVae {r['multivae']}, PyTorch {r['torch']}, Python {r['python']}, {r['threads']} threads" for r in rows if "multivae" in r})
    out = [
        "# Several views", "",
        f"{datetime.date.today().isoformat()}; {'; '.join(engines + peers)}; {platform.system()} {platform.machine()}; ours and theirs taking "
        f"turns, medians of {a.rounds}.", "",
        f"{a.rows} drawn digits with labels, {a.epochs} epochs, the first {a.warmup_epochs} of which warm up and are not in the mean; joint NLL by {a.samples} "
        f"importance samples on {a.test} other digits, nats.", "",
        "| model | ours, s | MultiVae, s | ratio | of processor time | target | our NLL | MultiVae's NLL | our ELBO | MultiVae's ELBO |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for model in a.models:
        mine, peer = ([r for r in rows if r["bench"] == b and r["model"] == model] for b in ("views", "multivae_epoch"))
        if not mine:
            continue
        figures = [median(r, "test", key) for key in ("nll", "elbo") for r in (mine, peer)]
        name = model + (f" ({' '.join(MODELS[model])})" if MODELS[model] else "")
        out.append(f"| {name} | " + " | ".join([*map(cell, objectives.epoch_cells(mine, peer)), f"≤ {TARGET}", *map(cell, figures)]) + " |")
    return "\n".join(out) + "\n"


def main():
    options = {
        "--rounds": {"type": int, "default": 3},
        "--test": {"type": int, "default": 500},
        "--samples": {"type": int, "default": 500},
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch) / "digits")

        def each(a, model):
            if not Path(folder).exists():
                make(a, folder)
            objectives.say("epochs of", model)
            yield run(a, model, folder)

        objectives.drive(__doc__, "multimodal.py", MODELS, "MultiVae", options, each, table)


if __name__ == "__main__":
    main()
