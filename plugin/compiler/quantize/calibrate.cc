#include "plugin/compiler/quantize/calibrate.h"

#include <algorithm>
#include <cmath>
#include <optional>
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

}  // namespace

void MinMaxEstimator::See(TensorId tensor, std::span<const float> values) {
  if (values.empty()) return;
  const auto index = static_cast<size_t>(tensor);
  if (ranges_.size() <= index) ranges_.resize(index + 1);
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  Range& range = ranges_[index] ? *ranges_[index] : ranges_[index].emplace(Range{*min, *max});
  range = {std::min(range.min, *min), std::max(range.max, *max)};
}

Result<Ranges> Calibrate(const Graph& graph, RangeEstimator& estimator, size_t count,
                         const std::function<Result<Sample>(size_t)>& sample) {
  WRANGLET_ASSIGN(const Plan plan, MakePlan(graph));
  Runner runner(plan);
  for (size_t i = 0; i < count; ++i) {
    WRANGLET_ASSIGN(const Sample bytes, sample(i));
    WRANGLET_RETURN_IF_ERROR(SetInputs(runner, plan, bytes, graph.file));
    std::optional<Error> not_finite;
    runner.Run([&](TensorId id, std::span<const std::byte> stored) {
      const Tensor& tensor = graph.tensor(id);
      if (not_finite || tensor.dtype != DType::kFloat32) return;
      const std::span values(reinterpret_cast<const float*>(stored.data()),
                             stored.size() / sizeof(float));
      if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
        estimator.See(id, values);
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
  return estimator.Estimate();
}

}  // namespace wranglet
