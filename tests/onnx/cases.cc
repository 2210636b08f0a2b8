#include "tests/onnx/cases.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace wranglet {
namespace {

namespace fs = std::filesystem;

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// input_0.pb, input_1.pb, ...
Result<std::vector<onnx::TensorProto>> ReadTensors(const fs::path& folder, const char* prefix) {
  std::vector<onnx::TensorProto> tensors;
  for (size_t i = 0;; ++i) {
    const fs::path path = folder / (prefix + std::to_string(i) + ".pb");
    if (!fs::exists(path)) return tensors;
    if (!tensors.emplace_back().ParseFromString(Contents(path))) {
      return Error{.message = "a value that is no tensor"};
    }
  }
}

// Old models list their constants among the inputs too.
void DropConstantInputs(onnx::GraphProto& graph) {
  std::set<std::string> constants;
  for (const auto& constant : graph.initializer()) constants.insert(constant.name());
  auto& inputs = *graph.mutable_input();
  inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                              [&](const auto& input) { return constants.contains(input.name()); }),
               inputs.end());
}

}  // namespace

std::vector<fs::path> ListOnnxCases(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path folder = entry.path().parent_path();
    if (entry.path().filename() == "model.onnx" && fs::exists(folder / "test_data_set_0")) {
      folders.push_back(folder);
    }
  }
  std::ranges::sort(folders);
  return folders;
}

Result<OnnxCase> ReadOnnxCase(const fs::path& folder) {
  OnnxCase test{.name = folder.filename()};
  if (!test.model.ParseFromString(Contents(folder / "model.onnx"))) {
    return Error{.message = "a model of another version"};
  }
  DropConstantInputs(*test.model.mutable_graph());
  WRANGLET_ASSIGN(test.inputs, ReadTensors(folder / "test_data_set_0", "input_"));
  WRANGLET_ASSIGN(test.outputs, ReadTensors(folder / "test_data_set_0", "output_"));
  return test;
}

}  // namespace wranglet
