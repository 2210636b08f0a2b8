"""MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381, table 2) for PyTorch, and its export to ONNX."""

import torch
from torch import nn

# Expansion, channels, repeats, stride of the first: table 2 of the paper.
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def _channels(channels, width):
    """Scaled by the width multiplier to a multiple of 8, and by no more than 10 % downwards."""
    scaled = max(8, int(channels * width + 4) // 8 * 8)
    return scaled if scaled >= 0.9 * channels * width else scaled + 8


def _convolution(inputs, outputs, kernel, stride=1, groups=1, activation=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU6(inplace=True)] if activation else []))


class _InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        self.adds = stride == 1 and inputs == outputs
        self.layers = nn.Sequential(
            *([_convolution(inputs, hidden, 1)] if expansion > 1 else []),
            _convolution(hidden, hidden, 3, stride, groups=hidden),
            _convolution(hidden, outputs, 1, activation=False),
        )

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


class MobileNetV2(nn.Module):
    """Images [N, 3, H, W], in [-1, 1], to logits [N, classes]; H and W are any multiples of 32.

    `last` is the channels of the last convolution, 1280 in the paper whatever the width up to 1.
    """

    def __init__(self, classes, width=1.0, last=1280, dropout=0.2):
        super().__init__()
        channels = _channels(32, width)
        layers = [_convolution(3, channels, 3, 2)]
        for expansion, outputs, repeats, stride in BLOCKS:
            for i in range(repeats):
                layers.append(_InvertedResidual(channels, _channels(outputs, width), stride if i == 0 else 1, expansion))
                channels = _channels(outputs, width)
        self.features = nn.Sequential(*layers, _convolution(channels, last, 1))
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, classes)

    def classify(self, features):
        """The logits of what `features` says of each place."""
        return self.classifier(self.dropout(features.mean((2, 3))))

    def forward(self, x):
        return self.classify(self.features(x))


def export(model, size, path):
    """Writes `model` as float32 ONNX, opset 13: `image` [1, 3, size, size] to `probabilities` [1, classes]."""
    model = nn.Sequential(model, nn.Softmax(dim=1)).to("cpu", memory_format=torch.contiguous_format).eval()
    torch.onnx.export(
        model,
        torch.zeros(1, 3, size, size),
        path,
        input_names=["image"],
        output_names=["probabilities"],
        opset_version=13,
    )
