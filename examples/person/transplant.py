"""Starts the student as its teacher, as far as it fits.

Between two depthwise convolutions the teacher, a MobileNetV1, has one matrix and a ReLU; the student has a projection
to few channels, which is linear, an expansion, and a ReLU6. So the student's depthwise convolutions can be the teacher's
own, and two matrices of the student a matrix of the teacher at a lower rank (reduced-rank regression: Izenman, 1975):
the principal components of its outputs, and what they tell of these. Each matrix is fitted by least squares to what the
teacher computes, from what the student computes by then, so that it mends what the layers before it lack. Photos are all
that takes; no labels.
"""

import torch
from torch import nn

from device import DEVICE
from exported import as_bias, normalize

# Of each of the student's blocks: which of the teacher's matrices, counted from 1, it expands to (0: there is nothing to
# expand; None: to channels of its own), and which one's outputs its projection stands for.
BLOCKS = [
    *[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (None, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 10), (10, 11)],
    *[(None, 11), (11, 12), (None, 12), (None, 12), (12, 13)],
]
EXPANSIONS = [expands for expands, _ in BLOCKS] + [13]  # and of the last convolution
RIDGE = 1e-4  # of the inputs' mean variance
ROWS = 150_000  # places that a matrix is fitted to, at most
TOP = 6.0  # of ReLU6


def _columns(features):
    """Places of [N, C, H, W] as rows [places, C], in doubles."""
    rows = features.permute(0, 2, 3, 1).flatten(0, 2)
    return rows[:: -(-len(rows) // ROWS)].double()


def _fit(inputs, targets):
    """(weights [C, D], bias [C]) that give targets [places, C] from inputs [places, D] with the least squared error."""
    centre, mean = inputs.mean(0), targets.mean(0)
    x, y = inputs - centre, targets - mean
    gram = x.T @ x
    gram.diagonal().add_(RIDGE * gram.diagonal().mean())
    weights = torch.linalg.solve(gram, x.T @ y).T
    return weights, mean - weights @ centre


def _components(values, count):
    """The first principal components of values [places, C], each of variance 1: [places, count]."""
    centred = values - values.mean(0)
    _, axes = torch.linalg.eigh(centred.T @ centred)
    found = centred @ axes.flip(1)[:, :count]
    return found / found.std(0).clamp(min=1e-6)


def _scales(features):
    """What makes each channel of a ReLU's results [N, C, H, W] fill a ReLU6: [C]."""
    return TOP / features.amax((0, 2, 3)).clamp(min=1e-3)


def _part(layer, kind):
    (found,) = (part for part in layer if isinstance(part, kind))
    return found


class _Graft:
    """Sets the student's layers one after the other, each on what those before it make of the photos.

    A layer's first channels are the teacher's, scaled; the next pass on its inputs, shifted to the middle of ReLU6, where
    it is linear; the others are random.
    """

    def __init__(self, teacher, images):
        self.teacher, self.features = teacher.body, teacher.features(images)
        self.scales = [_scales(features) for features in self.features]
        self.x = images

    def _set(self, layer, filters, bias):
        """Gives a layer its parameters, and runs it."""
        weight = _part(layer, nn.Conv2d).weight
        weight.copy_(filters.reshape(weight.shape))
        as_bias(_part(layer, nn.BatchNorm2d), bias)
        self.x = layer(self.x)

    def _random(self, layer):
        """(filters, bias): as many as the layer has."""
        weight = _part(layer, nn.Conv2d).weight
        return torch.randn_like(weight) * 2 / weight[0].numel() ** 0.5, torch.ones_like(weight[:, 0, 0, 0])

    def _says(self, k):
        """What the teacher's k-th matrix says before its ReLU: [places, C]."""
        matrix = self.teacher[2 * k]
        return _columns(self.features[2 * k - 1]) @ matrix.filters[:, :, 0, 0].double().T + matrix.bias

    def window(self, layer, index, passed):
        """A layer of 3x3 windows, with those of the teacher's layer `index`, unless that is None."""
        filters, bias = self._random(layer)
        own = 0
        if index is not None:
            theirs, scale = self.teacher[index], self.scales[index]
            own = len(scale)
            if index == 0:  # pixels, in [-1, 1] here and in [0, 1] there
                inputs, shift = 2, theirs.filters.sum((1, 2, 3)) / 2
            else:
                inputs, shift = self.scales[index - 1][:, None, None, None], 0
            filters[:own] = theirs.filters / inputs * scale[:, None, None, None]
            bias[:own] = (theirs.bias + shift) * scale
        filters[own : own + passed] = 0
        filters[own : own + passed, 0, 1, 1] = 1
        bias[own : own + passed] = 0
        self._set(layer, filters, bias)

    def expand(self, layer, k):
        """A layer of which channels are what the teacher's k-th matrix says, unless k is None; how many it passes on."""
        filters, bias = self._random(layer)
        own = 0
        if k is not None:
            scale = self.scales[2 * k]
            own = len(scale)
            weights, bias[:own] = _fit(_columns(self.x), self._says(k) * scale)
            filters[:own] = weights[:, :, None, None]
        passed = min(len(filters) - own, self.x.shape[1])
        filters[own : own + passed, :, 0, 0] = torch.eye(passed, self.x.shape[1], device=filters.device)
        bias[own : own + passed] = TOP / 2
        self._set(layer, filters, bias)
        return passed

    def project(self, layer, k, added):
        """A layer that makes of `added`, unless that is None, the components of what the k-th matrix says."""
        targets = _components(self._says(k), len(_part(layer, nn.Conv2d).weight))
        if added is None:
            self._set(layer, *_fit(_columns(self.x), targets))
        else:
            self._set(layer, *_fit(_columns(self.x), targets - _columns(added)))
            self.x = self.x + added


@torch.no_grad()
def transplant(student, teacher, images):
    """Gives the student what it can take of the teacher, by a batch of images [N, 3, 96, 96].

    `student` is a MobileNetV2 of width 0.35, padded as the teacher is. Returns, for each matrix of the teacher, what the
    student's channels that stand for it are multiplied by: [C].
    """
    student.to(DEVICE).eval()
    images = images.to(DEVICE)
    graft = _Graft(teacher, images)
    first, *blocks, last = student.features
    graft.window(first, 0, 0)
    for block, (expands, stands) in zip(blocks, BLOCKS):
        before = graft.x
        passed = graft.expand(block.expand, expands) if expands != 0 else 0
        graft.window(block.window, None if expands is None else 2 * expands + 1, passed)
        graft.project(block.project, stands, before if block.adds else None)
    graft.expand(last, EXPANSIONS[-1])
    scale = graft.scales[-1]
    student.classifier.weight.zero_()
    student.classifier.weight[:, : len(scale)] = teacher.weights / scale
    student.classifier.bias.copy_(teacher.bias)
    normalize(student, images.split(32))
    return graft.scales[teacher.MATRICES]
