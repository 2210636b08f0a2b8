#include "plugin/compiler/quantize/quantize_from_samples.h"

#include <algorithm>
#include <span>
#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/correct_bias.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/plannable.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/round_filters.h"
#include "plugin/compiler/quantize/search.h"

namespace wranglet {
namespace {

// A search runs the network a few hundred times on each sample: this many, or as many as keep that
// to about a minute of a core, but some.
constexpr size_t kMostSamples = 32, kFewSamples = 8;
// Filters are rounded and biases corrected from as many others, if there are enough, at the cost of
// a few runs on each.
constexpr size_t kOtherSamples = 64;
constexpr int64_t kMacsOfSamples = int64_t{1} << 30;

constexpr float kInt16Headroom = 2.0f;

// `wanted` of `count` indices, spread evenly over them; all of fewer.
std::vector<size_t> Spread(size_t count, size_t wanted) {
  wanted = std::min(count, wanted);
  std::vector<size_t> indices;
  for (size_t i = 0; i < wanted; ++i) indices.push_back(i * count / wanted);
  return indices;
}

// How many samples to measure on, so often.
size_t AffordableSamples(const Graph& graph) {
  const int64_t macs = std::max<int64_t>(MacsOf(graph), 1);
  const auto affordable = static_cast<size_t>(kMacsOfSamples / macs);
  return std::clamp(affordable, kFewSamples, kMostSamples);
}

class SampleQuantizer {
 public:
  SampleQuantizer(const Graph& graph, const Samples& samples, const QuantizeOptions& options)
      : graph_(graph), samples_(samples), options_(options) {}

  Result<QuantizedNetwork> Run() && {
    WRANGLET_RETURN_IF_ERROR(ReadSamples());
    WRANGLET_ASSIGN(const Calibration calibration, Calibrate(graph_, samples_));
    min_max_ = EstimateRanges(Estimator::kMinMax, calibration);
    WRANGLET_RETURN_IF_ERROR(FindKernels());
    WRANGLET_ASSIGN(fidelity_, Fidelity::Make(graph_, some_, TellingNodes(graph_)));
    WRANGLET_RETURN_IF_ERROR(Prepare(calibration));
    if (options_.accuracy) {
      WRANGLET_ASSIGN(accuracy_, Accuracy::Make(graph_, options_.accuracy->labelled));
    }
    if (!options_.min_sqnr && !accuracy_) return Quantized(precisions_);
    WRANGLET_ASSIGN(const Precisions mixed, ChoosePrecisions());
    return Quantized(mixed);
  }

 private:
  Status ReadSamples() {
    const std::vector<size_t> some = Spread(samples_.count, AffordableSamples(graph_));
    std::vector<size_t> rest;
    for (size_t i = 0; i < samples_.count; ++i) {
      if (!std::binary_search(some.begin(), some.end(), i)) rest.push_back(i);
    }
    for (const size_t i : some) {
      WRANGLET_ASSIGN(Sample sample, samples_.at(i));
      some_.push_back(std::move(sample));
    }
    for (const size_t i : Spread(rest.size(), kOtherSamples)) {
      WRANGLET_ASSIGN(Sample sample, samples_.at(rest[i]));
      others_.push_back(std::move(sample));
    }
    return Done{};
  }

  Status FindKernels() {
    WRANGLET_ASSIGN(precisions_, PlannablePrecisions(graph_, min_max_, options_.precision));
    for (size_t i = 0; i < precisions_.size(); ++i) {
      if (precisions_[i] == options_.precision) continue;
      report_.push_back("in float32, for it has no kernel in " +
                        std::string(NameOf(options_.precision)) + ": " + graph_.nodes[i].name);
    }
    return Done{};
  }

  Status Prepare(const Calibration& calibration) {
    if (options_.precision == DType::kInt16 || options_.estimator) {
      const Estimator estimator = options_.estimator.value_or(Estimator::kMinMax);
      prepared_ = {graph_, EstimateRanges(estimator, calibration), {}};
      for (size_t i = 0; i < options_.known.size(); ++i) {
        if (options_.known[i]) prepared_.ranges[i] = options_.known[i];
      }
      return options_.estimator ? Status(Done{}) : TryRoundingAndBiases();
    }
    const auto calibrate = [&](const Graph& form) { return Calibrate(form, samples_); };
    WRANGLET_ASSIGN(SearchResult found,
                    Search(graph_, precisions_, some_, Others(), calibrate, options_.known));
    prepared_ = std::move(found.best);
    report_.insert(report_.end(), found.report.begin(), found.report.end());
    return Done{};
  }

  std::span<const Sample> Others() const { return others_.size() < some_.size() ? some_ : others_; }

