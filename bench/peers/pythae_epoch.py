"""A model of pythae's under pythae's BaseTrainer on MNIST: seconds an epoch, and what it learns (see README.md)."""

import os
import sys
from time import perf_counter, thread_time

START = perf_counter()
os.environ.setdefault("TQDM_DISABLE", "1")  # the trainer always adds a progress bar; it costs a little each step

import argparse
import contextlib
import math
import tempfile
from importlib.metadata import version

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import (
    INFOVAE_MMD, INFOVAE_MMD_Config, IWAE, SVAE, VAE, VAE_IAF, VAMP, VQVAE, WAE_MMD, BetaTCVAE, BetaTCVAEConfig, IWAEConfig,
    SVAEConfig, VAEConfig, VAE_IAF_Config, VAMPConfig, VQVAEConfig, WAE_MMD_Config,
)
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from scipy import special

import common

IMPORTED = perf_counter()


# By the names of ours.
MODELS = {
    "vae": (VAE, VAEConfig), "beta-tc-vae": (BetaTCVAE, BetaTCVAEConfig), "iwae": (IWAE, IWAEConfig),
    "vamp-vae": (VAMP, VAMPConfig), "wae-mmd": (WAE_MMD, WAE_MMD_Config), "info-vae": (INFOVAE_MMD, INFOVAE_MMD_Config),
    "iaf-vae": (VAE_IAF, VAE_IAF_Config), "vq-vae": (VQVAE, VQVAEConfig), "svae": (SVAE, SVAEConfig),
}
# Trained by squared error on greys; pythae's VQVAE knows nothing else.
POINTS = ("wae-mmd", "vq-vae")
GROUPS, CODE = 8, 16


class Encoder(BaseEncoder):
    def __init__(self, net):
        super().__init__()
        self.layers = net.encoder

    def forward(self, x):
        mean, log_var = self.layers(x).chunk(2, dim=1)
        return ModelOutput(embedding=mean, log_covariance=log_var)


class PointEncoder(BaseEncoder):
    """Codes without variances, for autoencoders."""

    def __init__(self, net):
        super().__init__()
        self.layers = net.encoder
        self.layers[-1] = torch.nn.Linear(self.layers[-1].in_features, net.latent)

    def forward(self, x):
        return ModelOutput(embedding=self.layers(x))


class GroupEncoder(BaseEncoder):
    """A map of 8 codes of 16 numbers. Of a flat output pythae's VQVAE would quantise every number by itself."""

    def __init__(self, net):
        super().__init__()
        self.layers = net.encoder
        self.layers[-1] = torch.nn.Linear(self.layers[-1].in_features, GROUPS * CODE)
        net.decoder[0] = torch.nn.Linear(GROUPS * CODE, net.decoder[0].out_features)

    def forward(self, x):
        return ModelOutput(embedding=self.layers(x).view(-1, CODE, GROUPS, 1))


class SphereEncoder(BaseEncoder):
    """A direction and one concentration."""

    def __init__(self, net):
        super().__init__()
        self.layers = net.encoder
        self.layers[-1] = torch.nn.Linear(self.layers[-1].in_features, net.latent + 1)
        self.latent = net.latent

    def forward(self, x):
        direction, concentration = self.layers(x).split([self.latent, 1], dim=1)
        return ModelOutput(embedding=direction, log_concentration=concentration)


class Decoder(BaseDecoder):
    def __init__(self, net, last=torch.sigmoid):
        super().__init__()
        self.layers = net.decoder
        self.last = last

    def forward(self, z):
        # pythae's "bce" takes probabilities, not logits.
        return ModelOutput(reconstruction=self.last(self.layers(z.flatten(1))))


class Moved(torch.nn.Module):
    """A decoder of what a flow makes of z0: the same model with the flow on the decoder's side and its density in the prior's."""

    def __init__(self, flow, decoder):
        super().__init__()
        self.flow, self.decoder = flow, decoder

    def forward(self, z0):
        return self.decoder(self.flow.inverse(z0).out)

    def log_prior(self, z0):
        moved = self.flow.inverse(z0)
        return common.standard_log_prior(moved.out) + moved.log_abs_det_jac


def as_it_is(x):
    return x


