// ONNX's own operator tests: a small model each, with inputs and the outputs they shall give.

#ifndef WRANGLET_TESTS_ONNX_CASES_H_
#define WRANGLET_TESTS_ONNX_CASES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "onnx/onnx.pb.h"
#include "plugin/compiler/base/result.h"

namespace wranglet {

struct OnnxCase {
  std::string name;
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> inputs, outputs;  // of the first data set, in the model's order
};

// The folders below `root` that hold a model.onnx and data, sorted.
std::vector<std::filesystem::path> ListOnnxCases(const std::filesystem::path& root);

// An Error when a file cannot be parsed, or holds a value that is no tensor.
Result<OnnxCase> ReadOnnxCase(const std::filesystem::path& folder);

// How a case came out.
struct Verdict {
  enum class Kind { kPassed, kFailed, kUnsupported };
  Kind kind = Kind::kPassed;
  std::string why;       // it failed, or is not supported
  double deviation = 0;  // the largest of an element, as a part of what is allowed
};

// Imports the model, runs all passes, plans it and runs the Worker's kernels on the host. The
// models give as inputs what in networks is constant (filters, sizes); they are tried with as few
// inputs made constant as can be.
Verdict RunOnnxCase(const OnnxCase& test);

}  // namespace wranglet

#endif  // WRANGLET_TESTS_ONNX_CASES_H_
