"""Starts a training from a network that was exported, instead of from random weights."""

import onnx
import torch
from onnx import numpy_helper
from torch import nn


def _parameters(path):
    """(weights, bias) of each convolution and matrix of an ONNX file, in the order they are used."""
    graph = onnx.load(path).graph
    constants = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    return [[constants[name] for name in node.input[1:]] for node in graph.node if node.op_type in ("Conv", "Gemm")]


def _norms(model):
    """Every BatchNorm of `model`, in the order it uses them."""
    return [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]


@torch.no_grad()
def as_bias(norm, bias):
    """Makes a BatchNorm add `bias` and do nothing else."""
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)


@torch.no_grad()
def normalize(model, batches):
    """Gives the BatchNorms of `model`, all as `as_bias` makes them, the statistics of `batches` of images.

    Their scales and shifts undo them: the network answers as before, and is fit to be trained.
    """
    sums = {norm: [0, 0] for norm in _norms(model)}

    def watch(norm, inputs):
        for i, power in enumerate((1, 2)):
            sums[norm][i] = sums[norm][i] + inputs[0].double().pow(power).mean((0, 2, 3)) / len(batches)

    hooks = [norm.register_forward_pre_hook(watch) for norm in sums]
    model.eval()
    for images in batches:
        model(images)
    for hook in hooks:
        hook.remove()
    for norm, (mean, square) in sums.items():
        variance = (square - mean**2).clamp(min=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean.float())
    return model


@torch.no_grad()
def start_from(model, path, batches):
    """Gives `model` the weights of the network in `path`, which `mobilenet_v2.export` wrote; returns it.

    The export folded each BatchNorm into its convolution; `batches` of images give them statistics again.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    parameters = _parameters(path)
    if [list(w.shape) for w, _ in parameters] != [list(layer.weight.shape) for layer in layers]:
        raise SystemExit(f"{path}: not this network's layers; export it with the same width and classes")
    for layer, (weight, bias) in zip(layers, parameters):
        layer.weight.copy_(weight)
        if layer.bias is not None:
            layer.bias.copy_(bias)
    for norm, (_, bias) in zip(_norms(model), parameters):
        as_bias(norm, bias)
    return normalize(model, batches)
