// QuantizeFromSamples: a float network as the integer one that comes closest to it on samples.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_FROM_SAMPLES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_FROM_SAMPLES_H_

#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/accuracy.h"
#include "plugin/compiler/quantize/calibrate.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/ranges.h"
#include "plugin/compiler/quantize/sensitivity.h"

namespace wranglet {

// The most points of accuracy that may be lost on these samples.
struct AccuracyGoal {
  double max_loss = 0;
  LabelledSamples labelled;
};

struct QuantizeOptions {
  // int8 or int16, for all layers; or, if a goal is given, int8 where that is good enough.
  DType precision = DType::kInt8;
  // Goals that the smallest set of layers in int16 shall reach: the least signal-to-noise ratio of
  // the outputs (Fidelity, the worst telling node's), in decibels, and an accuracy.
  std::optional<double> min_sqnr;
  std::optional<AccuracyGoal> accuracy;
  // This estimator's ranges and nothing more; or, without, whatever measures best.
  std::optional<Estimator> estimator;
  // Ranges that samples do not decide, by TensorId: of pixels, say.
  Ranges known;
  bool wants_sensitivity = false;
};

struct QuantizedNetwork {
  Graph graph;
  // Signal-to-noise ratio of the outputs on the samples, in decibels.
  double sqnr = 0;
  // Points of accuracy, on the goal's samples, that it has less than the float network.
  std::optional<double> accuracy_loss;
  // The names of the layers in int16 of a network that has others in int8.
  std::vector<std::string> int16_layers;
  // How it came to be, a line a decision: "equalised by weights: 18.2 dB, from 17.9".
  std::vector<std::string> report;
  // Of every layer in int8, when it was asked for.
  std::vector<LayerSensitivity> sensitivity;
};

// With an estimator: Calibrate, EstimateRanges, QuantizeGraph. Without: Search, measuring on up to
// 32 of the samples, spread evenly over them, and fewer of a large network, and rounding filters
// and correcting biases from up to 64 others, or from the same where others are fewer. int16 has
// room for what no sample showed: its ranges are the least and greatest value, doubled; filters are
// rounded and biases corrected as in int8. A node that has no kernel in the type that was asked for
// computes in float32. Errors: those of Calibrate and QuantizeGraph, the planner's, a goal that
// int16 does not reach either.
Result<QuantizedNetwork> QuantizeFromSamples(const Graph& float_graph, const Samples& samples,
                                             const QuantizeOptions& options);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_FROM_SAMPLES_H_
