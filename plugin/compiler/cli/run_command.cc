// `wranglet run`

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugin/compiler/base/base64.h"
#include "plugin/compiler/cli/classify.h"
#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/emit/manifest.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kShownClasses = 5;

std::string AsJson(const std::string& file, const std::vector<Class>& classes,
                   std::span<const std::byte> output) {
  Json list = Json::array();
  for (const Class& c : classes) {
    list.push_back({{"label", c.label}, {"index", c.index}, {"score", c.score}});
  }
  const Json line = {{"file", file}, {"classes", list}, {"output", Base64Encode(output)}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string AsText(const std::string& file, const std::vector<Class>& classes) {
  std::string text = file + ":";
  for (size_t i = 0; i < std::min(classes.size(), kShownClasses); ++i) {
    char score[32];
    std::snprintf(score, sizeof score, "%.4f", classes[i].score);
    text += (i == 0 ? " " : ", ") + classes[i].label + " " + score;
  }
  return text + "\n";
}

Status RunImages(const CompiledModel& model, std::span<const std::string> images, bool json,
                 std::ostream& out) {
  Runner runner(model.plan);
  const PlacedTensor& output = model.plan.outputs[0];
  const std::string kind = OutputKind(model.graph, output.tensor);
  for (const std::string& image : images) {
    WRANGLET_ASSIGN(const std::vector<std::byte> input, model.ReadImage(image));
    runner.SetInput(0, input);
    runner.Run();
    WRANGLET_ASSIGN(const std::vector<Class> classes,
                    Classify(output, runner.Output(0), kind, model.info.labels));
    out << (json ? AsJson(image, classes, runner.Output(0)) : AsText(image, classes));
  }
  return Done{};
}

}  // namespace

int RunRun(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options = MakeOptions(
      "run", "MODEL IMAGE...",
      "Runs a network, .onnx or .tflite, on JPEG, PNG or WebP images, as the Worker would");
  options.add_options()("json", "Print a line of JSON an image");
  AddCompileOptions(options);
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult& parsed) {
    const std::vector<std::string>& paths = parsed.unmatched();
    if (paths.size() < 2) {
      return FailUsage(streams, options, "run takes a network and images");
    }
    const Result<CompileOptions> asked = ReadCompileOptions(parsed, paths[0]);
    if (!asked.ok()) return Fail(streams, asked.error(), kMisuse);

    const Result<CompiledModel> model = Compile(*asked);
    if (!model.ok()) return Fail(streams, model.error());
    const Status status =
        RunImages(*model, std::span(paths).subspan(1), parsed.count("json") > 0, streams.out);
    return status.ok() ? kSuccess : Fail(streams, status.error());
  });
}

}  // namespace wranglet
