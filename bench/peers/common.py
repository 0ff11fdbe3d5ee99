"""What the peer scripts share: the two networks, MNIST, the likelihood estimators, one JSON line."""

import gzip
import json
import math
import os
import platform
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

PIXELS = 784

# PyTorch's own default is "highest"; README.md says what "medium" does and when to try it.
torch.set_float32_matmul_precision(os.environ.get("PEER_MATMUL", "highest"))


def mean_after_warmup(seconds):
    """Without the epochs that warm up: BENCH_WARMUP, by default one."""
    warm = min(int(os.environ.get("BENCH_WARMUP", "1")), len(seconds) - 1)
    return sum(seconds[warm:]) / (len(seconds) - warm)


class Mlp(nn.Module):
    """784-512-512-(latent mean, latent log-variance) and latent-512-512-784, ReLU between layers."""

    def __init__(self, latent=20, hidden=512):
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Linear(PIXELS, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, 2 * latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, PIXELS),
        )

    def encode(self, x):
        return self.encoder(x).chunk(2, dim=1)

    def decode(self, z):
        """Bernoulli logits."""
        return self.decoder(z)

    def gemm_gflop(self, batch):
        """GFLOP of the matrix products of one step. The input needs no gradient, so the first layer has two products, not three."""
        linears = [m for m in self.modules() if isinstance(m, nn.Linear)]
        macs = sum(m.weight.numel() for m in linears)
        return 2e-9 * batch * (3 * macs - linears[0].weight.numel())


class Conv(nn.Module):
    """1x28x28; 4x4 convolutions, stride 2, padding 1, of 32 and 64 filters, and their mirror image."""

    def __init__(self, latent=20):
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(),
            nn.Flatten(), nn.Linear(64 * 7 * 7, 2 * latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, 64 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, 2, 1), nn.Flatten(),
        )

    encode = Mlp.encode
    decode = Mlp.decode

    def gemm_gflop(self, batch):
        outer = 14 * 14 * 32 * 16  # 1 <-> 32 filters: 14x14 places, 4x4 kernel
        inner = 7 * 7 * 64 * 32 * 16  # 32 <-> 64 filters: 7x7 places
        linear = 64 * 7 * 7 * 3 * self.latent
        return 2e-9 * batch * (3 * (2 * outer + 2 * inner + linear) - outer)


def elbo_terms(net, x):
    """Per observation: log p(x|z) with one z of q(z|x), and KL(q(z|x) || N(0, I)), both in nats."""
    mean, log_var = net.encode(x)
    z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
    log_px = -F.binary_cross_entropy_with_logits(net.decode(z), x, reduction="none").sum(1)
    kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1)
    return log_px, kl


def training_loss(net, x):
    """The loss as people write it: binary cross-entropy summed, closed-form KL summed, both over the batch size."""
    mean, log_var = net.encode(x)
    z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
    bce = F.binary_cross_entropy_with_logits(net.decode(z), x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
    return (bce + kl) / len(x)


@torch.inference_mode()
def mean_elbo(net, x, batch=1000):
    """The ELBO in nats per observation (to maximise), one posterior sample an observation, and its two parts."""
    parts = [elbo_terms(net, b) for b in x.split(batch)]
    log_px = torch.cat([p[0] for p in parts]).double().mean().item()
    kl = torch.cat([p[1] for p in parts]).double().mean().item()
    return {"elbo": log_px - kl, "reconstruction": -log_px, "kl": kl}


def standard_log_prior(z):
    """log N(z; 0, I) without -d/2 log(2 pi), which cancels against the posterior's."""
    return -0.5 * z.square().sum(-1)


@torch.inference_mode()
def importance_nll(net, x, samples, rows=10, log_prior=standard_log_prior):
    """-log p(x) in nats per observation by importance sampling: log mean_k p(x, z_k) / q(z_k | x), z_k from q."""
    nll = []
    for b in x.split(rows):
        mean, log_var = net.encode(b)
        eps = torch.randn(samples, *mean.shape)
        z = mean + torch.exp(0.5 * log_var) * eps
        logits = net.decode(z.flatten(0, 1)).view(samples, *b.shape)
        log_px = -F.binary_cross_entropy_with_logits(logits, b.expand_as(logits), reduction="none").sum(2)
        # The constants -d/2 log(2 pi) of prior and posterior cancel.
        log_pz = log_prior(z.flatten(0, 1)).view(samples, len(b))
        log_w = log_px + log_pz + 0.5 * (eps.square() + log_var).sum(2)
        nll.append(math.log(samples) - log_w.double().logsumexp(0))
    return torch.cat(nll).mean().item()


@torch.inference_mode()
def mean_elbo_under(net, x, log_prior, batch=1000):
    """As mean_elbo for any prior: the KL by the same posterior sample, not in closed form."""
    log_px, kl = [], []
    for b in x.split(batch):
        mean, log_var = net.encode(b)
        eps = torch.randn_like(mean)
        z = mean + torch.exp(0.5 * log_var) * eps
        log_px.append(-F.binary_cross_entropy_with_logits(net.decode(z), b, reduction="none").sum(1))
        kl.append(-0.5 * (eps.square() + log_var).sum(1) - log_prior(z))
    log_px, kl = torch.cat(log_px).double().mean().item(), torch.cat(kl).double().mean().item()
    return {"elbo": log_px - kl, "reconstruction": -log_px, "kl": kl}


def idx_images(folder, name):
    """An IDX image file (plain or .gz) as [n, 784] float32 in 0..1."""
    path = Path(folder) / (name + ".gz")
    if not path.exists():
        path = Path(folder) / name
    if not path.exists():
        sys.exit(f"{folder}: {name} or {name}.gz expected here; give the folder of the four MNIST files with --data.")
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as e:
        sys.exit(f"{path}: cannot be unpacked ({e}); fetch it again.")
    header = np.frombuffer(raw[:16].ljust(16, b"\0"), ">i4").tolist()
    n = header[1]
    if header != [2051, n, 28, 28] or len(raw) != 16 + n * PIXELS:
        sys.exit(f"{path}: not a complete IDX file of 28x28 images; fetch it again.")
    return np.frombuffer(raw, np.uint8, offset=16).reshape(n, PIXELS).astype(np.float32) / 255


def binarise(grey, seed):
    """Each pixel becomes 1 with its grey value as probability; the same seed gives the same pixels."""
    u = np.random.default_rng(seed).random(grey.shape, np.float32)
    return torch.from_numpy((u < grey).astype(np.float32))


def spread(seconds):
    """Median, mean and tenth and ninetieth percentile, in milliseconds."""
    ms = 1e3 * np.asarray(seconds)
    p10, median, p90 = np.percentile(ms, [10, 50, 90])
    return {"median_ms": median, "mean_ms": ms.mean(), "p10_ms": p10, "p90_ms": p90}


def emit(bench, **values):
    """One JSON object, one line, on standard output; numbers rounded to what a clock can mean."""
    def tidy(v):
        if isinstance(v, dict):
            return {k: tidy(w) for k, w in v.items()}
        if isinstance(v, (list, tuple)):
            return [tidy(w) for w in v]
        return round(float(v), 6) if isinstance(v, (float, np.floating)) else v

    print(json.dumps(tidy({
        "bench": bench, **values, "threads": torch.get_num_threads(),
        "torch": torch.__version__, "python": platform.python_version(),
    })), flush=True)
