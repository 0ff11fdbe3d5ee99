"""The MLP VAE trained in plain PyTorch on dynamically binarised MNIST, and its importance-sampled NLL (see README.md)."""

import argparse
from time import perf_counter

import torch

import common


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, help="folder with the MNIST IDX files")
    p.add_argument("--epochs", type=int, default=20)
    p.add_argument("--latent", type=int, default=20)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--nll-samples", type=int, default=500)
    p.add_argument("--nll-rows", type=int, default=1000, help="the first so many test images")
    p.add_argument("--binarize-seed", type=int, default=1, help="of the test images")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)

    train = torch.from_numpy(common.idx_images(a.data, "train-images-idx3-ubyte"))
    test = common.binarise(common.idx_images(a.data, "t10k-images-idx3-ubyte"), a.binarize_seed)[: a.nll_rows]
    net = common.Mlp(a.latent)
    optimizer = torch.optim.Adam(net.parameters(), lr=a.lr)

    start = perf_counter()
    for _ in range(a.epochs):
        total = 0.0
        for index in torch.randperm(len(train)).split(a.batch):
            x = torch.bernoulli(train[index])
            loss = common.training_loss(net, x)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
    trained = perf_counter()

    net.eval()
    nll = common.importance_nll(net, test, a.nll_samples)
    common.emit(
        "mlp_reference", peer="pytorch", net="mlp", latent=a.latent, batch=a.batch, lr=a.lr, epochs=a.epochs,
        seed=a.seed, binarize="dynamic", binarize_seed=a.binarize_seed, last_epoch_train_elbo=-total / len(train),
        test=common.mean_elbo(net, test), test_nll=nll, nll_samples=a.nll_samples, nll_rows=len(test),
        train_seconds=trained - start, seconds_per_epoch=(trained - start) / max(a.epochs, 1),
        nll_seconds=perf_counter() - trained,
    )


if __name__ == "__main__":
    main()
