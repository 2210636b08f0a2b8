"""MLPerf Tiny's visual wake words network, a .tflite file, as the PyTorch function that teaches the student."""

import torch
from torch import nn
from torch.nn import functional

from device import DEVICE
from tflite import read_network

SIZE = 96


class Teacher(nn.Module):
    """Images [N, 3, 96, 96] in [-1, 1], as the student sees them, to the teacher's logits [N, 2]."""

    CHANNELS = 256  # of its features

    def __init__(self, path):
        super().__init__()
        operators = read_network(path)
        pool = [operator.name for operator in operators].index("AVERAGE_POOL_2D")
        steps = [_STEPS[operator.name](operator) for operator in operators]
        self.body, self.head = steps[:pool], steps[pool:]

    @torch.no_grad()
    def features(self, images):
        """What its last convolution says of each place: [N, 256, 3, 3]."""
        x = (images + 1) / 2  # it was trained on pixels in [0, 1]
        for step in self.body:
            x = step(x)
        return x

    @torch.no_grad()
    def classify(self, features):
        """The logits [N, 2] of its features."""
        for step in self.head:
            features = step(features)
        return features

    def forward(self, images):
        return self.classify(self.features(images))


def _convolution(filters, bias, operator, groups):
    """SAME pads as TensorFlow: by what the last window lacks, the smaller half first."""
    kernel, stride = filters.shape[2], operator.stride
    activation = {0: lambda x: x, 1: torch.relu, 3: functional.relu6}[operator.activation]

    def step(x):
        if operator.is_same:
            lacking = max(0, (-(-x.shape[2] // stride) - 1) * stride + kernel - x.shape[2])
            before = lacking // 2
            x = functional.pad(x, (before, lacking - before) * 2)
        return activation(functional.conv2d(x, filters, bias, stride, groups=groups))

    return step


def _tensor(array, *order):
    return torch.from_numpy(array.transpose(order or range(array.ndim)).copy()).to(DEVICE)


def _conv(operator):
    _, filters, bias = operator.constants
    return _convolution(_tensor(filters, 0, 3, 1, 2), _tensor(bias), operator, 1)


def _depthwise(operator):
    _, filters, bias = operator.constants
    return _convolution(_tensor(filters, 3, 0, 1, 2), _tensor(bias), operator, filters.shape[3])


def _linear(operator):
    _, weights, bias = map(lambda c: None if c is None else _tensor(c), operator.constants)
    return lambda x: functional.linear(x, weights, bias)


# Softmax is left out: distillation wants logits. The one pool is over the whole image, after which there is no layout to
# reshape.
_STEPS = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "AVERAGE_POOL_2D": lambda operator: lambda x: x.mean((2, 3)),
    "RESHAPE": lambda operator: lambda x: x,
    "FULLY_CONNECTED": _linear,
    "SOFTMAX": lambda operator: lambda x: x,
}
