// `wranglet eval` and `wranglet inspect --html` as a user meets them.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/image/jpeg_writer.h"
#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/report/balance.h"

namespace wranglet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Three classes, by which of red, green and blue there is most of. The first convolution's name is
// of an enemy's making.
std::string ColourNetwork(const std::string& name = "</title><script>alert(1)</script>") {
  return OnnxBuilder()
      .Input("image", {1, 3, 8, 8})
      .Floats("w", {3, 3, 1, 1}, {4, 0, 0, 0, 4, 0, 0, 0, 4})
      .Floats("b", {3}, {0.1f, 0.2f, 0.3f})
      .Node("Conv", {"image", "w", "b"}, name)
      .Node("GlobalAveragePool", {name}, "pool")
      .Node("Flatten", {"pool"}, "flat")
      .Node("Softmax", {"flat"}, "p")
      .With("axis", int64_t{1})
      .Output("p")
      .Bytes();
}

// The same idea in int8, as a file has it: the mean of each colour, then a matrix.
std::string QuantizedNetwork() {
  TfliteBuilder file;
  const TfliteQuantization pixels = {.scale = {1.0f / 127.5f}, .zero_point = {0}};
  const int32_t image = file.Activation(tflite::TensorType_INT8, {1, 8, 8, 3}, pixels);
  const int32_t mean = file.Activation(tflite::TensorType_INT8, {1, 3}, pixels);
  const int32_t filter =
      file.Constant<int8_t>(tflite::TensorType_INT8, {3, 3}, {90, -7, 5, 3, 91, -11, 2, 9, 89},
                            {.scale = {0.013f}, .zero_point = {0}});
  const int32_t bias = file.Constant<int32_t>(tflite::TensorType_INT32, {3}, {301, -77, 13});
  const int32_t scores =
      file.Activation(tflite::TensorType_INT8, {1, 3}, {.scale = {0.0123f}, .zero_point = {5}});
  file.Operator(tflite::BuiltinOperator_MEAN, {image, file.Indices({1, 2})}, {mean},
                tflite::CreateReducerOptions(file.fbb, false));
  file.Operator(tflite::BuiltinOperator_FULLY_CONNECTED, {mean, filter, bias}, {scores},
                tflite::CreateFullyConnectedOptions(file.fbb));
  const std::vector<std::byte> bytes = file.Finish({image}, {scores});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Eval : public testing::Test {
 protected:
  struct Outcome {
    int status;
    std::string out, err;
  };

  // Two pictures a colour, all as they should be but one: a red one among the blue.
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("eval_command_") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    Write("net.onnx", ColourNetwork());
    Write("labels.txt", "red\ngreen\nblue\n");
    WriteJpeg("in/red/1.jpg", {250, 10, 10});
    WriteJpeg("in/red/2.jpg", {200, 90, 80});
    WriteJpeg("in/green/1.jpg", {10, 250, 10});
    WriteJpeg("in/green/2.jpg", {90, 180, 60});
    WriteJpeg("in/blue/1.jpg", {10, 10, 250});
    WriteJpeg("in/blue/2.jpg", {220, 40, 30});
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  void WriteJpeg(const std::string& name, const std::vector<uint8_t>& rgb) const {
    const std::vector<uint8_t> bytes = wranglet::WriteJpeg(MakeFlatPicture(24, 24, rgb));
    Write(name, {bytes.begin(), bytes.end()});
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // `COMMAND net.onnx --labels ... OPTION...`, its calibration images the labelled ones.
  Outcome Run(const std::string& command, const Arguments& options) const {
    Arguments arguments = {command,         Path("net.onnx"), "--labels",      Path("labels.txt"),
                           "--calibration", Path("in/red"),   "--calibration", Path("in/green"),
                           "--calibration", Path("in/blue")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    std::ostringstream out, err;
    const int status = RunProgram(arguments, {out, err});
    return {status, out.str(), err.str()};
  }

  Json RunJson(const std::string& command, Arguments options) const {
    options.push_back("--json");
    const Outcome outcome = Run(command, options);
    EXPECT_EQ(outcome.status, kSuccess) << outcome.err;
    return outcome.status == kSuccess ? Json::parse(outcome.out) : Json();
  }

  void ExpectFailure(const Outcome& outcome, int status, std::string line) const {
    for (size_t at; (at = line.find("$T")) != std::string::npos;) {
      line.replace(at, 2, folder_.string());
    }
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.err, "wranglet: " + line + "\n");
    EXPECT_EQ(outcome.out, "");
  }

 private:
  fs::path folder_;
};

TEST_F(Eval, MeasuresAccuracyAgreementAndError) {
  const Json json = RunJson("eval", {Path("in")});
  EXPECT_EQ(json["images"], 6);
  EXPECT_EQ(json["classes"], 3);
  EXPECT_EQ(json["precision"], "int8");
  EXPECT_EQ(json["labelled"]["images"], 6);
  EXPECT_NEAR(json["labelled"]["top1"], 100.0 * 5 / 6, 1e-9);
  EXPECT_FALSE(json["labelled"].contains("top5")) << "of three classes all are among five";
  const Json& reference = json["reference"];
  EXPECT_EQ(reference["precision"], "float32");
  EXPECT_NEAR(reference["labelled"]["top1"], 100.0 * 5 / 6, 1e-9);
  EXPECT_EQ(reference["agreement"], 100.0);
  EXPECT_EQ(reference["loss"]["points"], 0.0);
  EXPECT_EQ(reference["loss"]["onlyReference"], 0);
  ASSERT_EQ(reference["layers"].size(), 4u);
  EXPECT_EQ(reference["layers"][0]["op"], "Conv2D");
  // Eight bits, and a scale for what is most in use: between 30 and 60 dB.
  EXPECT_GT(reference["layers"][0]["sqnr"], 30.0);
  EXPECT_LT(reference["layers"][0]["sqnr"], 60.0);
}

TEST_F(Eval, TellsHowTheNetworkWasQuantised) {
  const auto with = [&](const std::string& decibels) {
    return RunJson("eval", {Path("in"), "--precision", "auto", "--min-sqnr", decibels});
  };
  const Json int8 = with("10"), mixed = with("50");
  EXPECT_TRUE(int8["int16Layers"].empty());
  EXPECT_GT(int8["calibrationSqnr"], 10.0);
  EXPECT_FALSE(mixed["int16Layers"].empty());
  EXPECT_GE(mixed["calibrationSqnr"], 50.0);
  EXPECT_FALSE(RunJson("eval", {Path("in"), "--precision", "float32"}).contains("int16Layers"));
}

TEST_F(Eval, PrintsTheSameAsText) {
  const Outcome outcome = Run("eval", {Path("in")});
  ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with("net: int8, 3 classes, 6 images, 6 with a label\n"))
      << outcome.out;
  EXPECT_NE(outcome.out.find("83.33 %  5 of 6\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("100.00 % (6 of 6)\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("top-1 lost: 0.00 points, with 95 % confidence between -24.50 and "),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find(" dB\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.err, "") << "no progress bar but on a terminal";
}

TEST_F(Eval, IsTheSameOnAnyNumberOfThreads) {
  const std::string one = Run("eval", {Path("in"), "--json", "--threads", "1"}).out;
  EXPECT_NE(one, "");
  for (const char* threads : {"2", "5", "64"}) {
    EXPECT_EQ(Run("eval", {Path("in"), "--json", "--threads", threads}).out, one);
  }
}

TEST_F(Eval, AFloatNetworkIsComparedWithNothing) {
  const Json json = RunJson("eval", {Path("in"), "--precision", "float32"});
  EXPECT_NEAR(json["labelled"]["top1"], 100.0 * 5 / 6, 1e-9);
  EXPECT_FALSE(json.contains("reference"));
}

TEST_F(Eval, MayBeComparedWithAnotherNetwork) {
  Write("other.onnx", ColourNetwork("conv"));
  const Json json =
      RunJson("eval", {Path("in"), "--precision", "float32", "--reference", Path("other.onnx")});
  EXPECT_EQ(json["reference"]["agreement"], 100.0);
  ASSERT_EQ(json["reference"]["layers"].size(), 3u) << "the first is called otherwise";
  EXPECT_TRUE(json["reference"]["layers"][0]["sqnr"].is_null()) << "exact";
}

TEST_F(Eval, AFileThatIsQuantisedIsComparedWithItsRealNumbers) {
  Write("net.onnx", QuantizedNetwork());
  const Json json = RunJson("eval", {Path("in")});
  EXPECT_NEAR(json["labelled"]["top1"], 100.0 * 5 / 6, 1e-9);
  const Json& reference = json["reference"];
  EXPECT_EQ(reference["precision"], "unrounded");
  EXPECT_EQ(reference["agreement"], 100.0);
  ASSERT_EQ(reference["layers"].size(), 2u);
  for (const Json& layer : reference["layers"]) {
    EXPECT_GT(layer["sqnr"], 35.0) << layer << ": nothing but rounding to 8 bits";
    EXPECT_LT(layer["sqnr"], 60.0) << layer;
  }
}

TEST_F(Eval, AFileThatIsQuantisedMayBeQuantisedAnew) {
  Write("net.onnx", QuantizedNetwork());
  const Json real = RunJson("eval", {Path("in"), "--precision", "float32", "--dequantize"});
  EXPECT_EQ(real["precision"], "float32");
  EXPECT_NEAR(real["labelled"]["top1"], 100.0 * 5 / 6, 1e-9);
  for (const std::string precision : {"int8", "int16"}) {
    const Json anew = RunJson("eval", {Path("in"), "--precision", precision, "--dequantize"});
    EXPECT_EQ(anew["precision"], precision);
    EXPECT_EQ(anew["reference"]["precision"], "float32");
    EXPECT_EQ(anew["reference"]["agreement"], 100.0);
    EXPECT_GT(anew["reference"]["layers"].back()["sqnr"], precision == "int8" ? 30.0 : 45.0);
  }
}

TEST_F(Eval, TakesATable) {
  Write("in/t.csv", "file,person,split\nred/1.jpg,0,a\ngreen/1.jpg,2,a\nblue/1.jpg,0,b\n");
  const Json json = RunJson(
      "eval", {"--labels-csv", Path("in/t.csv"), "--label-column", "person", "--only", "split=a"});
  EXPECT_EQ(json["images"], 2);
  EXPECT_EQ(json["labelled"]["top1"], 50.0);
}

TEST_F(Eval, WithoutLabelsThereIsAgreementAlone) {
  const Json json = RunJson("eval", {"--unlabelled", "--limit", "3", Path("in")});
  EXPECT_EQ(json["images"], 3);
  EXPECT_FALSE(json.contains("labelled"));
  EXPECT_EQ(json["reference"]["agreement"], 100.0);
}

TEST_F(Eval, TheFirstImageThatCannotBeReadIsNamed) {
  Write("in/blue/3.jpg", "text");
  Write("in/red/0.jpg", "text");
  for (const char* threads : {"1", "4"}) {
    ExpectFailure(Run("eval", {Path("in"), "--precision", "float32", "--threads", threads}),
                  kFailure, "$T/in/blue/3.jpg: is not a JPEG, PNG or WebP image");
  }
}

TEST_F(Eval, MisuseAndMistakes) {
  ExpectFailure(Run("eval", {}), kMisuse,
                "eval takes a network and images; see wranglet eval --help");
  ExpectFailure(Run("eval", {"--labels-csv", "t.csv", "a", "b"}), kMisuse,
                "with --labels-csv, eval takes a network, and at most one folder; see wranglet "
                "eval --help");
  fs::create_directories(Path("in/brown"));
  ExpectFailure(Run("eval", {Path("in")}), kFailure,
                "$T/in/brown: label 'brown' means no class of the network; give --labels with it, "
                "or --class-map, or a number, or --unlabelled");
  ExpectFailure(Run("eval", {Path("in/red"), "--reference", Path("labels.txt")}), kFailure,
                "$T/labels.txt: is truncated or no ONNX model; export or download it again");
}

TEST_F(Eval, InspectMeasuresErrorAndQuantisation) {
  const Json json = RunJson("inspect", {"--images", Path("in")});
  EXPECT_GT(json["layers"][0]["sqnr"], 30.0);
  EXPECT_GT(json["layers"][0]["scale"], 0.0);
  EXPECT_EQ(json["layers"][0]["filterScales"], 3);
  EXPECT_EQ(json["layers"][0]["inputs"], (Json{{1, 8, 8, 3}}));
  const size_t peak = json["memory"]["peakStep"];
  EXPECT_EQ(json["memory"]["live"][peak], json["memory"]["arenaLowerBound"]);
  EXPECT_EQ(json["total"]["arena"], json["memory"]["arenaLowerBound"]);
}

TEST_F(Eval, InspectWritesAPageOfItsOwn) {
  const Outcome outcome =
      Run("inspect", {"--images", Path("in"), "--html", Path("page.html"), "--name", "<colours>"});
  ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
  const std::string page = Read("page.html");
  EXPECT_EQ(ImbalanceOf(page), "");
  EXPECT_TRUE(page.starts_with("<!doctype html>\n"));
  EXPECT_NE(page.find("<h1>&lt;colours&gt;</h1>"), std::string::npos);
  EXPECT_NE(page.find("&lt;/title&gt;&lt;script&gt;"), std::string::npos) << "the first layer";
  for (const char* outside : {"<script", "<link", "<img", "http", "@import", "url(", "src="}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
  size_t plots = 0;
  for (size_t at = 0; (at = page.find("<svg", at)) != std::string::npos; ++at) ++plots;
  EXPECT_EQ(plots, 4u);
}

TEST_F(Eval, APageThatCannotBeWrittenIsAnError) {
  fs::create_directories(Path("page.html"));
  const Outcome outcome = Run("inspect", {"--html", Path("page.html")});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_NE(outcome.err.find("page.html"), std::string::npos);
}

}  // namespace
}  // namespace wranglet