  // What is left to do for int16, whose error is that of the filters' 8 bits.
  Status TryRoundingAndBiases() {
    const Graph wanted = prepared_.graph;
    const Ranges ranges = RangesFor(precisions_);
    WRANGLET_ASSIGN(const Graph plain, In(precisions_));
    WRANGLET_ASSIGN(const Fidelity fidelity, Fidelity::Make(graph_, some_, MeasuredNodes(graph_)));
    WRANGLET_ASSIGN(double best, MeanFidelity(fidelity, plain));
    // What `change`, a Status(Graph&), makes of the prepared graph, if that is better.
    const auto attempt = [&](const std::string& name, const auto& change) -> Status {
      Prepared as_it_is = prepared_;
      WRANGLET_RETURN_IF_ERROR(change(prepared_.graph));
      WRANGLET_ASSIGN(const Graph changed, In(precisions_));
      WRANGLET_ASSIGN(const double after, MeanFidelity(fidelity, changed));
      if (after > best) {
        report_.push_back(Decision(name, after, best));
        best = after;
      } else {
        prepared_ = std::move(as_it_is);
      }
      return Done{};
    };
    WRANGLET_RETURN_IF_ERROR(attempt("filters rounded to the samples", [&](Graph& graph) {
      return RoundFilters(graph, ranges, precisions_, Others());
    }));
    return attempt("biases corrected", [&](Graph& graph) {
      return CorrectBiases(graph, wanted, ranges, precisions_, Others());
    });
  }

  // The prepared ranges, but for what is stored in int16.
  Ranges RangesFor(const Precisions& precisions) const {
    Ranges ranges = prepared_.ranges;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto output = static_cast<size_t>(graph_.nodes[i].outputs[0]);
      if (precisions[i] != DType::kInt16 || !min_max_[output]) continue;
      ranges[output] =
          Range{min_max_[output]->min * kInt16Headroom, min_max_[output]->max * kInt16Headroom};
    }
    return ranges;
  }

  Result<Graph> In(const Precisions& precisions) const {
    return QuantizeGraph(prepared_.graph, RangesFor(precisions), precisions);
  }

  Result<double> SqnrOf(const Graph& quantized) const {
    WRANGLET_ASSIGN(const std::vector<double> decibels, fidelity_->Of(quantized));
    const auto worst = std::min_element(decibels.begin(), decibels.end());
    return worst == decibels.end() ? Fidelity::kMost : *worst;
  }

  Result<bool> ReachesGoals(const Graph& quantized) const {
    if (options_.min_sqnr) {
      WRANGLET_ASSIGN(const double sqnr, SqnrOf(quantized));
      if (sqnr < *options_.min_sqnr) return false;
    }
    if (!accuracy_) return true;
    WRANGLET_ASSIGN(const double loss, accuracy_->LossOf(quantized));
    // Counts of images in percent are not exact.
    return loss <= options_.accuracy->max_loss + accuracy_->PointsOfOne() / 1000;
  }

  Result<Precisions> ChoosePrecisions() {
    const auto mixed = [&](const std::vector<size_t>& in_int16) {
      Precisions precisions = precisions_;
      for (const size_t node : in_int16) precisions[node] = DType::kInt16;
      return precisions;
    };
    const auto reaches = [&](const std::vector<size_t>& in_int16) -> Result<bool> {
      WRANGLET_ASSIGN(const Graph quantized, In(mixed(in_int16)));
      return ReachesGoals(quantized);
    };
    WRANGLET_ASSIGN(const bool int8_is_enough, reaches({}));
    if (int8_is_enough) return mixed({});
    WRANGLET_ASSIGN(auto layers, MeasureSensitivity(graph_, prepared_, precisions_, some_));
    WRANGLET_ASSIGN(const Precisions widest, PlannablePrecisions(graph_, min_max_, DType::kInt16));
    std::erase_if(layers, [&](const auto& layer) { return widest[layer.node] != DType::kInt16; });
    WRANGLET_ASSIGN(const std::vector<size_t> set, SmallestSet(layers, reaches));
    for (const size_t node : set) int16_layers_.push_back(graph_.nodes[node].name);
    return mixed(set);
  }

  Result<QuantizedNetwork> Quantized(const Precisions& precisions) {
    WRANGLET_ASSIGN(Graph quantized, In(precisions));
    WRANGLET_ASSIGN(const double sqnr, SqnrOf(quantized));
    QuantizedNetwork network{
        .sqnr = sqnr, .int16_layers = std::move(int16_layers_), .report = std::move(report_)};
    if (accuracy_) {
      WRANGLET_ASSIGN(network.accuracy_loss, accuracy_->LossOf(quantized));
    }
    network.graph = std::move(quantized);
    if (options_.wants_sensitivity) {
      WRANGLET_ASSIGN(network.sensitivity,
                      MeasureSensitivity(graph_, prepared_, precisions_, some_));
    }
    return network;
  }

  const Graph& graph_;
  const Samples& samples_;
  const QuantizeOptions& options_;
  std::vector<Sample> some_;    // to measure on
  std::vector<Sample> others_;  // not among these
  Ranges min_max_;
  Precisions precisions_;  // with int8 where int16 may be the choice
  Prepared prepared_;
  std::optional<Fidelity> fidelity_;
  std::optional<Accuracy> accuracy_;
  std::vector<std::string> int16_layers_, report_;
};

}  // namespace

Result<QuantizedNetwork> QuantizeFromSamples(const Graph& float_graph, const Samples& samples,
                                             const QuantizeOptions& options) {
  return SampleQuantizer(float_graph, samples, options).Run();
}

}  // namespace wranglet
