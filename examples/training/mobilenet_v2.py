"""MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381, table 2) for PyTorch, and its export to ONNX."""

import torch
from torch import nn

# Expansion, channels, repeats, stride of the first: table 2 of the paper.
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def _channels(channels, width):
    """Scaled by the width multiplier to a multiple of 8, and by no more than 10 % downwards."""
    scaled = max(8, int(channels * width + 4) // 8 * 8)
    return scaled if scaled >= 0.9 * channels * width else scaled + 8


def _convolution(inputs, outputs, kernel, stride=1, groups=1, activation=True, same=False):
    pads_after = same and stride == 2
    return nn.Sequential(
        *([nn.ZeroPad2d((0, 1, 0, 1))] if pads_after else []),
        nn.Conv2d(inputs, outputs, kernel, stride, 0 if pads_after else kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        *([nn.ReLU6(inplace=True)] if activation else []),
    )


class _InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion, same):
        super().__init__()
        hidden = inputs * expansion
        self.adds = stride == 1 and inputs == outputs
        self.expand = _convolution(inputs, hidden, 1) if expansion > 1 else nn.Identity()
        self.window = _convolution(hidden, hidden, 3, stride, groups=hidden, same=same)
        self.project = _convolution(hidden, outputs, 1, activation=False)

    def narrow(self, expanded, x):
        """The block's result, of its input `x` and what its expansion made of that."""
        y = self.project(self.window(expanded))
        return x + y if self.adds else y

    def forward(self, x):
        return self.narrow(self.expand(x), x)


class MobileNetV2(nn.Module):
    """Images [N, 3, H, W], in [-1, 1], to logits [N, classes]; H and W are any multiples of 32.

    `last` is the channels of the last convolution, 1280 in the paper whatever the width up to 1. With `same`, layers of
    stride 2 are padded as TensorFlow's SAME does, behind the image only; else on all sides.
    """

    def __init__(self, classes, width=1.0, last=1280, dropout=0.2, same=False):
        super().__init__()
        channels = _channels(32, width)
        layers = [_convolution(3, channels, 3, 2, same=same)]
        for expansion, outputs, repeats, stride in BLOCKS:
            for i in range(repeats):
                strides = stride if i == 0 else 1
                layers.append(_InvertedResidual(channels, _channels(outputs, width), strides, expansion, same))
                channels = _channels(outputs, width)
        self.features = nn.Sequential(*layers, _convolution(channels, last, 1))
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, classes)

    def expansions(self, x):
        """What the blocks' expansions and, last, the last convolution say of each place: [N, C, H, W] each."""
        first, *blocks, last = self.features
        x, found = first(x), []
        for block in blocks:
            found.append(block.expand(x))
            x = block.narrow(found[-1], x)
        return [*found, last(x)]

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
