// A pass rewrites a valid Graph to a valid Graph of the same function, which runs in fewer steps.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_PASS_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_PASS_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Makes every uint8 tensor that has a scale int8, by 128 less in data and zero points: the kernels
// are int8's. The network's inputs and outputs stay as the file has them, behind Quantize nodes.
Status UnsignedToSigned(Graph& graph);

// Takes Transposes out: each sinks through what does not mind the order of dimensions until another
// undoes it, or a node that minds needs it. An input of the network that is only ever transposed to
// channels-last becomes channels-last itself, if the file has its images channels-first.
Status CancelTransposes(Graph& graph);

// Makes one node of those that exporters write HardSigmoid, HardSwish and Gelu with.
Status RecognizeFunctions(Graph& graph);

// Puts BatchNormalization into the weights of the convolution or fully connected node before it;
// one that has none before it becomes a depthwise convolution of 1x1, between Reshapes if need be.
Status FoldBatchNormalization(Graph& graph);

// Puts an addition of constants, one a channel, into the bias of the node before it.
Status FuseBias(Graph& graph);

// Makes a Clamp the fused activation of the node before it.
Status FuseActivation(Graph& graph);

// Makes an operator of floats between Dequantize and Quantize one of int8, if there are kernels for
// it; Dequantize goes behind nodes that only move elements. Constants lose the grids they lie on.
Status FuseQuantization(Graph& graph);

// Puts zeros that a Pad adds around images into the padding of the convolutions behind it.
Status FoldPads(Graph& graph);

// Takes channels out that have the same value whatever the network sees, or that are read with
// weights of zero alone; what the former add becomes bias. A network of floats gives the same but
// for rounding, a quantised one to the bit.
Status RemoveDeadChannels(Graph& graph);

// Drops nodes whose outputs nobody reads, and tensors that are left over.
Status RemoveDeadNodes(Graph& graph);

using Pass = Status (*)(Graph&);

// All of them, in the order in which they help each other: Transposes go first, so that the others
// find producers and consumers side by side; RemoveDeadChannels goes last, when biases, activations
// and padding are where it looks for them.
inline constexpr Pass kPasses[] = {RemoveDeadNodes,    UnsignedToSigned,       CancelTransposes,
                                   RecognizeFunctions, FoldBatchNormalization, FuseBias,
                                   FuseActivation,     FuseQuantization,       FuseActivation,
                                   FoldPads,           RemoveDeadChannels};

// Runs them, each followed by Validate.
Status RunPasses(Graph& graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_PASS_H_
