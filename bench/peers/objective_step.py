"""One training step of an objective in plain PyTorch, timed: the same mathematics, network and optimiser as ours (see README.md)."""

import argparse
import math
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F
from scipy import special
from torch import nn

import common

POOL = 60000
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def sample(mean, log_var):
    return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)


def log_normal(z, mean, log_var):
    return -0.5 * (math.log(2 * math.pi) + log_var + (z - mean).square() * torch.exp(-log_var))


def nll(net, x, z):
    return F.binary_cross_entropy_with_logits(net.decode(z), x, reduction="none").sum(1)


def kl(mean, log_var):
    return -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1)


def imq(x, y):
    """The sum over the scales of C / (C + |x - y|^2) for all pairs of rows, the distances through one product."""
    squared = (x.square().sum(1)[:, None] + y.square().sum(1)[None, :] - 2 * x @ y.t()).clamp_min(0)
    c = 2.0 * x.shape[1]
    return sum(s * c / (s * c + squared) for s in SCALES)


def mmd(x, y):
    """The unbiased estimate of MMD^2."""
    n = len(x)
    within = sum((k.sum() - k.diagonal().sum()) / (n * (n - 1)) for k in (imq(x, x), imq(y, y)))
    return within - 2 * imq(x, y).mean()


class Objective:
    """A network, what else has parameters, and the loss of a batch, averaged."""

    critic = None

    def __init__(self, a):
        self.a = a
        self.net = common.Mlp()

    def modules(self):
        return [self.net] + ([self.critic] if self.critic else [])

    def gradients(self, x):
        """The gradient of every parameter, left in .grad."""
        loss = self.loss(x)
        loss.backward()
        return loss


class Vae(Objective):
    def loss(self, x):
        mean, log_var = self.net.encode(x)
        return (nll(self.net, x, sample(mean, log_var)) + kl(mean, log_var)).mean()


class BetaTc(Objective):
    """Chen et al., 2018: minibatch-weighted (their equation 5) or -stratified estimate of the aggregate's density."""

    def __init__(self, a):
        super().__init__(a)
        n, b = POOL, a.batch
        w = torch.full((b, b), 1 / (b - 1))
        w.fill_diagonal_(1 / n)
        rows = torch.arange(b)
        w[rows, (rows + 1) % b] = (n - b + 1) / (n * (b - 1))
        self.weights = w.log()

    def loss(self, x):
        mean, log_var = self.net.encode(x)
        z = sample(mean, log_var)
        pairs = log_normal(z[:, None], mean[None], log_var[None])
        if self.a.estimator == "stratified":
            joint = (pairs.sum(2) + self.weights).logsumexp(1)
            marginals = (pairs + self.weights[:, :, None]).logsumexp(1).sum(1)
        else:
            log = math.log(POOL * len(x))
            joint = pairs.sum(2).logsumexp(1) - log
            marginals = (pairs.logsumexp(1) - log).sum(1)
        zero = torch.zeros_like(z)
        information = log_normal(z, mean, log_var).sum(1) - joint
        dimensions = marginals - log_normal(z, zero, zero).sum(1)
        penalty = information + self.a.beta * (joint - marginals) + dimensions
        return (nll(self.net, x, z) + penalty).mean()


class Iwae(Objective):
    """Burda et al., 2016: minus the log of the mean importance weight."""

    def loss(self, x):
        mean, log_var = self.net.encode(x)
        k = self.a.k
        eps = torch.randn(k, *mean.shape)
        z = mean + torch.exp(0.5 * log_var) * eps
        logits = self.net.decode(z.flatten(0, 1)).view(k, *x.shape)
        log_px = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(2)
        log_w = log_px - 0.5 * z.square().sum(2) + 0.5 * (eps.square() + log_var).sum(2)
        return -(log_w.logsumexp(0) - math.log(k)).mean()


