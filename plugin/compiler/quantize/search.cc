#include "plugin/compiler/quantize/search.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/correct_bias.h"
#include "plugin/compiler/quantize/equalize.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/keep_to_lanes.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/round_filters.h"

namespace wranglet {
namespace {

// Decibels. A form that is equalised by activations computes the same for inputs like the samples
// alone: by as little as chance gives, it has been 7 dB worse on others.
constexpr double kLeastGain = 0.05, kLeastGainBySamples = 1;
// What half of the time of its depthwise convolutions may cost a network: a third of a bit.
constexpr double kMostLoss = 2;
constexpr size_t kWaypoints = 8;

// Layers whose outputs are measured besides those of the telling nodes.
std::vector<std::string> Waypoints(const Graph& graph) {
  std::vector<std::string> layers;
  for (size_t i = graph.nodes.size() / 2; i < graph.nodes.size(); ++i) {
    if (FilterChannelAxis(graph.nodes[i].op)) layers.push_back(graph.nodes[i].name);
  }
  const size_t count = std::min(kWaypoints, layers.size());
  std::vector<std::string> spread;
  for (size_t i = 0; i < count; ++i) spread.push_back(layers[i * layers.size() / count]);
  return spread;
}

class Searcher {
 public:
  Searcher(const Graph& graph, const Precisions& precisions, std::span<const Sample> samples,
           std::span<const Sample> others,
           const std::function<Result<Calibration>(const Graph&)>& calibrate, const Ranges& known)
      : graph_(graph),
        precisions_(precisions),
        samples_(samples),
        others_(others),
        calibrate_(calibrate),
        known_(known) {}

  Result<SearchResult> Run() && {
    WRANGLET_ASSIGN(fidelity_, Fidelity::Make(graph_, samples_, MeasuredNodes(graph_)));
    WRANGLET_RETURN_IF_ERROR(TryForm(graph_, {}, "as it is"));
    for (const auto& [balance, name, least_gain] :
         {std::tuple(Balance::kWeights, "equalised by weights", kLeastGain),
          std::tuple(Balance::kActivations, "equalised by activations", kLeastGainBySamples)}) {
      Graph equalized = graph_;
      const ChannelFactors factors = EqualizeLayers(equalized, as_it_is_, balance);
      if (!factors.empty()) {
        WRANGLET_RETURN_IF_ERROR(TryForm(equalized, factors, name, least_gain));
      }
    }
    const Graph wanted = best_.graph;
    // Before ranges are fitted to the samples: beside such a fit every change looks worse.
    WRANGLET_RETURN_IF_ERROR(TryChange("filters rounded to the samples", [&](Graph& graph) {
      return RoundFilters(graph, best_.ranges, precisions_, others_);
    }));
    WRANGLET_RETURN_IF_ERROR(ChooseByTensor());
    const Prepared uncorrected = best_;
    WRANGLET_RETURN_IF_ERROR(TryChange("biases corrected", [&](Graph& graph) {
      return CorrectBiases(graph, wanted, best_.ranges, precisions_, others_);
    }));
    WRANGLET_RETURN_IF_ERROR(KeepSumsToInt16(wanted, uncorrected));
    return SearchResult{std::move(best_), std::move(report_)};
  }

 private:
  Result<double> Measure(const Prepared& prepared) const {
    WRANGLET_ASSIGN(const Graph quantized,
                    QuantizeGraph(prepared.graph, prepared.ranges, precisions_));
    return MeanFidelity(*fidelity_, quantized, prepared.factors);
  }

  // Becomes the best if it is better by more than chance.
  Result<bool> Try(Prepared candidate, double least_gain = kLeastGain) {
    WRANGLET_ASSIGN(const double decibels, Measure(candidate));
    if (measured_ && decibels < *measured_ + least_gain) return false;
    best_ = std::move(candidate);
    measured_ = decibels;
    return true;
  }

  Status TryForm(const Graph& form, const ChannelFactors& factors, const std::string& name,
                 double least_gain = kLeastGain) {
    WRANGLET_ASSIGN(Calibration calibration, calibrate_(form));
    std::vector<Ranges> by_estimator;
    for (const Estimator estimator : kEstimators) {
      by_estimator.push_back(EstimateRanges(estimator, calibration));
      for (size_t i = 0; i < calibration.size(); ++i) {
        std::optional<Range>& range = by_estimator.back()[i];
        if (range) range = WithRoom(*range, calibration[i].histogram.total());
        if (i < known_.size() && known_[i]) range = known_[i];
      }
    }
    const std::optional<double> before = measured_;
    bool is_better = false;
    for (const Ranges& ranges : by_estimator) {
      WRANGLET_ASSIGN(const bool gains,
                      Try({form, ranges, factors}, is_better ? kLeastGain : least_gain));
      is_better = is_better || gains;
    }
    if (is_better) {
      candidates_ = std::move(by_estimator);
      report_.push_back(Decision(name, *measured_, before));
    }
    if (as_it_is_.empty()) as_it_is_ = std::move(calibration);
    return Done{};
  }

