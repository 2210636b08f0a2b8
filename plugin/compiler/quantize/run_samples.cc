#include "plugin/compiler/quantize/run_samples.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <utility>

#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/quantize/all_cores.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

template <typename T>
std::span<const T> As(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

bool HasRealValues(const Tensor& tensor) {
  const bool is_stored = tensor.dtype == DType::kInt8 || tensor.dtype == DType::kInt16;
  return tensor.dtype == DType::kFloat32 || (is_stored && tensor.quantization);
}

template <typename T>
void Dequantize(std::span<const T> stored, const Quantization& q, std::vector<float>& real) {
  real.resize(stored.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    real[i] = static_cast<float>(stored[i] - q.zero_point[0]) * q.scale[0];
  }
}

std::span<const float> RealValues(const Tensor& tensor, std::span<const std::byte> bytes,
                                  std::vector<float>& room) {
  if (tensor.dtype == DType::kFloat32) return As<float>(bytes);
  if (tensor.dtype == DType::kInt8) Dequantize(As<int8_t>(bytes), *tensor.quantization, room);
  if (tensor.dtype == DType::kInt16) Dequantize(As<int16_t>(bytes), *tensor.quantization, room);
  return room;
}

template <typename T>
void Quantize(std::span<const float> real, const Quantization& q, std::span<std::byte> into) {
  auto* stored = reinterpret_cast<T*>(into.data());
  for (const float value : real) *stored++ = QuantizeActivation<T>(value, q);
}

void SetInput(Runner& runner, size_t index, const PlacedTensor& input,
              std::span<const std::byte> bytes) {
  if (input.dtype == DType::kInt8 && input.quantization) {
    Quantize<int8_t>(As<float>(bytes), *input.quantization, runner.Input(index));
  } else if (input.dtype == DType::kInt16 && input.quantization) {
    Quantize<int16_t>(As<float>(bytes), *input.quantization, runner.Input(index));
  } else {
    runner.SetInput(index, bytes);
  }
}

// Bytes that a sample has for this input.
size_t SampleBytes(const PlacedTensor& input) {
  const auto bytes = static_cast<size_t>(input.bytes);
  return input.quantization ? bytes / SizeOf(input.dtype) * sizeof(float) : bytes;
}

Status SetInputs(Runner& runner, const Plan& plan, const Sample& sample, const std::string& file) {
  bool fits = sample.size() == plan.inputs.size();
  for (size_t i = 0; fits && i < sample.size(); ++i) {
    fits = sample[i].size() == SampleBytes(plan.inputs[i]);
  }
  if (!fits) return Error{.message = "a sample is not of the inputs' size", .file = file};
  for (size_t i = 0; i < plan.inputs.size(); ++i) SetInput(runner, i, plan.inputs[i], sample[i]);
  return Done{};
}

// By tensor, the index in `names` of the node that makes it.
Result<std::map<TensorId, size_t>> Watched(const Graph& graph,
                                           const std::vector<std::string>& names) {
  std::map<TensorId, size_t> watched;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                   [&](const Node& n) { return n.name == names[i]; });
    if (node == graph.nodes.end() || !HasRealValues(graph.tensor(node->outputs[0]))) {
      return Error{.message = "node '" + names[i] + "' puts out no real values",
                   .file = graph.file};
    }
    watched[node->outputs[0]] = i;
  }
  return watched;
}

}  // namespace

Samples InMemory(std::span<const Sample> samples) {
  return {samples.size(), [samples](size_t i) -> Result<Sample> { return samples[i]; }};
}

Status RunSamples(const Graph& graph, const Samples& samples,
                  const std::vector<std::string>& watched, const SeeValues& see) {
  WRANGLET_ASSIGN(const Plan plan, MakePlan(graph));
  WRANGLET_ASSIGN(const auto by_tensor, Watched(graph, watched));
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  // Threads take samples in order, so those before the first one that fails have all been taken by
  // then, and the error is the same each time.
  std::vector<Status> statuses(samples.count, Done{});
  const auto work = [&] {
    Runner runner(plan);
    std::vector<float> room;
    const auto run = [&](size_t sample) -> Status {
      WRANGLET_ASSIGN(const Sample inputs, samples.at(sample));
      WRANGLET_RETURN_IF_ERROR(SetInputs(runner, plan, inputs, graph.file));
      runner.Run([&](TensorId id, std::span<const std::byte> bytes) {
        const auto found = by_tensor.find(id);
        if (found == by_tensor.end()) return;
        see(sample, found->second, RealValues(graph.tensor(id), bytes, room));
      });
      return Done{};
    };
    for (size_t sample; !failed && (sample = next++) < samples.count;) {
      statuses[sample] = run(sample);
      if (!statuses[sample].ok()) failed = true;
    }
  };
  OnAllCores(samples.count, work);
  for (Status& status : statuses) WRANGLET_RETURN_IF_ERROR(std::move(status));
  return Done{};
}

}  // namespace wranglet