class Vamp(Objective):
    """Tomczak and Welling, 2018: the prior is the mixture of posteriors at learned pseudo-inputs."""

    def __init__(self, a):
        super().__init__(a)
        self.pseudo = nn.Parameter((torch.randn(a.k, common.PIXELS) * 0.2 + 0.3).clamp(0.01, 0.99))

    def modules(self):
        return super().modules() + [nn.ParameterList([self.pseudo])]

    def loss(self, x):
        mean, log_var = self.net.encode(x)
        z = sample(mean, log_var)
        m, v = self.net.encode(self.pseudo.clamp(0, 1))
        log_pz = log_normal(z[:, None], m[None], v[None]).sum(2).logsumexp(1) - math.log(self.a.k)
        return (nll(self.net, x, z) + log_normal(z, mean, log_var).sum(1) - log_pz).mean()


class Masked(nn.Linear):
    """A linear layer of a MADE: a weight stays where the output's degree allows it."""

    def __init__(self, mask):
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Made(nn.Module):
    """Two hidden layers of one width, ELU; a context enters the first; hidden degrees 0 .. d - 1 go round in turn."""

    def __init__(self, d, context, width):
        super().__init__()
        hidden = torch.arange(width) % d
        inputs, outputs = torch.arange(d) + 1, torch.arange(2 * d) % d
        allowed = lambda to, of: (to[:, None] >= of[None]).float()
        self.first, self.second = Masked(allowed(hidden, inputs)), Masked(allowed(hidden, hidden))
        self.last = Masked(allowed(outputs, hidden))
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.context = nn.Linear(context, width, bias=False)

    def forward(self, z, h):
        y = F.elu(self.second(F.elu(self.first(z) + self.context(h))))
        return self.last(y).chunk(2, dim=1)


class Iaf(Objective):
    """Kingma et al., 2016: gated inverse autoregressive steps, the order reversed between them; KL at the drawn codes."""

    def __init__(self, a):
        super().__init__(a)
        last, d = self.net.encoder[-1], self.net.latent
        self.net.encoder[-1] = nn.Linear(last.in_features, 2 * d + a.width)
        self.flows = nn.ModuleList(Made(d, a.width, a.width) for _ in range(a.flows))

    def modules(self):
        return super().modules() + [self.flows]

    def loss(self, x):
        d = self.net.latent
        mean, log_scale, h = self.net.encoder(x).split([d, d, self.a.width], dim=1)
        eps = torch.randn_like(mean)
        z = mean + log_scale.exp() * eps
        log_q = -(0.5 * (math.log(2 * math.pi) + eps.square()) + log_scale).sum(1)
        for i, made in enumerate(self.flows):
            z = z.flip(1) if i else z
            m, s = made(z, h)
            s = s + 2
            z = m + s.sigmoid() * (z - m)
            log_q = log_q - F.logsigmoid(s).sum(1)
        log_p = -0.5 * (math.log(2 * math.pi) + z.square()).sum(1)
        return (nll(self.net, x, z) + log_q - log_p).mean()


class WaeMmd(Objective):
    """Tolstikhin et al., 2018, algorithm 2, with a deterministic encoder."""

    def __init__(self, a):
        super().__init__(a)
        last = self.net.encoder[-1]
        self.net.encoder[-1] = nn.Linear(last.in_features, self.net.latent)

    def loss(self, x):
        z = self.net.encoder(x)
        error = (self.net.decode(z) - x).square().sum(1).mean()
        return error + self.a.weight * mmd(z, torch.randn_like(z))


class InfoVae(Objective):
    """Zhao et al., 2017: (1 - alpha) KL and (alpha + lambda - 1) MMD^2."""

    def loss(self, x):
        mean, log_var = self.net.encode(x)
        z = sample(mean, log_var)
        a = self.a
        elbo = (nll(self.net, x, z) + (1 - a.alpha) * kl(mean, log_var)).mean()
        return elbo + (a.alpha + a.weight - 1) * mmd(z, torch.randn_like(z))


