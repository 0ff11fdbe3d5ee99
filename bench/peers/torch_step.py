"""One training step of the MLP or the convolutional VAE in plain PyTorch, timed (see README.md)."""

import argparse
from time import perf_counter

import torch

import common

POOL = 60000


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--net", choices=["mlp", "conv"], default="mlp")
    p.add_argument("--optimizer", choices=["adam", "adam_foreach", "adam_fused"], default="adam")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=500)
    p.add_argument("--warmup", type=int, default=50)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)

    pool = torch.empty(POOL, common.PIXELS).bernoulli_(0.13)  # 0.13: the mean grey value of MNIST
    net = {"mlp": common.Mlp, "conv": common.Conv}[a.net]()
    variant = {"adam": {}, "adam_foreach": {"foreach": True}, "adam_fused": {"fused": True}}[a.optimizer]
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, **variant)

    def step(index):
        x = pool[index]
        loss = common.training_loss(net, x)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
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
        "torch_step", peer="pytorch", net=a.net, optimizer=a.optimizer, batch=a.batch, steps=a.steps, warmup=a.warmup,
        **common.spread(times[a.warmup :]), gemm_gflop=net.gemm_gflop(a.batch),
        parameters=sum(q.numel() for q in net.parameters()), final_loss=loss.item(),
    )


if __name__ == "__main__":
    main()
