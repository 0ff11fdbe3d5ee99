"""Turns the JSON lines of bench/run into a table of medians and ratios: table.py LINES OUT.md"""

import datetime
import json
import platform
import statistics
import sys


def main(source, target):
    rows = [json.loads(line) for line in open(source) if line.startswith("{")]

    def pick(**want):
        return [r for r in rows if all(r.get(k) == v for k, v in want.items())]

    def median(found, key):
        return statistics.median(r[key] for r in found)

    out = []
    out.append("| what | ours | peer | ratio | target |")
    out.append("| --- | ---: | ---: | ---: | ---: |")

    gemm = median(pick(bench="gemm"), "gflops_1024")
    ours_mlp = median(pick(bench="step", net="mlp"), "median_ms")
    torch_mlp = pick(bench="torch_step", net="mlp", optimizer="adam")
    # 6 x batch x weights, the count the target was set with; the second row leaves out the first layer's input gradient,
    # which nobody computes (PyTorch's own FLOP counter gives the same number).
    weights = 784 * 512 + 512 * 512 + 512 * 40 + 20 * 512 + 512 * 512 + 512 * 784
    for name, gflop, limit in (
        ("6 · batch · weights", 6 * 128 * weights / 1e9, "≤ 1.5"),
        ("without the first input gradient", (6 * weights - 2 * 784 * 512) * 128 / 1e9, ""),
    ):
        floor = gflop / gemm * 1e3
        out.append(
            f"| MLP step against the GEMM floor, {name} ({gflop:.3f} GFLOP at {gemm:.0f} GFLOP/s) | {ours_mlp:.2f} ms "
            f"| {floor:.2f} ms | {ours_mlp / floor:.2f} | {limit} |"
        )
    for net, target_ratio in (("mlp", "≤ 0.8"), ("conv", "≤ 1")):
        peer = pick(bench="torch_step", net=net, optimizer="adam")
        if peer:
            a = median(pick(bench="step", net=net), "median_ms")
            b = median(peer, "median_ms")
            out.append(f"| {net} step against PyTorch (`torch.optim.Adam`) | {a:.2f} ms | {b:.2f} ms | {a / b:.2f} | {target_ratio} |")
    for optimizer in ("adam_fused", "adam_foreach"):
        peer = pick(bench="torch_step", net="mlp", optimizer=optimizer)
        if peer:
            b = median(peer, "median_ms")
            out.append(f"| mlp step against PyTorch ({optimizer}) | {ours_mlp:.2f} ms | {b:.2f} ms | {ours_mlp / b:.2f} | |")
    pythae = [r for r in rows if str(r.get("bench", "")).startswith("pythae")]
    for name, bfloat, limit in (("float32", False, "≤ 0.5"), ("bfloat16 products, `-Djavae.precision=medium`", True, "")):
        ours = [r for r in pick(bench="epoch") if ("bfloat16" in r["engine"]) == bfloat]
        if not ours or not pythae:
            continue
        a, b = median(ours, "seconds_per_epoch"), median(pythae, "seconds_per_epoch")
        out.append(f"| MNIST epoch against pythae's trainer, {name} | {a:.2f} s | {b:.2f} s | {a / b:.2f} | {limit} |")
        for part in ("train", "test"):
            out.append(
                f"| {part} ELBO after {ours[0]['epochs']} epochs, nats, {name} | {ours[0][part]['elbo']:.2f} "
                f"| {pythae[0][part]['elbo']:.2f} | | |"
            )
    memory = pick(bench="memory")
    if memory:
        m = memory[-1]
        out.append(
            f"| resident memory, step {m['steps'] // 10:,} → {m['steps']:,} | {m['rss_mb_at_end']:.0f} MB "
            f"| {m['rss_mb_at_tenth']:.0f} MB | {1 + m['growth']:.3f} | ≤ 1.05 |"
        )
    head = [
        "# Benchmarks",
        "",
        f"{datetime.date.today().isoformat()}; {rows[0]['engine']}; {platform.system()} {platform.machine()}, "
        f"medians over {len(pick(bench='gemm'))} rounds in one run, ours and theirs taking turns.",
        "",
        "Command: `bench/run --python PYTHON --data FOLDER` (see `bench/peers/README.md` for what is compared and how fairly).",
        "",
    ]
    if torch_mlp:
        head.insert(3, f"PyTorch {torch_mlp[0]['torch']}, Python {torch_mlp[0]['python']}, {torch_mlp[0]['threads']} threads.")
    open(target, "w").write("\n".join(head + out) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
