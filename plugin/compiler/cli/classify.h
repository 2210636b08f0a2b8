// Classes: an output tensor in words and scores.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_CLASSIFY_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_CLASSIFY_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

struct Class {
  std::string label;
  size_t index = 0;
  double score = 0.0;
};

// The real numbers that stored ones of a type stand for, scale * (stored - zero point) in double
// precision, as worker-js/tensor.js has them; those of float32 as they are. An Error for types
// that hold no numbers.
Result<std::vector<double>> RealValues(DType dtype, const std::optional<Quantization>& quantization,
                                       std::span<const std::byte> bytes);

// Every class, the highest score first, of equal ones the lower index: what worker-js/classify.js
// makes of the same bytes. `kind` is OutputKind's; of logits the softmax is taken. A class without
// a label is called by its index. An Error for types the manifest does not know.
Result<std::vector<Class>> Classify(const PlacedTensor& output, std::span<const std::byte> bytes,
                                    std::string_view kind, const std::vector<std::string>& labels);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_CLASSIFY_H_
