// EvalLabels: which class of a network a label means.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LABELS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LABELS_H_

#include <cstddef>
#include <string>
#include <unordered_map>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/eval_images.h"

namespace wranglet {

class EvalLabels {
 public:
  // Reads the class map. Errors name its file and line.
  static Result<EvalLabels> Read(const LabelMeaning& meaning);

  // The class; an Error without a place, which the caller adds.
  Result<size_t> ClassOf(const std::string& label) const;

 private:
  explicit EvalLabels(const LabelMeaning& meaning) : meaning_(meaning) {}

  // A number of the user's as a class of the network's.
  Result<size_t> Shifted(size_t number) const;

  LabelMeaning meaning_;
  std::unordered_map<std::string, size_t> map_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LABELS_H_
