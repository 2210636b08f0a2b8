// ClassLabels: which class of a network a label means.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_CLASS_LABELS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_CLASS_LABELS_H_

#include <cstddef>
#include <string>
#include <unordered_map>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/labelled_images.h"

namespace wranglet {

class ClassLabels {
 public:
  // Reads the class map. Errors name its file and line.
  static Result<ClassLabels> Read(const LabelMeaning& meaning);

  // The class; an Error without a place, which the caller adds.
  Result<size_t> ClassOf(const std::string& label) const;

 private:
  explicit ClassLabels(const LabelMeaning& meaning) : meaning_(meaning) {}

  // A number of the user's as a class of the network's.
  Result<size_t> Shifted(size_t number) const;

  LabelMeaning meaning_;
  std::unordered_map<std::string, size_t> map_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_CLASS_LABELS_H_
