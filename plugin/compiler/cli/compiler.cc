#include "plugin/compiler/cli/compiler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "plugin/compiler/cli/files.h"
#include "plugin/compiler/cli/image_input.h"
#include "plugin/compiler/cli/quantize_by_images.h"
#include "plugin/compiler/cli/version.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/quantize/float_form.h"

namespace wranglet {
namespace {

Result<std::vector<std::string>> ReadLabels(const Graph& graph, const std::string& path) {
  if (path.empty()) return std::vector<std::string>();
  WRANGLET_ASSIGN(std::vector<std::string> labels, ReadLines(path));
  WRANGLET_ASSIGN(const int64_t classes, ElementCount(graph.tensor(graph.outputs[0]).shape));
  if (static_cast<int64_t>(labels.size()) != classes) {
    return Error{.message = "has " + std::to_string(labels.size()) + " labels, and the network " +
                            std::to_string(classes) + " classes",
                 .hint = "give one label a line, in the order of the network's output",
                 .file = path};
  }
  return labels;
}

Result<std::vector<std::optional<ImageInput>>> ImageInputs(const Graph& graph,
                                                           const CompileOptions& options) {
  std::vector<std::optional<ImageInput>> images;
  for (const TensorId id : graph.inputs) {
    const Tensor& input = graph.tensor(id);
    WRANGLET_ASSIGN(const auto preprocess, PreprocessFor(graph, input, options));
    images.emplace_back();
    if (!preprocess) continue;
    WRANGLET_ASSIGN(auto table, MakeTable(*preprocess, input.dtype, input.quantization));
    images.back() = {preprocess->width, preprocess->height, options.color_name, options.crop_name,
                     std::move(table)};
  }
  return images;
}

// As the manifest spells it, by the activations.
std::string PrecisionOf(const Graph& graph) {
  const auto any = [&](DType dtype) {
    return std::any_of(graph.tensors.begin(), graph.tensors.end(), [&](const Tensor& tensor) {
      return !tensor.constant && tensor.dtype == dtype;
    });
  };
  if (!IsQuantized(graph)) return "float32";
  if (!any(DType::kInt16)) return "int8";
  return any(DType::kInt8) ? "mixed" : "int16";
}

template <typename Quantizer>
Result<CompiledModel> CompileWith(const CompileOptions& options, Quantizer quantize) {
  CompiledModel model{.options = options};
  WRANGLET_ASSIGN(model.graph, ImportModel(options.model));
  WRANGLET_RETURN_IF_ERROR(RunPasses(model.graph));
  if (options.dequantize && IsQuantized(model.graph)) {
    WRANGLET_ASSIGN(model.graph, FloatForm(model.graph));
    WRANGLET_RETURN_IF_ERROR(RunPasses(model.graph));
  }
  WRANGLET_ASSIGN(std::vector<std::string> labels, ReadLabels(model.graph, options.labels));
  const bool wants_float = options.precision == "float32";
  if (IsQuantized(model.graph) && wants_float) {
    return Error{.message = "the network is quantised already",
                 .hint = "compile with precision int8, or with dequantize",
                 .file = options.model};
  }
  if (!IsQuantized(model.graph) && !wants_float) {
    WRANGLET_ASSIGN(model.quantized, quantize(model.graph, options, labels));
    model.graph = std::move(model.quantized->graph);
  }
  WRANGLET_ASSIGN(model.plan, MakePlan(model.graph, {.fused = options.simd == "relaxed",
                                                     .by_bands = options.by_bands}));
  model.info = {.name = options.name,
                .precision = PrecisionOf(model.graph),
                .simd = options.simd,
                .storage = options.storage,
                .labels = std::move(labels),
                .compiler = std::string("wranglet ") + kVersion};
  WRANGLET_ASSIGN(model.info.images, ImageInputs(model.graph, options));
  return model;
}

}  // namespace

Result<std::vector<std::byte>> CompiledModel::ReadImage(const std::string& path) const {
  return ImageAsInput(graph, options, path);
}

Result<CompiledModel> Compile(const CompileOptions& options) {
  return CompileWith(options, QuantizeByImages);
}

Result<CompiledModel> CompileForSizes(const CompileOptions& options) {
  return CompileWith(options, [](const Graph& graph, const CompileOptions& asked, const auto&) {
    return QuantizeByPlaceholders(graph, asked);
  });
}

}  // namespace wranglet
