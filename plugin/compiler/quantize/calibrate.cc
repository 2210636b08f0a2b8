#include "plugin/compiler/quantize/calibrate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>

#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

Status SetInputs(Runner& runner, const Plan& plan, const Sample& sample, const std::string& file) {
  bool fits = sample.size() == plan.inputs.size();
  for (size_t i = 0; fits && i < sample.size(); ++i) {
    fits = sample[i].size() == static_cast<size_t>(plan.inputs[i].bytes);
  }
  if (!fits)
    return Error{.message = "a calibration sample is not of the inputs' size", .file = file};
  for (size_t i = 0; i < sample.size(); ++i) runner.SetInput(i, sample[i]);
  return Done{};
}

void See(const Tensor& tensor, std::span<const float> values, Statistics& statistics) {
  statistics.histogram.Add(values);
  const size_t channels = tensor.shape.empty() ? 1 : static_cast<size_t>(tensor.shape.back());
  std::vector<float>& most = statistics.channel_most;
  most.resize(channels);
  for (size_t i = 0; i < values.size(); i += channels) {
    for (size_t c = 0; c < channels; ++c) most[c] = std::max(most[c], std::abs(values[i + c]));
  }
}

}  // namespace

Result<Calibration> Calibrate(const Graph& graph, const Samples& samples) {
  WRANGLET_ASSIGN(const Plan plan, MakePlan(graph));
  Runner runner(plan);
  Calibration calibration(graph.tensors.size());
  for (size_t i = 0; i < samples.count; ++i) {
    WRANGLET_ASSIGN(const Sample sample, samples.at(i));
    WRANGLET_RETURN_IF_ERROR(SetInputs(runner, plan, sample, graph.file));
    std::optional<Error> not_finite;
    runner.Run([&](TensorId id, std::span<const std::byte> stored) {
      const Tensor& tensor = graph.tensor(id);
      if (not_finite || tensor.dtype != DType::kFloat32) return;
      const std::span values(reinterpret_cast<const float*>(stored.data()),
                             stored.size() / sizeof(float));
      if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
        See(tensor, values, calibration[static_cast<size_t>(id)]);
      } else {
        not_finite =
            Error{.message = "tensor '" + tensor.name + "' is not finite in calibration sample " +
                             std::to_string(i + 1),
                  .hint = "check the normalisation and the network",
                  .file = graph.file};
      }
    });
    if (not_finite) return *not_finite;
  }
  return calibration;
}

Ranges EstimateRanges(Estimator estimator, const Calibration& calibration) {
  Ranges ranges(calibration.size());
  for (size_t i = 0; i < ranges.size(); ++i) {
    const Histogram& histogram = calibration[i].histogram;
    if (histogram.range()) ranges[i] = Estimate(estimator, histogram);
  }
  return ranges;
}

}  // namespace wranglet
