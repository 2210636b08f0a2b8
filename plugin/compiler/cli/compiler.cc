#include "plugin/compiler/cli/compiler.h"

#include <optional>
#include <utility>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/cli/files.h"
#include "plugin/compiler/cli/version.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/quantize/calibrate.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/quantize/quantize.h"

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

// Of the activations what the images show; of the input itself what any image can hold.
Result<Ranges> MeasuredRanges(const Graph& graph, const CompileOptions& options) {
  WRANGLET_ASSIGN(const std::vector<std::string> images, CalibrationImages(options));
  if (images.empty()) {
    return Error{.message = "a float network needs calibration images to become int8",
                 .hint = "give some with calibration, or ask for precision float32",
                 .file = graph.file};
  }
  WRANGLET_ASSIGN(const ImagePreprocess preprocess, OnlyImage(graph, options));
  MinMaxEstimator estimator;
  const auto sample = [&](size_t i) -> Result<Sample> {
    WRANGLET_ASSIGN(auto input, ImageAsInput(graph, options, images[i]));
    return Sample{std::move(input)};
  };
  WRANGLET_ASSIGN(Ranges ranges, Calibrate(graph, estimator, images.size(), sample));
  ranges[static_cast<size_t>(graph.inputs[0])] = WithStoredEnds(RangeOfPixels(preprocess));
  return ranges;
}

Ranges PlaceholderRanges(const Graph& graph, const CompileOptions&) {
  return Ranges(graph.tensors.size(), Range{-1.0f, 1.0f});
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

template <typename RangesOf>
Result<CompiledModel> CompileWith(const CompileOptions& options, RangesOf ranges_of) {
  WRANGLET_ASSIGN(Graph graph, ImportModel(options.model));
  WRANGLET_RETURN_IF_ERROR(RunPasses(graph));
  const bool wants_int8 = options.precision == "int8";
  if (IsQuantized(graph) && !wants_int8) {
    return Error{.message = "the network is quantised already",
                 .hint = "compile with precision int8",
                 .file = options.model};
  }
  if (!IsQuantized(graph) && wants_int8) {
    const Result<Ranges> ranges = ranges_of(graph, options);
    if (!ranges.ok()) return ranges.error();
    WRANGLET_ASSIGN(graph, QuantizeGraph(graph, *ranges));
  }
  WRANGLET_ASSIGN(Plan plan, MakePlan(graph));
  ModelInfo info = {.name = options.name,
                    .precision = options.precision,
                    .simd = options.simd,
                    .storage = options.storage,
                    .compiler = std::string("wranglet ") + kVersion};
  WRANGLET_ASSIGN(info.labels, ReadLabels(graph, options.labels));
  WRANGLET_ASSIGN(info.images, ImageInputs(graph, options));
  return CompiledModel{std::move(graph), std::move(plan), std::move(info), options};
}

}  // namespace

Result<std::vector<std::byte>> CompiledModel::ReadImage(const std::string& path) const {
  return ImageAsInput(graph, options, path);
}

Result<CompiledModel> Compile(const CompileOptions& options) {
  return CompileWith(options, MeasuredRanges);
}

Result<CompiledModel> CompileForSizes(const CompileOptions& options) {
  return CompileWith(options, PlaceholderRanges);
}

}  // namespace wranglet
