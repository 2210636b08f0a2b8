// Runs a network on the host with the Worker's kernels, on bytes from files:
//   run_model MODEL                       prints what goes in and comes out, as JSON
//   run_model MODEL OUTPUT_PREFIX INPUT...
// An INPUT, one for each input of the network, holds that tensor for every inference, one after the
// other; OUTPUT_PREFIX0, OUTPUT_PREFIX1, ... get the outputs in the same way.

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

using Bytes = std::vector<std::byte>;

nlohmann::json Describe(const std::vector<PlacedTensor>& tensors) {
  nlohmann::json list = nlohmann::json::array();
  for (const PlacedTensor& tensor : tensors) {
    list.push_back({{"name", tensor.name},
                    {"dtype", NameOf(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"bytes", tensor.bytes}});
    if (!tensor.quantization) continue;
    list.back()["scale"] = tensor.quantization->scale[0];
    list.back()["zeroPoint"] = tensor.quantization->zero_point[0];
  }
  return list;
}

Result<Plan> PlanOf(const std::string& model) {
  WRANGLET_ASSIGN(Graph graph, ImportModel(model));
  WRANGLET_RETURN_IF_ERROR(RunPasses(graph));
  return MakePlan(graph);
}

// How many inferences the files of inputs are for.
Result<size_t> CountInferences(const Plan& plan, const std::vector<Bytes>& inputs) {
  if (inputs.size() != plan.inputs.size()) {
    return Error{.message = "the network has " + std::to_string(plan.inputs.size()) + " inputs"};
  }
  const size_t count = inputs[0].size() / static_cast<size_t>(plan.inputs[0].bytes);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].size() != count * static_cast<size_t>(plan.inputs[i].bytes)) {
      return Error{.message = "input " + std::to_string(i) + " has the wrong size"};
    }
  }
  return count;
}

Status Run(const Plan& plan, const std::string& prefix, const std::vector<std::string>& files) {
  std::vector<Bytes> inputs;
  for (const std::string& file : files) {
    WRANGLET_ASSIGN(Bytes bytes, ReadFile(file));
    inputs.push_back(std::move(bytes));
  }
  WRANGLET_ASSIGN(const size_t count, CountInferences(plan, inputs));
  std::vector<Bytes> outputs(plan.outputs.size());
  Runner runner(plan);
  for (size_t inference = 0; inference < count; ++inference) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto size = static_cast<size_t>(plan.inputs[i].bytes);
      runner.SetInput(i, std::span(inputs[i]).subspan(inference * size, size));
    }
    runner.Run();
    for (size_t i = 0; i < outputs.size(); ++i) {
      const std::span<const std::byte> output = runner.Output(i);
      outputs[i].insert(outputs[i].end(), output.begin(), output.end());
    }
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    WRANGLET_RETURN_IF_ERROR(WriteFile(prefix + std::to_string(i), outputs[i]));
  }
  return Done{};
}

Status Main(const std::vector<std::string>& arguments) {
  WRANGLET_ASSIGN(const Plan plan, PlanOf(arguments[0]));
  if (arguments.size() > 1) {
    return Run(plan, arguments[1], {arguments.begin() + 2, arguments.end()});
  }
  const nlohmann::json description = {{"inputs", Describe(plan.inputs)},
                                      {"outputs", Describe(plan.outputs)}};
  std::cout << description.dump() << "\n";
  return Done{};
}

}  // namespace
}  // namespace wranglet

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments.size() == 2) {
    std::cerr << "usage: run_model MODEL [OUTPUT_PREFIX INPUT...]\n";
    return 2;
  }
  const wranglet::Status status = wranglet::Main(arguments);
  if (status.ok()) return 0;
  std::cerr << status.error().ToString() << "\n";
  return 1;
}
