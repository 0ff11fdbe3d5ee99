"""PyTorch's single-precision matrix-product rate at 1024^3 and at every product of the MLP step (see README.md)."""

import argparse
from time import perf_counter

import torch

import common


def median_seconds(product, repeats):
    for _ in range(10):
        product()
    times = []
    for _ in range(repeats):
        t = perf_counter()
        product()
        times.append(perf_counter() - t)
    return sorted(times)[repeats // 2], min(times)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--repeats", type=int, default=100)
    p.add_argument("--batch", type=int, default=128)
    a = p.parse_args()
    torch.set_num_threads(a.threads)

    n = 1024
    x, y, out = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
    median, best = median_seconds(lambda: torch.mm(x, y, out=out), a.repeats)
    square = 2e-9 * n**3 / median

    net = common.Mlp()
    linears = [m for m in net.modules() if isinstance(m, torch.nn.Linear)]
    shapes, total = [], 0.0
    for layer in linears:
        outs, ins = layer.weight.shape
        w, x, dy = torch.randn(outs, ins), torch.randn(a.batch, ins), torch.randn(a.batch, outs)
        # The layouts that nn.Linear and its backward pass hand to the library.
        products = {
            "forward": ((x, w.t()), (a.batch, outs)),
            "weight_gradient": ((dy.t(), x), (outs, ins)),
            "input_gradient": ((dy, w), (a.batch, ins)),
        }
        if layer is linears[0]:
            del products["input_gradient"]  # pixels need no gradient
        for kind, ((left, right), shape) in products.items():
            out = torch.empty(shape)
            seconds, _ = median_seconds(lambda: torch.mm(left, right, out=out), a.repeats)
            total += seconds
            shapes.append({
                "layer": f"{ins}-{outs}", "product": kind, "ms": 1e3 * seconds,
                "gflops": 2e-9 * a.batch * ins * outs / seconds,
            })

    gflop = net.gemm_gflop(a.batch)
    common.emit(
        "gemm_floor", peer="pytorch", batch=a.batch, gflops_1024=square, best_gflops_1024=2e-9 * n**3 / best,
        mlp_step_gflop=gflop, mlp_floor_ms_at_1024_rate=1e3 * gflop / square,
        mlp_floor_ms_at_own_shapes=1e3 * total, mlp_gflops_at_own_shapes=gflop / total, shapes=shapes,
    )


if __name__ == "__main__":
    main()