  Status ChooseByTensor() {
    const double before = *measured_;
    int changed = 0;
    for (const Node& node : graph_.nodes) {
      if (!HasOwnRange(graph_, node)) continue;
      const auto tensor = static_cast<size_t>(node.outputs[0]);
      bool is_changed = false;
      for (const Ranges& ranges : candidates_) {
        if (ranges[tensor] == best_.ranges[tensor]) continue;
        Prepared candidate = best_;
        candidate.ranges[tensor] = ranges[tensor];
        WRANGLET_ASSIGN(const bool gains, Try(std::move(candidate)));
        is_changed = is_changed || gains;
      }
      changed += is_changed;
    }
    if (changed > 0) {
      report_.push_back(
          Decision("ranges of " + std::to_string(changed) + " tensors by another estimator",
                   *measured_, before));
    }
    return Done{};
  }

  // What `change`, a Status(Graph&), makes of the best graph.
  template <typename Change>
  Status TryChange(const std::string& name, const Change& change) {
    const double before = *measured_;
    Prepared changed = best_;
    WRANGLET_RETURN_IF_ERROR(change(changed.graph));
    WRANGLET_ASSIGN(const bool gains, Try(std::move(changed)));
    if (gains) report_.push_back(Decision(name, *measured_, before));
    return Done{};
  }

  // As many depthwise convolutions, those first that lose least by themselves, as kMostLoss allows.
  Status KeepSumsToInt16(const Graph& wanted, const Prepared& uncorrected) {
    WRANGLET_ASSIGN(const KeepToLanes lanes,
                    KeepToLanes::Make(wanted, uncorrected.ranges, precisions_, others_));
    std::vector<std::pair<double, size_t>> layers;  // by what is measured
    for (const size_t layer : lanes.layers()) {
      Prepared alone = uncorrected;
      if (!lanes.Fit(alone.graph, layer)) continue;
      WRANGLET_ASSIGN(const double decibels, Measure(alone));
      layers.emplace_back(-decibels, layer);
    }
    std::sort(layers.begin(), layers.end());
    const double before = *measured_;
    size_t kept = 0, too_many = layers.size() + 1;
    while (kept + 1 < too_many) {
      const size_t count = too_many > layers.size() ? layers.size() : (kept + too_many) / 2;
      Prepared some = uncorrected;
      for (size_t i = 0; i < count; ++i) lanes.Fit(some.graph, layers[i].second);
      WRANGLET_ASSIGN(const double decibels, Corrected(some, wanted));
      if (decibels < before - kMostLoss) {
        too_many = count;
        continue;
      }
      kept = count;
      best_ = std::move(some);
      measured_ = decibels;
    }
    if (!lanes.layers().empty()) {
      report_.push_back(Decision("sums of " + std::to_string(kept) + " of " +
                                     std::to_string(lanes.layers().size()) +
                                     " depthwise convolutions kept to int16",
                                 *measured_, before));
    }
    return Done{};
  }

  // What is measured once biases are corrected, which they stay if that is more.
  Result<double> Corrected(Prepared& prepared, const Graph& wanted) const {
    Prepared corrected = prepared;
    WRANGLET_RETURN_IF_ERROR(
        CorrectBiases(corrected.graph, wanted, prepared.ranges, precisions_, others_));
    WRANGLET_ASSIGN(const double plain, Measure(prepared));
    WRANGLET_ASSIGN(const double decibels, Measure(corrected));
    if (decibels <= plain) return plain;
    prepared = std::move(corrected);
    return decibels;
  }

  const Graph& graph_;
  const Precisions& precisions_;
  const std::span<const Sample> samples_, others_;
  const std::function<Result<Calibration>(const Graph&)>& calibrate_;
  const Ranges& known_;

  std::optional<Fidelity> fidelity_;
  Calibration as_it_is_;
  Prepared best_;
  std::optional<double> measured_;  // of best_
  std::vector<Ranges> candidates_;  // of best_'s form, by estimator
  std::vector<std::string> report_;
};

}  // namespace

std::vector<std::string> MeasuredNodes(const Graph& graph) {
  std::vector<std::string> names = TellingNodes(graph);
  for (std::string& name : Waypoints(graph)) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

Result<double> MeanFidelity(const Fidelity& fidelity, const Graph& quantized,
                            const ChannelFactors& factors) {
  WRANGLET_ASSIGN(const std::vector<double> decibels, fidelity.Of(quantized, factors));
  return std::accumulate(decibels.begin(), decibels.end(), 0.0) /
         static_cast<double>(std::max<size_t>(decibels.size(), 1));
}

std::string Decision(const std::string& what, double decibels, std::optional<double> from) {
  char text[64];
  std::snprintf(text, sizeof text, from ? "%.2f dB, from %.2f" : "%.2f dB", decibels,
                from.value_or(0));
  return what + ": " + text;
}

Result<SearchResult> Search(const Graph& float_graph, const Precisions& precisions,
                            std::span<const Sample> samples, std::span<const Sample> others,
                            const std::function<Result<Calibration>(const Graph&)>& calibrate,
                            const Ranges& known) {
  return Searcher(float_graph, precisions, samples, others, calibrate, known).Run();
}

}  // namespace wranglet
