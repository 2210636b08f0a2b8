// `wranglet inspect`

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/eval_reference.h"
#include "plugin/compiler/cli/evaluate.h"
#include "plugin/compiler/cli/inspect_page.h"
#include "plugin/compiler/cli/inspect_report.h"
#include "plugin/compiler/cli/labelled_images.h"
#include "plugin/compiler/cli/layers.h"

namespace wranglet {
namespace {

// Against the float network, on images without labels.
Result<Evaluation> EvaluateOn(const CompiledModel& model, const std::string& images,
                              const std::string& reference_path) {
  WRANGLET_ASSIGN(const std::vector<LabelledImage> list,
                  ListLabelledImages({.paths = {images}, .unlabelled = true}, {}));
  WRANGLET_ASSIGN(const std::optional<CompiledModel> reference,
                  CompileReference(model, reference_path));
  if (!reference) {
    return Error{.message = "there is no float network to compare with",
                 .hint = "give --reference",
                 .file = model.options.model};
  }
  return Evaluate(model, &*reference, list, {.threads = std::thread::hardware_concurrency()});
}

// Prints and writes what was asked for.
Status Inspect(const CompileOptions& asked, const cxxopts::ParseResult& parsed, std::ostream& out) {
  const bool is_calibrated = !asked.calibration.empty() || !asked.calibration_list.empty();
  WRANGLET_ASSIGN(const bool is_quantized, IsQuantizedFile(asked.model));
  const bool runs = is_calibrated || parsed.count("images") > 0;
  WRANGLET_ASSIGN(const CompiledModel model, runs ? Compile(asked) : CompileForSizes(asked));
  Inspection inspection = {.model = model,
                           .has_scales = runs || is_quantized,
                           .layers = LayersOf(model.graph, model.plan)};
  if (parsed.count("images")) {
    WRANGLET_ASSIGN(inspection.evaluation, EvaluateOn(model, parsed["images"].as<std::string>(),
                                                      parsed["reference"].as<std::string>()));
  }
  if (parsed.count("html")) {
    WRANGLET_RETURN_IF_ERROR(
        WriteFile(parsed["html"].as<std::string>(), InspectionAsHtml(inspection)));
  }
  out << (parsed.count("json") ? InspectionAsJson(inspection) : InspectionAsText(inspection));
  return Done{};
}

}  // namespace

int RunInspect(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options = MakeOptions(
      "inspect", "MODEL", "Shows a network's layers, .onnx or .tflite, and what they cost");
  auto add = options.add_options();
  add("json", "Print JSON");
  add("html", "Write a page with plots, too", cxxopts::value<std::string>(), "FILE");
  add("images", "Measure each layer's error on a folder of images", cxxopts::value<std::string>(),
      "FOLDER");
  add("reference", "Network to compare with (default: MODEL itself in float32)",
      cxxopts::value<std::string>()->default_value(""), "FILE");
  AddCompileOptions(options);
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult& parsed) {
    if (parsed.unmatched().size() != 1) {
      return FailUsage(streams, options, "inspect takes one network");
    }
    const Result<CompileOptions> asked = ReadCompileOptions(parsed, parsed.unmatched()[0]);
    if (!asked.ok()) return Fail(streams, asked.error(), kMisuse);

    const Status status = Inspect(*asked, parsed, streams.out);
    return status.ok() ? kSuccess : Fail(streams, status.error());
  });
}

}  // namespace wranglet
