"""A model of MultiVae's under MultiVae's BaseTrainer on an image and its label: seconds an epoch, and what it learns (see README.md)."""

import os
import sys
from time import perf_counter, thread_time

os.environ.setdefault("TQDM_DISABLE", "1")  # the trainer always adds a progress bar

import argparse
import contextlib
import csv
import math
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from multivae.data.datasets import MultimodalBaseDataset
from multivae.models import MMVAE, MVAE, MMVAEConfig, MoPoE, MoPoEConfig, MVAEConfig
from multivae.trainers import BaseTrainer, BaseTrainerConfig
from multivae.trainers.base.callbacks import TrainingCallback
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from torch import nn

import common

SIZES = {"image": common.PIXELS, "label": 10}
# By the names of ours, with the settings that make them ours; README.md says why each.
MODELS = {
    "mvae": (MVAE, MVAEConfig, {"warmup": 0}),
    "mmvae": (MMVAE, MMVAEConfig, {"prior_and_posterior_dist": "normal", "learn_prior": False, "loss": "dreg_looser"}),
    "mopoe": (MoPoE, MoPoEConfig, {}),
}


def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class Encoder(BaseEncoder):
    def __init__(self, size, a):
        super().__init__()
        self.layers, self.latent_dim = mlp(size, a.hidden, 2 * a.latent), a.latent

    def forward(self, x):
        mean, log_var = self.layers(x).chunk(2, dim=1)
        return ModelOutput(embedding=mean, log_covariance=log_var)


class Decoder(BaseDecoder):
    def __init__(self, size, a):
        super().__init__()
        self.layers, self.latent_dim = mlp(a.latent, a.hidden, size), a.latent

    def forward(self, z):
        return ModelOutput(reconstruction=self.layers(z))  # logits, of pixels as of classes


class Clock(TrainingCallback):
    """First batch fetched to last step done, as pythae_epoch.py measures it."""

    def __init__(self):
        self.loop, self.cpu = [], []

    def on_train_step_begin(self, training_config, **kwargs):  # called once an epoch
        self.start, self.cpu_start = perf_counter(), thread_time()

    def on_train_step_end(self, training_config, **kwargs):  # and this after every batch
        self.last, self.cpu_last = perf_counter(), thread_time()

    def on_epoch_end(self, training_config, **kwargs):
        self.loop.append(self.last - self.start)
        self.cpu.append(self.cpu_last - self.cpu_start)


def read(folder):
    """The folder that bench/multimodal.py wrote: pixels that are 0 or 1, and labels one-hot."""
    images = np.load(Path(folder) / "image.npz")["images"].astype(np.float32)
    with open(Path(folder) / "label.csv", newline="") as f:
        labels = [int(r["label"]) for r in csv.DictReader(f)]
    if not np.isin(images, (0, 1)).all() or len(images) != len(labels):
        sys.exit(f"{folder}: as many binary images as labels expected; let bench/multimodal.py write the folder.")
    return {"image": torch.from_numpy(images.reshape(len(images), -1)), "label": nn.functional.one_hot(torch.tensor(labels), 10).float()}


def components(name, model, data):
    """The Gaussians, evenly weighted, that q(z|X) is a mixture of: means and log-variances [components, rows, latent]."""
    if name == "mvae":
        mean, log_var = model.compute_mu_log_var_subset(data, list(model.encoders))
        return mean[None], log_var[None]
    if name == "mopoe":
        found = model.inference(data)
        return found["mus"], found["logvars"]
    found = [model.encoders[m](data.data[m]) for m in model.encoders]
    return torch.stack([f.embedding for f in found]), torch.stack([f.log_covariance for f in found])


