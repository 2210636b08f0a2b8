"""Training at growing resolutions, resumable after every epoch."""

import copy
import math
import random
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from device import DEVICE, WORKERS


class Average:
    """An exponential moving average of a model's parameters and statistics: the one that is evaluated and kept."""

    def __init__(self, model, decay):
        self.model, self.decay, self.steps = copy.deepcopy(model).eval(), decay, 0

    @torch.no_grad()
    def update(self, model):
        """Takes in `model` after a step. Early on, when `model` changes most, it remembers less."""
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        for mine, theirs in zip(self.model.state_dict().values(), model.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)


def parameter_groups(model, weight_decay):
    """Decay for matrices and filters only: not for biases, nor BatchNorm's scales."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def rate_at(share, peak):
    """One cycle: up linearly for a tenth of the training, then down along a cosine to a thousandth.

    `share` is how much of the training is done, from 0 to 1.
    """
    if share < 0.1:
        return peak * max(share / 0.1, 0.02)
    return peak * (0.001 + 0.999 * (1 + math.cos(math.pi * (share - 0.1) / 0.9)) / 2)


def blend(images):
    """Each image blended with another one of the batch (Zhang et al., 2017, arXiv:1710.09412), by shares of 0 to 1."""
    share = torch.rand(len(images), 1, 1, 1)
    return images * share + images[torch.randperm(len(images))] * (1 - share)


def tile(images):
    """Four images of the batch in each, at half the size (Bochkovskiy et al., 2020, arXiv:2004.10934): all is smaller."""
    small = functional.avg_pool2d(images, 2)
    parts = [small[torch.randperm(len(images))] for _ in range(4)]
    return torch.cat([torch.cat(parts[:2], 3), torch.cat(parts[2:], 3)], 2)


def load_average(model, checkpoint):
    """Gives `model` the averaged weights of a training that has ended or still runs; returns it."""
    state = torch.load(checkpoint, map_location="cpu")
    model.load_state_dict(state["average"])
    return model.eval()


class _Training:
    """What a checkpoint holds: the model, its average, the optimizer, and how many epochs are done."""

    def __init__(self, model, decay, peak, weight_decay):
        self.model = model.to(DEVICE, memory_format=torch.channels_last)
        self.average = Average(self.model, decay)
        self.optimizer = torch.optim.AdamW(parameter_groups(self.model, weight_decay), lr=peak, foreach=True)
        self.epoch = 0

    def restore(self, checkpoint):
        if not Path(checkpoint).exists():
            return
        state = torch.load(checkpoint, map_location=DEVICE)
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.average.steps = state["steps"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch = state["epoch"]

    def save(self, checkpoint):
        state = {
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "steps": self.average.steps,
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
        }
        # Renamed when it is whole: who is interrupted meanwhile keeps the one before.
        torch.save(state, f"{checkpoint}.new")
        Path(f"{checkpoint}.new").replace(checkpoint)

    def step(self, images, targets, loss, rate):
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        images = images.to(DEVICE).contiguous(memory_format=torch.channels_last)
        value = loss(images, self.model(images), targets.to(DEVICE))
        self.optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 2.0)
        self.optimizer.step()
        self.average.update(self.model)
        return value.item()


def train(
    model,
    views,
    phases,
    loss,
    evaluate,
    checkpoint,
    batch=64,
    peak=4e-3,
    weight_decay=0.05,
    decay=0.999,
    mixed=0.0,
):
    """Trains `model` and returns its average.

    Args:
      views: size -> Dataset of (image, target).
      phases: (size, epochs), ...: the schedule. The rate falls by the images' pixels, not by their number.
      loss: (images, logits, targets) -> scalar.
      evaluate: model -> text, printed after every epoch.
      checkpoint: a file, from which an interrupted training goes on.
      mixed: the share of batches whose images are blended or tiled; their targets are not.
    """
    training = _Training(model, decay, peak, weight_decay)
    training.restore(checkpoint)
    epochs = [size for size, count in phases for _ in range(count)]
    pixels = [size * size for size in epochs]
    while training.epoch < len(epochs):
        size, start, losses = epochs[training.epoch], time.time(), []
        loader = DataLoader(views(size), batch, shuffle=True, num_workers=WORKERS, drop_last=True)
        training.model.train()
        for step, (images, targets) in enumerate(loader):
            if random.random() < mixed:
                images = random.choice([blend, tile])(images)
            done = sum(pixels[: training.epoch]) + size * size * step / len(loader)
            losses.append(training.step(images, targets, loss, rate_at(done / sum(pixels), peak)))
        training.epoch += 1
        training.save(checkpoint)
        print(
            f"epoch {training.epoch}/{len(epochs)} at {size}: loss {sum(losses) / len(losses):.4f}, "
            f"{evaluate(training.average.model)}, {time.time() - start:.0f} s",
            flush=True,
        )
    return training.average.model