class FactorVae(Objective):
    """Kim and Mnih, 2018: a critic's log-ratio as total correlation; both players' gradients from one forward pass."""

    def __init__(self, a):
        super().__init__(a)
        widths = [self.net.latent] + [int(w) for w in a.critic.split(",")]
        layers = []
        for i, o in zip(widths, widths[1:]):
            layers += [nn.Linear(i, o), nn.LeakyReLU(0.2)]
        self.critic = nn.Sequential(*layers, nn.Linear(widths[-1], 1))

    def gradients(self, x):
        mean, log_var = self.net.encode(x)
        z = sample(mean, log_var)
        model = list(self.net.parameters())
        critic = list(self.critic.parameters())
        tc = self.critic(z).squeeze(1)
        loss = (nll(self.net, x, z) + kl(mean, log_var) + self.a.gamma * tc).mean()
        order = torch.rand_like(z).argsort(0)
        permuted = z.detach().gather(0, order)
        apart = F.softplus(-self.critic(z.detach())).mean() + F.softplus(self.critic(permuted)).mean()
        for p, g in zip(model + critic, torch.autograd.grad(loss, model) + torch.autograd.grad(apart, critic)):
            p.grad = g
        return loss


class Tap(nn.Module):
    """A layer of a gated PixelCNN on one row (van den Oord et al., 2016): rows above are empty, but cost the same here as in ours."""

    def __init__(self, planes, features, reach, first):
        super().__init__()
        self.reach, self.first = reach, first
        rows = reach if first else reach + 1
        self.above = nn.Conv2d(planes, 2 * features, (rows, 2 * reach + 1), padding=reach)
        self.left = nn.Conv2d(planes, 2 * features, (1, reach + 1), padding=(0, reach))
        if first:
            mask = torch.ones(1, 1, 1, reach + 1)
            mask[..., -1] = 0
            self.register_buffer("mask", mask)
        self.across = nn.Conv2d(2 * features, 2 * features, 1, bias=False)
        self.back = nn.Conv2d(features, features, 1)
        self.given = nn.ModuleList(nn.Conv2d(features, 2 * features, 1, bias=False) for _ in range(2))

    def forward(self, v, u, h):
        gate = lambda a: torch.tanh(a.chunk(2, 1)[0]) * torch.sigmoid(a.chunk(2, 1)[1])
        a = self.above(v)[:, :, : v.shape[2]] + self.given[0](h)
        kernel = self.left.weight * self.mask if self.first else self.left.weight
        left = F.conv2d(u, kernel, self.left.bias, padding=(0, self.reach))[..., : u.shape[3]]
        back = self.back(gate(left + self.across(a) + self.given[1](h)))
        return gate(a), back if self.first else u + back


class VqVae(Objective):
    """van den Oord et al., 2017: 8 codes of K entries of 16 numbers, moving averages with restarts, a gated PixelCNN as prior."""

    GROUPS, SIZE, FEATURES, LAYERS, BETA, DECAY, RESTART = 8, 16, 32, 4, 0.25, 0.99, 0.03

    def __init__(self, a):
        super().__init__(a)
        g, d, f, k = self.GROUPS, self.SIZE, self.FEATURES, a.k
        self.net.encoder[-1] = nn.Linear(self.net.encoder[-1].in_features, g * d)
        self.net.decoder[0] = nn.Linear(g * d, self.net.decoder[0].out_features)
        self.entries = (torch.rand(k, d) * 2 - 1) / k
        self.counts, self.sums, self.began = torch.ones(k), self.entries.clone(), False
        self.embedding = nn.Embedding(k, f)
        self.position = nn.Parameter(torch.zeros(1, f, 1, g))
        self.taps = nn.ModuleList(Tap(f, f, 1 if i else 3, i == 0) for i in range(self.LAYERS + 1))
        self.out = nn.Sequential(nn.ReLU(), nn.Conv2d(f, f, 1), nn.ReLU(), nn.Conv2d(f, k, 1))

    def modules(self):
        return super().modules() + [self.embedding, nn.ParameterList([self.position]), self.taps, self.out]

    def log_prior(self, codes):
        v = u = self.embedding(codes).permute(0, 2, 1).unsqueeze(2)
        for tap in self.taps:
            v, u = tap(v, u, self.position)
        return -F.cross_entropy(self.out(u).squeeze(2), codes, reduction="none").sum(1)

    @torch.no_grad()
    def follow(self, z, codes, far):
        k = self.a.k
        n = torch.zeros(k).index_add(0, codes, torch.ones(len(z)))
        self.counts.lerp_(n, 1 - self.DECAY)
        self.sums.lerp_(torch.zeros_like(self.sums).index_add(0, codes, z), 1 - self.DECAY)
        total = self.counts.sum()
        smooth = (self.counts + 1e-5) / (total + k * 1e-5) * total
        self.entries = self.sums / smooth[:, None]
        fresh = z[torch.multinomial(far + 1e-12, k, replacement=True)]
        least = total * self.RESTART / k
        dead = self.counts < least if self.began else torch.ones(k, dtype=torch.bool)
        mass = 2 * least if self.began else n.sum() * (1 - self.DECAY) / k
        self.began = True
        self.counts = torch.where(dead, mass, self.counts)
        self.entries = torch.where(dead[:, None], fresh, self.entries)
        self.sums = torch.where(dead[:, None], fresh * mass, self.sums)

    def gradients(self, x):
        z = self.net.encoder(x).view(-1, self.SIZE)
        with torch.no_grad():
            codes = (z @ self.entries.t() - 0.5 * self.entries.square().sum(1)).argmax(1)
            e = self.entries[codes]
        error = (z - e).square().sum(1)
        through = (z + (e - z).detach()).view(len(x), -1)
        prior = self.log_prior(codes.view(len(x), -1))
        loss = (nll(self.net, x, through) + self.BETA * error.view(len(x), -1).sum(1) - prior).mean()
        loss.backward()
        self.follow(z.detach(), codes, error.detach())
        return loss


