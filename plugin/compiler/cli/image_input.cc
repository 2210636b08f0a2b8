#include "plugin/compiler/cli/image_input.h"

#include <cstdint>

#include "plugin/compiler/base/file.h"

namespace wranglet {

Result<std::optional<ImagePreprocess>> PreprocessFor(const Graph& graph, const Tensor& input,
                                                     const CompileOptions& options) {
  const Shape& shape = input.shape;  // NHWC
  const bool is_image = shape.size() == 4 && shape[0] == 1 && shape[1] <= kMaxTargetSide &&
                        shape[2] <= kMaxTargetSide && (shape[3] == 1 || shape[3] == 3);
  if (!is_image) return std::optional<ImagePreprocess>();
  const ImagePreprocess preprocess = {.width = static_cast<int32_t>(shape[2]),
                                      .height = static_cast<int32_t>(shape[1]),
                                      .color = options.color,
                                      .crop = options.crop,
                                      .mean = options.mean,
                                      .std = options.std};
  if (preprocess.Channels() != shape[3]) {
    return Error{.message = "input '" + input.name + "' is " + ToString(shape) + ", and color " +
                            options.color_name + " gives " + std::to_string(preprocess.Channels()) +
                            " channels",
                 .hint = shape[3] == 1 ? "give color gray" : "give color rgb or bgr",
                 .file = graph.file};
  }
  return std::optional(preprocess);
}

Result<ImagePreprocess> OnlyImage(const Graph& graph, const CompileOptions& options) {
  if (graph.inputs.size() == 1) {
    WRANGLET_ASSIGN(const auto preprocess,
                    PreprocessFor(graph, graph.tensor(graph.inputs[0]), options));
    if (preprocess) return *preprocess;
  }
  std::string inputs;
  for (const TensorId id : graph.inputs) {
    inputs += (inputs.empty() ? "" : ", ") + ToString(graph.tensor(id).shape);
  }
  return Error{.message = "images cannot be given to a network whose inputs are " + inputs,
               .hint = "it must have one input, 1 x height x width x 1 or 3",
               .file = graph.file};
}

Result<std::vector<std::byte>> ImageAsInput(const Graph& graph, const CompileOptions& options,
                                            const std::string& path) {
  WRANGLET_ASSIGN(const ImagePreprocess preprocess, OnlyImage(graph, options));
  const Tensor& input = graph.tensor(graph.inputs[0]);
  WRANGLET_ASSIGN(const auto table, MakeTable(preprocess, input.dtype, input.quantization));
  WRANGLET_ASSIGN(const std::vector<std::byte> image, ReadFile(path));
  Result<std::vector<std::byte>> bytes = PreprocessImage(image, preprocess, input.dtype, table);
  if (!bytes.ok()) bytes.error().file = path;
  return bytes;
}

}  // namespace wranglet
