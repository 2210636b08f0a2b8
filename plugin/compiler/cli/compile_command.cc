// `wranglet compile`

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/files.h"
#include "plugin/compiler/cli/layers.h"
#include "plugin/compiler/emit/model.h"

namespace wranglet {
namespace {

std::string Millions(int64_t count) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f million", static_cast<double>(count) * 1e-6);
  return text;
}

std::string Kibibytes(int64_t bytes) { return std::to_string((bytes + 1023) / 1024) + " KiB"; }

// "person: int8, 66 layers, 11.30 million MACs, 0.40 million parameters, weights 412 KiB, ..."
std::string Summary(const CompiledModel& model) {
  const std::vector<Layer> layers = LayersOf(model.graph, model.plan);
  const Layer total = TotalOf(layers);
  return model.info.name + ": " + model.info.precision + ", " + std::to_string(layers.size()) +
         " layers, " + Millions(total.macs) + " MACs, " + Millions(total.parameters) +
         " parameters, weights " + Kibibytes(static_cast<int64_t>(model.plan.weights.size())) +
         ", arena " + Kibibytes(model.plan.arena_bytes) + " (lower bound " +
         Kibibytes(model.plan.arena_lower_bound) + ")\n";
}

std::string AccuracyLine(double loss) {
  char text[64];
  std::snprintf(text, sizeof text, "accuracy: %.2f points %s\n", std::abs(loss),
                loss < 0 ? "gained" : "lost");
  return text;
}

// How a float network was quantised, a line a decision, and what its layers lose.
std::string Report(const QuantizedNetwork& quantized) {
  const auto decibels = [](double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f dB", value);
    return std::string(text);
  };
  std::string text;
  for (const std::string& line : quantized.report) text += line + "\n";
  for (const std::string& layer : quantized.int16_layers) text += "in int16: " + layer + "\n";
  text += "outputs: " + decibels(quantized.sqnr) + " signal-to-noise ratio\n";
  if (quantized.accuracy_loss) text += AccuracyLine(*quantized.accuracy_loss);
  for (const LayerSensitivity& layer : quantized.sensitivity) {
    text += layer.name + " alone in int8: " + decibels(layer.sqnr) + "\n";
  }
  return text;
}

}  // namespace

int RunCompile(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options =
      MakeOptions("compile", "--out FOLDER MODEL", "Compiles a network, .onnx or .tflite");
  options.add_options()("out", "Folder for the files", cxxopts::value<std::string>(), "FOLDER");
  options.add_options()("sensitivity", "Measure what each layer loses when it alone is int8");
  AddCompileOptions(options);
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult& parsed) {
    if (parsed.unmatched().size() != 1 || !parsed.count("out")) {
      return FailUsage(streams, options, "compile takes one network and --out FOLDER");
    }
    Result<CompileOptions> asked = ReadCompileOptions(parsed, parsed.unmatched()[0]);
    if (!asked.ok()) return Fail(streams, asked.error(), kMisuse);
    asked->sensitivity = parsed.count("sensitivity") > 0;

    const Result<CompiledModel> model = Compile(*asked);
    if (!model.ok()) return Fail(streams, model.error());
    const Status written = WriteAllOrNothing(EmitModel(model->graph, model->plan, model->info),
                                             parsed["out"].as<std::string>());
    if (!written.ok()) return Fail(streams, written.error());
    streams.out << Summary(*model);
    if (model->quantized) streams.out << Report(*model->quantized);
    return kSuccess;
  });
}

}  // namespace wranglet