NODES, WEIGHTS = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(40))
NODE, WEIGHT = (NODES + 1) / 2, WEIGHTS / 2


def log_angle(m, kappa, angle):
    """The log-density of the angle between a draw and the mean direction, up to a constant."""
    return kappa * angle.cos() + (m - 2) * angle.sin().log()


def implicit_slope(m, kappa, ratio, w, across):
    """Figurnov et al., 2018: the integral of (t - A) p(t) from w to 1, over p(w), by 40 nodes where the density is not negligible."""
    at = torch.atan2(across, w)
    mode = (2 * kappa / (m - 2 + torch.hypot(torch.full_like(kappa, m - 2), 2 * kappa))).acos()
    above = w >= ratio
    level = log_angle(m, kappa, at)
    end = torch.where(above, 0.0, math.pi)
    low, high = end, torch.where(above, torch.minimum(at, mode), torch.maximum(at, mode))
    for _ in range(14):
        middle = (low + high) / 2
        far = log_angle(m, kappa, middle) - level < -40
        low, high = torch.where(far, middle, low), torch.where(far, high, middle)
    low = torch.where(log_angle(m, kappa, end) - level < -40, low, end)
    t = low + (at - low) * NODE
    return (WEIGHT * (t.cos() - ratio).abs() * (log_angle(m, kappa, t) - level).exp()).sum(1, True) * (at - low).abs() * at.sin()


