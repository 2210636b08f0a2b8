// `wranglet eval`

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/eval_reference.h"
#include "plugin/compiler/cli/eval_report.h"
#include "plugin/compiler/cli/evaluate.h"
#include "plugin/compiler/cli/labelled_images.h"
#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

// A line on a terminal that tells how far it is; nothing elsewhere.
class ProgressBar {
 public:
  ProgressBar(std::ostream& out, size_t total)
      : out_(out), total_(total), is_shown_(&out == &std::cerr && isatty(STDERR_FILENO)) {}
  ~ProgressBar() {
    if (is_shown_) out_ << "\r\x1b[K" << std::flush;
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Show(size_t done) {
    using Clock = std::chrono::steady_clock;
    if (!is_shown_ || (Clock::now() - shown_ < std::chrono::milliseconds(100) && done < total_)) {
      return;
    }
    shown_ = Clock::now();
    const size_t filled = kCells * done / total_;
    out_ << "\r[" << std::string(filled, '=') << std::string(kCells - filled, ' ') << "] " << done
         << " of " << total_ << " images" << std::flush;
  }

 private:
  static constexpr size_t kCells = 30;

  std::ostream& out_;
  size_t total_;
  bool is_shown_;
  std::chrono::steady_clock::time_point shown_;
};

void AddEvalOptions(cxxopts::Options& options) {
  auto add = options.add_options();
  const auto text = [] { return cxxopts::value<std::string>()->default_value(""); };
  const auto number = [] { return cxxopts::value<size_t>()->default_value("0"); };
  add("json", "Print JSON");
  add("labels-csv", "Table of the images: a column file, and one of labels", text(), "FILE");
  add("only", "Take the table's rows with this value", text(), "COLUMN=VALUE");
  add("unlabelled", "Leave the images' labels away: measure agreement and error alone");
  add("limit", "Take so many images, evenly from all (default: all)", number(), "N");
  add("reference", "Network to compare with (default: MODEL itself in float32)", text(), "FILE");
  add("threads", "How many images are worked on at once (default: one a core)", number(), "N");
}

ImageSource ReadImageSource(const cxxopts::ParseResult& parsed) {
  return {.paths = {parsed.unmatched().begin() + 1, parsed.unmatched().end()},
          .labels_csv = parsed["labels-csv"].as<std::string>(),
          .label_column = parsed["label-column"].as<std::string>(),
          .only = parsed["only"].as<std::string>(),
          .unlabelled = parsed.count("unlabelled") > 0,
          .limit = parsed["limit"].as<size_t>()};
}

Result<std::string> EvaluationOf(const CompileOptions& asked, const cxxopts::ParseResult& parsed,
                                 std::ostream& err) {
  WRANGLET_ASSIGN(const CompiledModel model, Compile(asked));
  const LabelMeaning meaning = {
      .classes = static_cast<size_t>(CountOf(model.graph.tensor(model.graph.outputs[0]))),
      .labels = model.info.labels,
      .class_map = parsed["class-map"].as<std::string>(),
      .class_offset = parsed["class-offset"].as<size_t>()};
  WRANGLET_ASSIGN(const std::vector<LabelledImage> images,
                  ListLabelledImages(ReadImageSource(parsed), meaning));
  WRANGLET_ASSIGN(const std::optional<CompiledModel> reference,
                  CompileReference(model, parsed["reference"].as<std::string>()));
  const CompiledModel* compared = reference ? &*reference : nullptr;

  ProgressBar bar(err, images.size());
  const size_t threads = parsed["threads"].as<size_t>();
  const EvalHooks hooks = {.threads = threads > 0 ? threads : std::thread::hardware_concurrency(),
                           .progress = [&](size_t done) { bar.Show(done); }};
  WRANGLET_ASSIGN(const Evaluation evaluation, Evaluate(model, compared, images, hooks));
  return parsed.count("json") ? EvaluationAsJson(evaluation, model, compared)
                              : EvaluationAsText(evaluation, model, compared);
}

}  // namespace

int RunEval(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options =
      MakeOptions("eval", "MODEL FOLDER...",
                  "Measures how well a network, .onnx or .tflite, knows labelled images: the "
                  "folder's sub-folders, each named by its label, or those of --labels-csv");
  AddEvalOptions(options);
  AddCompileOptions(options);
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult& parsed) {
    const size_t paths = parsed.unmatched().size();
    const bool has_table = !parsed["labels-csv"].as<std::string>().empty();
    if (has_table ? paths < 1 || paths > 2 : paths < 2) {
      return FailUsage(streams, options,
                       has_table ? "with --labels-csv, eval takes a network, and at most one folder"
                                 : "eval takes a network and images");
    }
    const Result<CompileOptions> asked = ReadCompileOptions(parsed, parsed.unmatched()[0]);
    if (!asked.ok()) return Fail(streams, asked.error(), kMisuse);

    const Result<std::string> text = EvaluationOf(*asked, parsed, streams.err);
    if (!text.ok()) return Fail(streams, text.error());
    streams.out << *text;
    return kSuccess;
  });
}

}  // namespace wranglet
