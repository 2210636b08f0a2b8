#include "plugin/compiler/cli/compiler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/cli/files.h"
#include "plugin/compiler/cli/version.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/quantize_from_samples.h"

namespace wranglet {
namespace {

// How an image becomes this input; nothing when the input has not the shape of one. An Error when
// it has, but of other colours than the user said.
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

// What PreprocessFor says, of a network whose only input is an image.
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

// The bytes of input 0, which is `graph`'s only one, for a JPEG file.
Result<std::vector<std::byte>> ImageAsInput(const Graph& graph, const CompileOptions& options,
                                            const std::string& path) {
  WRANGLET_ASSIGN(const ImagePreprocess preprocess, OnlyImage(graph, options));
  const Tensor& input = graph.tensor(graph.inputs[0]);
  WRANGLET_ASSIGN(const auto table, MakeTable(preprocess, input.dtype, input.quantization));
  WRANGLET_ASSIGN(const std::vector<std::byte> jpeg, ReadFile(path));
  Result<std::vector<std::byte>> bytes = PreprocessJpeg(jpeg, preprocess, input.dtype, table);
  if (!bytes.ok()) bytes.error().file = path;
  return bytes;
}

Result<std::vector<std::string>> CalibrationImages(const CompileOptions& options) {
  std::vector<std::string> images;
  if (!options.calibration_list.empty()) {
    WRANGLET_ASSIGN(images, ReadLines(options.calibration_list));
  }
  for (const std::string& path : options.calibration) {
    WRANGLET_ASSIGN(const auto more, ListImages(path));
    images.insert(images.end(), more.begin(), more.end());
  }
  return images;
}

std::optional<Estimator> EstimatorOf(const std::string& method) {
  constexpr std::pair<const char*, Estimator> kMethods[] = {{"minmax", Estimator::kMinMax},
                                                            {"percentile", Estimator::kPercentile},
                                                            {"mse", Estimator::kMse},
                                                            {"entropy", Estimator::kEntropy}};
  for (const auto& [name, estimator] : kMethods) {
    if (method == name) return estimator;
  }
  return std::nullopt;
}

// Of the activations what the images show; of the input itself what any image can hold.
Result<QuantizedNetwork> QuantizeByImages(const Graph& graph, const CompileOptions& options) {
  WRANGLET_ASSIGN(const std::vector<std::string> images, CalibrationImages(options));
  if (images.empty()) {
    return Error{.message = "a float network needs calibration images to become " +
                            (options.precision == "auto" ? "int8" : options.precision),
                 .hint = "give some with calibration, or ask for precision float32",
                 .file = graph.file};
  }
  WRANGLET_ASSIGN(const ImagePreprocess preprocess, OnlyImage(graph, options));
  const Samples samples = {images.size(), [&](size_t i) -> Result<Sample> {
                             WRANGLET_ASSIGN(auto input, ImageAsInput(graph, options, images[i]));
                             return Sample{std::move(input)};
                           }};
  QuantizeOptions how = {.estimator = EstimatorOf(options.calibration_method),
                         .known = Ranges(graph.tensors.size()),
                         .wants_sensitivity = options.sensitivity};
  if (options.precision == "int16") how.precision = DType::kInt16;
  if (options.precision == "auto") how.min_sqnr = options.min_sqnr;
  const Range pixels = RangeOfPixels(preprocess);
  how.known[static_cast<size_t>(graph.inputs[0])] =
      how.precision == DType::kInt8 ? WithStoredEnds(pixels) : pixels;
  return QuantizeFromSamples(graph, samples, how);
}

// For sizes alone.
Result<QuantizedNetwork> QuantizeByPlaceholders(const Graph& graph, const CompileOptions& options) {
  const DType dtype = options.precision == "int16" ? DType::kInt16 : DType::kInt8;
  WRANGLET_ASSIGN(Graph quantized,
                  QuantizeGraph(graph, Ranges(graph.tensors.size(), Range{-1.0f, 1.0f}),
                                Uniform(graph, dtype)));
  return QuantizedNetwork{.graph = std::move(quantized)};
}

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
  const bool wants_float = options.precision == "float32";
  if (IsQuantized(model.graph) && wants_float) {
    return Error{.message = "the network is quantised already",
                 .hint = "compile with precision int8",
                 .file = options.model};
  }
  if (!IsQuantized(model.graph) && !wants_float) {
    WRANGLET_ASSIGN(model.quantized, quantize(model.graph, options));
    model.graph = std::move(model.quantized->graph);
  }
  WRANGLET_ASSIGN(model.plan, MakePlan(model.graph));
  model.info = {.name = options.name,
                .precision = PrecisionOf(model.graph),
                .simd = options.simd,
                .storage = options.storage,
                .compiler = std::string("wranglet ") + kVersion};
  WRANGLET_ASSIGN(model.info.labels, ReadLabels(model.graph, options.labels));
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
  return CompileWith(options, QuantizeByPlaceholders);
}

}  // namespace wranglet