class Svae(Objective):
    """Davidson et al., 2018: von Mises-Fisher posteriors by Wood's sampler (float64, rows drawn again until accepted), closed-form KL."""

    def __init__(self, a):
        super().__init__(a)
        self.net.encoder[-1] = nn.Linear(self.net.encoder[-1].in_features, self.net.latent + 1)

    def along(self, m, kappa):
        """The cosine of draws with their mean direction, the sine, and the cosine's derivative by kappa."""
        root = torch.hypot(2 * kappa, torch.full_like(kappa, m - 1))
        b = (m - 1) / (2 * kappa + root)
        x0 = (1 - b) / (1 + b)
        peak = (4 * b).log() - 2 * torch.log1p(b)
        e = torch.empty_like(kappa)
        left = torch.arange(len(kappa))
        while len(left):
            u = torch.rand(3, len(left), 1, dtype=torch.float64)
            radius = (-torch.expm1(2 / (m - 2) * u[0].log())).sqrt()  # a Beta((m - 1) / 2, (m - 1) / 2) by Ulrich, 1984; m > 2
            e[left] = 0.5 + 0.5 * radius * (2 * math.pi * u[1]).cos()
            k, c = kappa[left], b[left]
            w = (1 - (1 + c) * e[left]) / (1 - (1 - c) * e[left])
            test = k * (w - x0[left]) + (m - 1) * (torch.log1p(-x0[left] * w) - peak[left])
            left = left[(test < u[2].log()).squeeze(1)]
        d = 1 - (1 - b) * e
        return (1 - (1 + b) * e) / d, 2 * (b * e * (1 - e)).sqrt() / d, 4 * e * (1 - e) / d.square() * b / root

    def loss(self, x):
        m = self.net.latent
        h = self.net.encoder(x)
        mu = h[:, :m]
        mu = F.normalize(torch.cat([mu[:, :1] + 0.1, mu[:, 1:]], 1))
        kappa = F.softplus(h[:, m:]).double() + 1
        with torch.no_grad():
            k = kappa.detach()
            v = m / 2 - 1
            bessel = torch.from_numpy(special.ive(v, k.numpy()))
            ratio = torch.from_numpy(special.ive(v + 1, k.numpy())) / bessel
            log_c = v * k.log() - m / 2 * math.log(2 * math.pi) - bessel.log() - k
            area = math.log(2) + m / 2 * math.log(math.pi) - math.lgamma(m / 2)
            divergence = k * ratio + log_c + area
            divergence_slope = k * (1 - ratio.square() - (m - 1) * ratio / k)
            w, s, slope = self.along(m, k)
            if self.a.gradient == "implicit":
                slope = implicit_slope(m, k, ratio, w, s)
        moved = kappa - k  # zero, with a derivative
        g = torch.randn_like(mu)
        tangent = F.normalize(g - mu * (mu * g).sum(1, True))
        z = mu * (w + slope * moved).float() + tangent * (s - w / s * slope * moved).float()
        return (nll(self.net, x, z) + (divergence + divergence_slope * moved).squeeze(1)).mean()


OBJECTIVES = {
    "vae": Vae, "beta-tc": BetaTc, "iwae": Iwae, "vamp": Vamp, "iaf": Iaf, "wae-mmd": WaeMmd, "info-vae": InfoVae, "factor-vae": FactorVae,
    "vq-vae": VqVae, "svae": Svae,
}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--objective", choices=sorted(OBJECTIVES), default="vae")
    p.add_argument("--k", type=int, default=50, help="iwae: samples; vamp: pseudo-inputs; vq-vae: entries")
    p.add_argument("--beta", type=float, default=6.0, help="beta-tc")
    p.add_argument("--estimator", choices=["weighted", "stratified"], default="weighted", help="beta-tc")
    p.add_argument("--alpha", type=float, default=0.0, help="info-vae")
    p.add_argument("--weight", type=float, default=10.0, help="lambda of wae-mmd and info-vae")
    p.add_argument("--gamma", type=float, default=10.0, help="factor-vae")
    p.add_argument("--critic", default="256,256", help="factor-vae: hidden widths")
    p.add_argument("--flows", type=int, default=2, help="iaf: steps")
    p.add_argument("--width", type=int, default=128, help="iaf: of the hidden layers and the context")
    p.add_argument("--gradient", choices=["implicit", "proposal"], default="implicit", help="svae: of a draw by its concentration")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--warmup", type=int, default=300)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)

    pool = torch.empty(POOL, common.PIXELS).bernoulli_(0.13)  # 0.13: the mean grey value of MNIST
    objective = OBJECTIVES[a.objective](a)
    parameters = [q for m in objective.modules() for q in m.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)

    def step(index):
        optimizer.zero_grad(set_to_none=True)
        loss = objective.gradients(pool[index])
        optimizer.step()
        return loss

    times, per_pass = [], POOL // a.batch
    for i in range(a.warmup + a.steps):
        if i % per_pass == 0:
            order = torch.randperm(POOL)  # once a pass over the pool, outside the clock
        j = i % per_pass * a.batch
        index = order[j : j + a.batch]
        t = perf_counter()
        loss = step(index)
        times.append(perf_counter() - t)

    common.emit(
        "objective_step", peer="pytorch", objective=a.objective, batch=a.batch, steps=a.steps, warmup=a.warmup,
        **common.spread(times[a.warmup :]), parameters=sum(q.numel() for q in parameters), final_loss=loss.item(),
    )


if __name__ == "__main__":
    main()
