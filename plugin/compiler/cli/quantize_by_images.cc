#include "plugin/compiler/cli/quantize_by_images.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "plugin/compiler/cli/files.h"
#include "plugin/compiler/cli/image_input.h"
#include "plugin/compiler/cli/labelled_images.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/quantize/plannable.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

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

Samples FromFiles(const Graph& graph, const CompileOptions& options,
                  std::vector<std::string> images) {
  return {images.size(), [&, images](size_t i) -> Result<Sample> {
            WRANGLET_ASSIGN(auto input, ImageAsInput(graph, options, images[i]));
            return Sample{std::move(input)};
          }};
}

// All of the images have a label, or none has.
Result<LabelledSamples> AccuracySamples(const Graph& graph, const CompileOptions& options,
                                        const std::vector<std::string>& labels,
                                        const std::vector<std::string>& calibration) {
  const AccuracyOptions& asked = *options.accuracy;
  if (asked.images.paths.empty() && asked.images.labels_csv.empty()) {
    return LabelledSamples{FromFiles(graph, options, calibration), {}};
  }
  const LabelMeaning meaning = {
      .classes = static_cast<size_t>(CountOf(graph.tensor(graph.outputs[0]))),
      .labels = labels,
      .class_map = asked.class_map,
      .class_offset = asked.class_offset};
  WRANGLET_ASSIGN(const auto images, ListLabelledImages(asked.images, meaning));
  std::vector<std::string> paths;
  LabelledSamples samples;
  for (const LabelledImage& image : images) {
    paths.push_back(image.path);
    if (image.label) samples.classes.push_back(*image.label);
  }
  if (!samples.classes.empty() && samples.classes.size() < paths.size()) {
    return Error{.message = "some of the images for accuracy have a label, and some have none",
                 .hint = "give folders whose sub-folders are named by a label, or --accuracy-csv"};
  }
  samples.samples = FromFiles(graph, options, std::move(paths));
  return samples;
}

}  // namespace

Result<QuantizedNetwork> QuantizeByImages(const Graph& graph, const CompileOptions& options,
                                          const std::vector<std::string>& labels) {
  WRANGLET_ASSIGN(const std::vector<std::string> images, CalibrationImages(options));
  const bool is_auto = options.precision == "auto";
  if (images.empty()) {
    return Error{.message = "a float network needs calibration images to become " +
                            (is_auto ? "int8" : options.precision),
                 .hint = "give some with calibration, or ask for precision float32",
                 .file = graph.file};
  }
  WRANGLET_ASSIGN(const ImagePreprocess preprocess, OnlyImage(graph, options));
  QuantizeOptions how = {.estimator = EstimatorOf(options.calibration_method),
                         .known = Ranges(graph.tensors.size()),
                         .wants_sensitivity = options.sensitivity};
  if (options.precision == "int16") how.precision = DType::kInt16;
  if (is_auto && options.accuracy) {
    AccuracyGoal& goal = how.accuracy.emplace(AccuracyGoal{options.accuracy->max_loss, {}});
    WRANGLET_ASSIGN(goal.labelled, AccuracySamples(graph, options, labels, images));
  } else if (is_auto) {
    how.min_sqnr = options.min_sqnr;
  }
  const Range pixels = RangeOfPixels(preprocess);
  how.known[static_cast<size_t>(graph.inputs[0])] =
      how.precision == DType::kInt8 ? WithStoredEnds(pixels) : pixels;
  return QuantizeFromSamples(graph, FromFiles(graph, options, images), how);
}

Result<QuantizedNetwork> QuantizeByPlaceholders(const Graph& graph, const CompileOptions& options) {
  const DType dtype = options.precision == "int16" ? DType::kInt16 : DType::kInt8;
  const Ranges ranges(graph.tensors.size(), Range{-1.0f, 1.0f});
  WRANGLET_ASSIGN(const Precisions precisions, PlannablePrecisions(graph, ranges, dtype));
  WRANGLET_ASSIGN(Graph quantized, QuantizeGraph(graph, ranges, precisions));
  return QuantizedNetwork{.graph = std::move(quantized)};
}

}  // namespace wranglet