class Dynamic(BaseDataset):
    """New binary pixels every time an image is read."""

    def __getitem__(self, index):
        item = super().__getitem__(index)
        item.data = torch.bernoulli(item.data)
        return item


class Clock(TrainingCallback):
    """`loop` is first batch fetched to last step done; `epoch` adds the copy of the best model and the logging."""

    def __init__(self):
        self.loop, self.epoch, self.cpu = [], [], []

    def on_epoch_begin(self, training_config, **kwargs):
        self.epoch_start = perf_counter()

    def on_train_step_begin(self, training_config, **kwargs):  # pythae calls this once an epoch
        self.loop_start, self.cpu_start = perf_counter(), thread_time()

    def on_train_step_end(self, training_config, **kwargs):  # and this after every batch
        self.last_step, self.cpu_last = perf_counter(), thread_time()

    def on_epoch_end(self, training_config, **kwargs):
        self.loop.append(self.last_step - self.loop_start)
        self.cpu.append(self.cpu_last - self.cpu_start)
        self.epoch.append(perf_counter() - self.epoch_start)


def typed(text):
    """KEY=VALUE with the value as pythae's configurations have it."""
    key, value = text.split("=", 1)
    for kind in (int, float):
        try:
            return key, kind(value)
        except ValueError:
            pass
    return key, {"true": True, "false": False}.get(value, value)


def build(a, net):
    model, config = MODELS[a.model]
    point = a.model in POINTS
    settings = {} if point else {"reconstruction_loss": "bce"}
    settings.update(typed(t) for t in a.set)
    config = config(input_dim=(common.PIXELS,), latent_dim=a.latent, **settings)
    # An autoencoder's squared error wants an output that is not squeezed into 0..1.
    encoder = {"wae-mmd": PointEncoder, "vq-vae": GroupEncoder, "svae": SphereEncoder}.get(a.model, Encoder)
    return model(config, encoder(net), Decoder(net, as_it_is if point else torch.sigmoid))


@torch.inference_mode()
def squared_error(model, x):
    model.eval()
    # A model reads what a loader hands over: a dictionary, while a data set's brackets want row numbers.
    return {"reconstruction": (model({"data": x}).recon_x - x).square().sum(1).mean().item()}


@torch.inference_mode()
def sphere_terms(model, x, samples):
    """Per sample and observation ln p(x|z) and ln p(z)/q(z|x), z by pythae's sampler; densities in float64, kappa as in its training."""
    out = model.encoder(x)
    mu = (out.embedding / out.embedding.norm(dim=1, keepdim=True)).repeat(samples, 1)
    kappa = (torch.nn.functional.softplus(out.log_concentration) + 1).repeat(samples, 1)
    z = model._sample_von_mises(mu, kappa)
    logits = model.decoder.layers(z)
    log_px = -torch.nn.functional.binary_cross_entropy_with_logits(logits, x.repeat(samples, 1), reduction="none").sum(1)
    m, k = mu.shape[1], kappa.double().squeeze(1)
    log_c = (m / 2 - 1) * k.log() - m / 2 * math.log(2 * math.pi) - torch.from_numpy(special.ive(m / 2 - 1, k.numpy())).log() - k
    log_area = math.log(2) + m / 2 * math.log(math.pi) - math.lgamma(m / 2)
    ratio = -log_area - log_c - k * (mu * z).double().sum(1)
    return log_px.double().view(samples, -1), ratio.view(samples, -1)


def sphere_elbo(model, x):
    log_px, kl = (torch.cat(t, 1).mean().item() for t in zip(*(sphere_terms(model, b, 1) for b in x.split(1000))))
    return {"elbo": log_px + kl, "reconstruction": -log_px, "kl": -kl}


