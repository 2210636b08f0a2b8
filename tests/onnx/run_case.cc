#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/runner.h"
#include "tests/onnx/cases.h"

namespace wranglet {
namespace {

// As ONNX's own runner compares.
constexpr double kRelative = 1e-3, kAbsolute = 1e-7;

Verdict Unsupported(std::string why) { return {Verdict::Kind::kUnsupported, std::move(why)}; }
Verdict Failed(std::string why) { return {Verdict::Kind::kFailed, std::move(why)}; }

// An error without its place.
std::string Said(const Error& error) {
  return (error.op.empty() ? "" : error.op + ": ") + error.message +
         (error.hint.empty() ? "" : "; ") + error.hint;
}

// The model with the inputs of `baked` as constants.
onnx::ModelProto WithConstants(const OnnxCase& test, const std::set<size_t>& baked) {
  onnx::ModelProto model = test.model;
  auto& graph = *model.mutable_graph();
  graph.clear_input();
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    if (!baked.contains(i)) {
      *graph.add_input() = test.model.graph().input(static_cast<int>(i));
      continue;
    }
    auto* constant = graph.add_initializer();
    *constant = test.inputs[i];
    constant->set_name(test.model.graph().input(static_cast<int>(i)).name());
  }
  return model;
}

struct Prepared {
  std::vector<size_t> inputs;  // those of the case that are the network's
  Graph graph;
  std::optional<Result<Plan>> plan;  // unless everything is constant
};

Result<Prepared> Prepare(const OnnxCase& test, const std::set<size_t>& baked) {
  const std::string bytes = WithConstants(test, baked).SerializeAsString();
  Prepared prepared;
  WRANGLET_ASSIGN(prepared.graph, ImportOnnx(test.name, std::as_bytes(std::span(bytes))));
  Graph& graph = prepared.graph;
  const size_t outputs = graph.outputs.size();
  // What is put out as well keeps its layout.
  graph.outputs.insert(graph.outputs.end(), graph.inputs.begin(), graph.inputs.end());
  WRANGLET_RETURN_IF_ERROR(RunPasses(graph));
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    if (!baked.contains(i)) prepared.inputs.push_back(i);
  }
  const bool constant = std::all_of(
      graph.outputs.begin(), graph.outputs.begin() + static_cast<std::ptrdiff_t>(outputs),
      [&](TensorId id) { return graph.tensor(id).constant.has_value(); });
  if (!constant) prepared.plan = MakePlan(graph);
  return prepared;
}

// Which inputs may be made constant, fewest first.
std::vector<std::set<size_t>> Choices(const OnnxCase& test) {
  std::set<size_t> integers, behind, all;
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    all.insert(i);
    if (i > 0) behind.insert(i);
    if (OnnxDType(test.inputs[i].data_type()) != DType::kFloat32) integers.insert(i);
  }
  return {{}, integers, behind, all};
}

double ElementOf(const Tensor& tensor, std::span<const std::byte> bytes, size_t i) {
  const auto as = [&]<typename T>(T value) {
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    return static_cast<double>(value);
  };
  switch (tensor.dtype) {
    case DType::kFloat32:
      return as(float{});
    case DType::kInt8:
      return as(int8_t{});
    case DType::kUint8:
    case DType::kBool:
      return as(uint8_t{});
    case DType::kInt16:
      return as(int16_t{});
    case DType::kInt32:
      return as(int32_t{});
    case DType::kInt64:
      return as(int64_t{});
  }
  return 0;
}

Verdict Compare(const Tensor& expected, const Tensor& actual, std::span<const std::byte> bytes) {
  if (actual.dtype != expected.dtype || actual.shape != expected.shape) {
    return Failed(std::string(NameOf(actual.dtype)) + " " + ToString(actual.shape) +
                  " instead of " + NameOf(expected.dtype) + " " + ToString(expected.shape));
  }
  Verdict verdict;
  for (size_t i = 0; i < static_cast<size_t>(CountOf(expected)); ++i) {
    const double want = ElementOf(expected, *expected.constant, i);
    const double have = ElementOf(actual, bytes, i);
    if (want == have || (std::isnan(want) && std::isnan(have))) continue;
    const double deviation = std::fabs(have - want) / (kAbsolute + kRelative * std::fabs(want));
    if (!(deviation <= 1)) {
      return Failed("element " + std::to_string(i) + " is " + std::to_string(have) +
                    " instead of " + std::to_string(want));
    }
    verdict.deviation = std::max(verdict.deviation, deviation);
  }
  return verdict;
}

Verdict Run(const OnnxCase& test, const Prepared& prepared) {
  std::optional<Runner> runner;
  if (prepared.plan) {
    if (!prepared.plan->ok()) return Unsupported(Said(prepared.plan->error()));
    runner.emplace(prepared.plan->value());
    for (size_t i = 0; i < prepared.inputs.size(); ++i) {
      const Result<Tensor> input = ReadOnnxTensor(test.inputs[prepared.inputs[i]]);
      if (!input.ok()) return Unsupported(input.error().message);
      if (input->constant->size() != runner->Input(i).size()) {
        return Failed("input " + std::to_string(i) + " has another size");
      }
      runner->SetInput(i, *input->constant);
    }
    runner->Run();
  }
  Verdict all;
  for (size_t i = 0; i < test.outputs.size(); ++i) {
    const Result<Tensor> expected = ReadOnnxTensor(test.outputs[i]);
    if (!expected.ok()) return Unsupported(expected.error().message);
    const Tensor& actual = prepared.graph.tensor(prepared.graph.outputs[i]);
    const Verdict verdict =
        Compare(*expected, actual, actual.constant ? *actual.constant : runner->Output(i));
    if (verdict.kind != Verdict::Kind::kPassed) return verdict;
    all.deviation = std::max(all.deviation, verdict.deviation);
  }
  return all;
}

}  // namespace

Verdict RunOnnxCase(const OnnxCase& test) {
  for (const auto& node : test.model.graph().node()) {
    if (FindOnnxTranslation(node.op_type()) == nullptr) return Unsupported("operator");
  }
  if (static_cast<int>(test.inputs.size()) != test.model.graph().input_size() ||
      static_cast<int>(test.outputs.size()) != test.model.graph().output_size()) {
    return Unsupported("a value that is no tensor");
  }
  Error first;
  for (const std::set<size_t>& baked : Choices(test)) {
    const Result<Prepared> prepared = Prepare(test, baked);
    if (prepared.ok()) return Run(test, *prepared);
    // Of the errors, that with the parameters constant tells most.
    if (first.message.empty() || baked.size() + 1 == test.inputs.size()) first = prepared.error();
  }
  return Unsupported(Said(first));
}

}  // namespace wranglet
