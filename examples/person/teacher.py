"""MLPerf Tiny's visual wake words network, a .tflite file, as the PyTorch function that teaches the student."""

import torch
from torch import nn
from torch.nn import functional

from device import DEVICE
from tflite import RELU, read_network

SIZE = 96


class Teacher(nn.Module):
    """Images [N, 3, 96, 96] in [-1, 1], as the student sees them, to the teacher's logits [N, 2].

    Its convolutions are one full, then by turns a depthwise one and a matrix, which has a kernel of 1x1; each has a ReLU.
    """

    MATRICES = slice(2, None, 2)  # of its convolutions, and of what these say

    def __init__(self, path):
        super().__init__()
        operators = read_network(path)
        self.body = [_Convolution(operator) for operator in operators if operator.name in _ORDERS]
        (end,) = (operator for operator in operators if operator.name == "FULLY_CONNECTED")
        _, weights, bias = end.constants
        self.weights, self.bias = _tensor(weights), _tensor(bias)

    @torch.no_grad()
    def features(self, images):
        """What each convolution says of each place: [N, C, H, W], first to last."""
        found = [(images + 1) / 2]  # it was trained on pixels in [0, 1]
        for convolution in self.body:
            found.append(convolution(found[-1]))
        return found[1:]

    @torch.no_grad()
    def classify(self, features):
        """The logits [N, 2] of what the last convolution says. Softmax is left out: distillation wants logits."""
        return functional.linear(features.mean((2, 3)), self.weights, self.bias)

    def forward(self, images):
        return self.classify(self.features(images)[-1])


def _tensor(array, *order):
    return torch.from_numpy(array.transpose(order or range(array.ndim)).copy()).to(DEVICE)


# The axes of a .tflite file's filters in PyTorch's order.
_ORDERS = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2)}


class _Convolution:
    """A convolution with SAME pads and a ReLU."""

    def __init__(self, operator):
        _, filters, bias = operator.constants
        self.filters, self.bias = _tensor(filters, *_ORDERS[operator.name]), _tensor(bias)
        self.stride = operator.stride
        self.groups = 1 if operator.name == "CONV_2D" else len(self.bias)
        if not operator.is_same or operator.activation != RELU:
            raise SystemExit("the teacher's convolutions have SAME pads and a ReLU; this network is another")

    def __call__(self, x):
        """TensorFlow pads by what the last window lacks, the smaller half first."""
        kernel = self.filters.shape[2]
        lacking = max(0, (-(-x.shape[2] // self.stride) - 1) * self.stride + kernel - x.shape[2])
        before = lacking // 2
        x = functional.pad(x, (before, lacking - before) * 2)
        return torch.relu(functional.conv2d(x, self.filters, self.bias, self.stride, groups=self.groups))