def sphere_nll(model, x, samples):
    log_w = torch.cat([sum(sphere_terms(model, b, samples)) for b in x.split(10)], 1)
    return (math.log(samples) - log_w.logsumexp(0)).mean().item()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, help="folder with the MNIST IDX files")
    p.add_argument("--model", choices=sorted(MODELS), default="vae")
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="of pythae's configuration of the model")
    p.add_argument("--rows", type=int, default=60000, help="the first so many training images")
    p.add_argument("--epochs", type=int, default=5, help="the first is warm-up and not in the mean")
    p.add_argument("--latent", type=int, default=20)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--workers", type=int, default=0, help="data loader processes; pythae's default is 0")
    p.add_argument("--binarize", choices=["static", "dynamic", "none"], default="static")
    p.add_argument("--binarize-seed", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--nll-samples", type=int, default=0, help="importance samples for --nll-rows test images; 0 = no NLL")
    p.add_argument("--nll-rows", type=int, default=1000)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)

    t = perf_counter()
    grey = common.idx_images(a.data, "train-images-idx3-ubyte")[: a.rows]
    grey_test = common.idx_images(a.data, "t10k-images-idx3-ubyte")
    test = common.binarise(grey_test, a.binarize_seed + 1)
    train = common.binarise(grey, a.binarize_seed)
    fed = train if a.binarize == "static" else torch.from_numpy(grey)
    data_seconds = perf_counter() - t

    net = common.Mlp(a.latent)
    clock = Clock()
    # pythae saves its model whether asked to or not: into a folder that goes away.
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(sys.stderr):
        config = BaseTrainerConfig(
            output_dir=out, num_epochs=a.epochs, learning_rate=1e-3, per_device_train_batch_size=a.batch,
            train_dataloader_num_workers=a.workers, optimizer_cls="Adam", optimizer_params=None, scheduler_cls=None,
            steps_saving=None, steps_predict=None, keep_best_on_train=True, seed=a.seed, no_cuda=True, amp=False,
        )
        model = build(a, net)
        dataset = (Dynamic if a.binarize == "dynamic" else BaseDataset)(fed, torch.ones(len(fed)))
        t = perf_counter()
        trainer = BaseTrainer(model, dataset, None, config, callbacks=[clock])
        trainer.train()
        train_seconds = perf_counter() - t
    total_seconds = perf_counter() - START

    # The model pythae would hand over: a copy, made after the epoch with the lowest training loss.
    best = trainer._best_model
    net.encoder, net.decoder = best.encoder.layers, best.decoder.layers
    net.eval()
    log_prior = getattr(best, "_log_p_z", common.standard_log_prior)
    if a.model == "iaf-vae":
        best.eval()
        net.decoder = Moved(best.iaf_flow, net.decoder)
        log_prior = net.decoder.log_prior
    if a.model in POINTS:
        learned = {"test": squared_error(best, torch.from_numpy(grey_test[: a.nll_rows]))}
    elif a.model == "svae":
        learned = {"train": sphere_elbo(best, train), "test": sphere_elbo(best, test)}
    elif log_prior is common.standard_log_prior:
        learned = {"train": common.mean_elbo(net, train), "test": common.mean_elbo(net, test)}
    else:
        learned = {"train": common.mean_elbo_under(net, train, log_prior), "test": common.mean_elbo_under(net, test, log_prior)}
    if a.nll_samples and a.model not in POINTS:
        rows = test[: a.nll_rows]
        learned["test_nll"] = (
            sphere_nll(best, rows, a.nll_samples) if a.model == "svae"
            else common.importance_nll(net, rows, a.nll_samples, log_prior=log_prior)
        )
        learned["nll_samples"] = a.nll_samples
        learned["nll_rows"] = min(a.nll_rows, len(test))
    common.emit(
        "pythae_epoch", peer="pythae", pythae=version("pythae"), net="mlp", latent=a.latent, batch=a.batch,
        epochs=a.epochs, steps_per_epoch=len(trainer.train_loader), workers=a.workers, binarize=a.binarize,
        binarize_seed=a.binarize_seed, seed=a.seed, seconds_per_epoch=common.mean_after_warmup(clock.loop),
        cpu_seconds_per_epoch=common.mean_after_warmup(clock.cpu), seconds_each_epoch=clock.loop, seconds_per_epoch_with_housekeeping=common.mean_after_warmup(clock.epoch),
        import_seconds=IMPORTED - START, data_seconds=data_seconds, train_seconds=train_seconds,
        total_seconds=total_seconds, model=a.model, set=a.set, rows=len(grey), **learned,
    )


if __name__ == "__main__":
    main()