@torch.inference_mode()
def log_weights(name, model, x, samples):
    """ln p(X, z)/q(z|X) of z ~ q(z|X): [samples, rows]. A component is drawn anew for each z, as the mixture in the weight demands."""
    mean, log_var = components(name, model, MultimodalBaseDataset(x))
    s, n, d = mean.shape
    chosen = torch.randint(s, (samples, n))
    rows = torch.arange(n).expand(samples, n)
    m, v = mean[chosen, rows], log_var[chosen, rows]
    z = m + (0.5 * v).exp() * torch.randn_like(m)
    log_q = torch.stack([-0.5 * (log_var[i] + (z - mean[i]).square() * (-log_var[i]).exp()).sum(2) for i in range(s)]).logsumexp(0) - math.log(s)
    log_p = -0.5 * z.square().sum(2)  # -d/2 ln(2 pi) cancels
    for view, size in SIZES.items():
        logits = model.decoders[view](z.flatten(0, 1)).reconstruction.view(samples, n, size)
        target = x[view].expand_as(logits)
        if view == "image":
            log_p = log_p - nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(2)
        else:
            log_p = log_p + (target * logits.log_softmax(2)).sum(2)
    return (log_p - log_q).double()


def joint(name, model, x, samples, rows=10):
    """The joint NLL and ELBO by the same estimators as JaVAE's evaluator, nats an observation."""
    n = len(x["image"])
    parts = [{v: t[i : i + rows] for v, t in x.items()} for i in range(0, n, rows)]
    nll = torch.cat([math.log(samples) - log_weights(name, model, p, samples).logsumexp(0) for p in parts]).mean().item()
    return {"nll": nll, "elbo": log_weights(name, model, x, 1).mean().item()}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, help="folder that bench/multimodal.py wrote")
    p.add_argument("--model", choices=sorted(MODELS), default="mvae")
    p.add_argument("--k", type=int, default=10, help="mmvae: samples of each expert")
    p.add_argument("--rows", type=int, default=10000, help="the first so many train, --test behind them are for the likelihood")
    p.add_argument("--test", type=int, default=500)
    p.add_argument("--epochs", type=int, default=6, help="the first is warm-up and not in the mean")
    p.add_argument("--latent", type=int, default=20)
    p.add_argument("--hidden", type=int, default=512)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--samples", type=int, default=500, help="importance samples")
    p.add_argument("--own-nll", action="store_true", help="mvae: MultiVae's compute_joint_nll too, which takes one row at a time")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)

    everything = read(a.data)
    train = {v: t[: a.rows] for v, t in everything.items()}
    test = {v: t[a.rows : a.rows + a.test] for v, t in everything.items()}
    if len(test["image"]) < a.test:
        sys.exit(f"{a.data}: {a.rows} rows to train and {a.test} to test expected, there are {len(everything['image'])}.")

    model, config, settings = MODELS[a.model]
    settings = dict(settings, K=a.k) if a.model == "mmvae" else settings
    clock = Clock()
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(sys.stderr):
        built = model(
            config(
                n_modalities=2, latent_dim=a.latent, input_dims={v: (n,) for v, n in SIZES.items()},
                decoders_dist={"image": "bernoulli", "label": "categorical"}, **settings,
            ),
            {v: Encoder(n, a) for v, n in SIZES.items()}, {v: Decoder(n, a) for v, n in SIZES.items()},
        )
        training = BaseTrainerConfig(
            output_dir=out, num_epochs=a.epochs, learning_rate=1e-3, per_device_train_batch_size=a.batch, optimizer_cls="Adam",
            steps_saving=None, steps_predict=None, keep_best_on_train=True, seed=a.seed, no_cuda=True,
        )
        trainer = BaseTrainer(built, MultimodalBaseDataset(train), None, training, callbacks=[clock])
        trainer.train()
        best = trainer._best_model.eval()  # a copy, made after the epoch with the lowest training loss
        found = joint(a.model, best, test, a.samples)
        if a.own_nll and a.model == "mvae":
            found["own_nll"] = best.compute_joint_nll(MultimodalBaseDataset(test), a.samples).item() / a.test
    common.emit(
        "multivae_epoch", peer="multivae", multivae=version("multivae"), model=a.model, latent=a.latent, batch=a.batch, epochs=a.epochs,
        rows=len(train["image"]), seconds_per_epoch=common.mean_after_warmup(clock.loop),
        cpu_seconds_per_epoch=common.mean_after_warmup(clock.cpu),
        seconds_each_epoch=clock.loop, test=found, nll_samples=a.samples,
        nll_rows=a.test, parameters=sum(q.numel() for q in best.parameters() if q.requires_grad), seed=a.seed,
    )


if __name__ == "__main__":
    main()
