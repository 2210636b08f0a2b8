// Search: which form of a float network, and which ranges, lose least when quantised.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_SEARCH_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_SEARCH_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/calibrate.h"
#include "plugin/compiler/quantize/equalize.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/ranges.h"
#include "plugin/compiler/quantize/run_samples.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// A float network that is to be quantised with these ranges.
struct Prepared {
  Graph graph;
  Ranges ranges;
  ChannelFactors factors;  // when it was equalised
};

// The telling nodes (Fidelity) and eight layers spread over the network's second half: outputs
// alone are so few numbers that what is chosen by them fits the samples and no others.
std::vector<std::string> MeasuredNodes(const Graph& graph);

// The mean of the nodes' signal-to-noise ratios, in decibels.
Result<double> MeanFidelity(const Fidelity& fidelity, const Graph& quantized,
                            const ChannelFactors& factors = {});

// A line of a report: "equalised by activations: 24.31 dB, from 22.90".
std::string Decision(const std::string& what, double decibels, std::optional<double> from);

struct SearchResult {
  Prepared best;
  std::vector<std::string> report;  // Decisions
};

// Takes what measures best in these precisions on the samples:
//
// 1. The network as it is, and equalised in both ways of EqualizeLayers, each with the ranges of
//    each estimator, with room for further samples.
// 2. RoundFilters of the best of these.
// 3. From there on, tensor by tensor in the order of the nodes, the other estimators' ranges of
//    that tensor.
// 4. CorrectBiases.
// 5. From 3. on, KeepToLanes of as many depthwise convolutions as cost no more than 1.5 dB, and
//    CorrectBiases.
//
// Filters and biases follow from `others`: samples that are not measured on, if there are enough. A
// mean over few samples fits these, and no further ones.
//
// What is measured is MeanFidelity of the MeasuredNodes. A change has to gain a twentieth of a
// decibel, and equalisation by activations a whole one, for it depends on the samples most.
// `calibrate` is Calibrate on all samples there are, of which `samples` and `others`, one or more
// each, are some; `known` are ranges that samples do not decide.
Result<SearchResult> Search(const Graph& float_graph, const Precisions& precisions,
                            std::span<const Sample> samples, std::span<const Sample> others,
                            const std::function<Result<Calibration>(const Graph&)>& calibrate,
                            const Ranges& known);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_SEARCH_H_
