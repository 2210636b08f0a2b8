// The program as a user meets it: arguments in; files, text and exit status out.

#include <gtest/gtest.h>

#include <algorithm>
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

namespace wranglet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void Write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Jpeg(const std::vector<uint8_t>& rgb) {
  const std::vector<uint8_t> bytes = WriteJpeg(MakeFlatPicture(24, 24, rgb));
  return {bytes.begin(), bytes.end()};
}

// Three classes, by which of red, green and blue there is most of.
std::string ColourNetwork() {
  return OnnxBuilder()
      .Input("image", {1, 3, 8, 8})
      .Floats("w", {3, 3, 1, 1}, {4, 0, 0, 0, 4, 0, 0, 0, 4})
      .Floats("b", {3}, {0.1f, 0.2f, 0.3f})
      .Node("Conv", {"image", "w", "b"}, "conv")
      .Node("GlobalAveragePool", {"conv"}, "pool")
      .Node("Flatten", {"pool"}, "flat")
      .Node("Softmax", {"flat"}, "p")
      .With("axis", int64_t{1})
      .Output("p")
      .Bytes();
}

class Program : public testing::Test {
 protected:
  struct Outcome {
    int status;
    std::string out, err;
  };

  // A folder of the test's own, with a network, labels, and red.jpg, green.jpg and blue.jpg in
  // photos.
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "photos");
    Write(Path("net.onnx"), ColourNetwork());
    Write(Path("labels.txt"), "red\ngreen\nblue\n");
    Write(Path("photos/red.jpg"), Jpeg({250, 10, 10}));
    Write(Path("photos/green.jpg"), Jpeg({10, 250, 10}));
    Write(Path("photos/blue.JPEG"), Jpeg({10, 10, 250}));
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  static Outcome Run(const Arguments& arguments) {
    std::ostringstream out, err;
    const int status = RunProgram(arguments, {out, err});
    return {status, out.str(), err.str()};
  }

  // `wranglet compile` of the network into out/, with further options.
  Outcome Compile(Arguments options) const {
    Arguments arguments = {"compile", Path("net.onnx"), "--out", Path("out")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Run(arguments);
  }

  // It failed with this line, whose "$T" stands for the test's folder, and wrote nothing.
  void ExpectFailure(const Outcome& outcome, int status, std::string line) const {
    for (size_t at; (at = line.find("$T")) != std::string::npos;) {
      line.replace(at, 2, folder_.string());
    }
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.err, "wranglet: " + line + "\n");
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(fs::exists(Path("out")));
  }

 private:
  fs::path folder_;
};

TEST_F(Program, CompileWritesTheModel) {
  const Outcome outcome = Compile(
      {"--name", "colours", "--labels", Path("labels.txt"), "--calibration", Path("photos")});
  ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with(
      "colours: int8, 4 layers, 0.00 million MACs, 0.00 million parameters, weights 2 KiB, arena "))
      << outcome.out;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Path("out")))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"index.d.ts", "index.js", "manifest.js", "model.json",
                                             "steps.cc", "weights.bin"}));
  const Json manifest = Json::parse(Read(Path("out/model.json")));
  EXPECT_EQ(manifest["name"], "colours");
  EXPECT_EQ(manifest["precision"], "int8");
  EXPECT_EQ(manifest["labels"], (Json{"red", "green", "blue"}));
  EXPECT_EQ(manifest["inputs"][0]["dtype"], "int8");
  EXPECT_EQ(manifest["inputs"][0]["shape"], (Json{1, 8, 8, 3}));
  EXPECT_EQ(manifest["inputs"][0]["image"]["table"].get<std::string>().size(), 1024u);
  EXPECT_EQ(manifest["outputs"][0]["kind"], "probabilities");
}

TEST_F(Program, CompileWritesTheSameBytesEachTime) {
  ASSERT_EQ(Compile({"--calibration", Path("photos")}).status, kSuccess);
  const std::string steps = Read(Path("out/steps.cc")), manifest = Read(Path("out/model.json"));
  ASSERT_EQ(Compile({"--calibration", Path("photos")}).status, kSuccess);
  EXPECT_EQ(Read(Path("out/steps.cc")), steps);
  EXPECT_EQ(Read(Path("out/model.json")), manifest);
}

TEST_F(Program, CompileTakesAListOfCalibrationImages) {
  Write(Path("list"), Path("photos/red.jpg") + "\n" + Path("photos/green.jpg") + "\n");
  EXPECT_EQ(Compile({"--calibration-list", Path("list")}).status, kSuccess);
}

TEST_F(Program, CalibrationMayBeRepeated) {
  Write(Path("black.jpg"), Jpeg({0, 0, 0}));
  Write(Path("list"), Path("photos/blue.JPEG") + "\n" + Path("black.jpg") + "\n");
  const auto steps_with = [&](const Arguments& calibration) {
    EXPECT_EQ(Compile(calibration).status, kSuccess);
    return Read(Path("out/steps.cc"));
  };
  const std::string both = steps_with({"--calibration-list", Path("list")});
  EXPECT_EQ(
      steps_with({"--calibration", Path("photos/blue.JPEG"), "--calibration", Path("black.jpg")}),
      both);
  EXPECT_NE(steps_with({"--calibration", Path("black.jpg")}), both);
}

TEST_F(Program, TheInputHoldsEveryPixelWhateverTheCalibrationImages) {
  Write(Path("gray.jpg"), Jpeg({120, 120, 120}));
  ASSERT_EQ(Compile({"--normalize", "0_1", "--calibration", Path("gray.jpg")}).status, kSuccess);
  const Json input = Json::parse(Read(Path("out/model.json")))["inputs"][0];
  EXPECT_FLOAT_EQ(input["scale"], 1.0f / 255);
  EXPECT_EQ(input["zeroPoint"], -128);
}

TEST_F(Program, RunPrintsALineOfJsonAnImage) {
  for (const char* precision : {"int8", "float32"}) {
    SCOPED_TRACE(precision);
    const Outcome outcome = Run({"run", "--json", Path("net.onnx"), "--labels", Path("labels.txt"),
                                 "--precision", precision, "--calibration", Path("photos"),
                                 Path("photos/green.jpg"), Path("photos/blue.JPEG")});
    ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
    std::istringstream lines(outcome.out);
    for (const std::string expected : {"green", "blue"}) {
      std::string line;
      ASSERT_TRUE(std::getline(lines, line));
      const Json answer = Json::parse(line);
      EXPECT_NE(answer["file"].get<std::string>().find(expected), std::string::npos);
      ASSERT_EQ(answer["classes"].size(), 3u);
      EXPECT_EQ(answer["classes"][0]["label"], expected);
      EXPECT_EQ(answer["classes"][0]["index"], expected == "green" ? 1 : 2);
      EXPECT_GT(answer["classes"][0]["score"], 0.9);
      EXPECT_EQ(answer["output"].get<std::string>().size(),
                precision == std::string("int8") ? 4 : 16);
    }
  }
}

TEST_F(Program, PrecisionAutoKeepsAnAccuracy) {
  for (const std::string colour : {"red", "green"}) {
    fs::create_directories(Path("in/" + colour));
    fs::copy(Path("photos/" + colour + ".jpg"), Path("in/" + colour));
  }
  Write(Path("t.csv"), "file,class\nphotos/red.jpg,0\nphotos/blue.JPEG,2\n");
  const Arguments usual = {
      "--precision",      "auto",          "--max-accuracy-loss", "0", "--labels",
      Path("labels.txt"), "--calibration", Path("photos")};
  const std::vector<Arguments> images = {
      {}, {"--accuracy-images", Path("in")}, {"--accuracy-csv", Path("t.csv")}};
  for (const Arguments& given : images) {
    Arguments options = usual;
    options.insert(options.end(), given.begin(), given.end());
    const Outcome outcome = Compile(options);
    ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
    EXPECT_NE(outcome.out.find("accuracy: 0.00 points lost\n"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("in int16"), std::string::npos) << outcome.out;
  }
}

TEST_F(Program, ImagesForAccuracyAllHaveALabelOrNone) {
  fs::create_directories(Path("in/red"));
  fs::copy(Path("photos/red.jpg"), Path("in/red"));
  ExpectFailure(
      Compile({"--precision", "auto", "--max-accuracy-loss", "1", "--labels", Path("labels.txt"),
               "--calibration", Path("photos"), "--accuracy-images", Path("in"),
               "--accuracy-images", Path("photos")}),
      kFailure,
      "some of the images for accuracy have a label, and some have none; give folders whose "
      "sub-folders are named by a label, or --accuracy-csv");
}

TEST_F(Program, ColourOrderAndItsNormalisationGoTogether) {
  const Outcome rgb = Run({"run", "--precision", "float32", "--normalize", "imagenet",
                           Path("net.onnx"), Path("photos/red.jpg")});
  EXPECT_NE(rgb.out.find(": 0 "), std::string::npos) << rgb.out << rgb.err;
  const Outcome bgr = Run({"run", "--precision", "float32", "--color", "bgr", "--normalize",
                           "imagenet", Path("net.onnx"), Path("photos/red.jpg")});
  EXPECT_NE(bgr.out.find(": 2 "), std::string::npos) << bgr.out << bgr.err;
}

TEST_F(Program, InspectNeedsNoCalibrationImages) {
  const Outcome outcome = Run({"inspect", "--json", Path("net.onnx")});
  ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["layers"][0]["op"], "Conv2D");
  EXPECT_EQ(json["layers"][0]["output"], (Json{1, 8, 8, 3}));
  EXPECT_EQ(json["layers"][0]["macs"], 8 * 8 * 3 * 3);
  EXPECT_EQ(json["layers"][0]["parameters"], 12);
  EXPECT_EQ(json["layers"][0]["bytes"], 9 + 3 * 4);
  EXPECT_EQ(json["total"]["macs"], 8 * 8 * 3 * 3);
  EXPECT_GE(json["memory"]["arena"], json["memory"]["arenaLowerBound"]);
}

TEST_F(Program, InspectPrintsATable) {
  const Outcome outcome = Run({"inspect", Path("net.onnx"), "--precision", "float32"});
  ASSERT_EQ(outcome.status, kSuccess) << outcome.err;
  EXPECT_NE(outcome.out.find("Conv2D"), std::string::npos);
  EXPECT_NE(outcome.out.find("\ntotal "), std::string::npos);
  EXPECT_NE(outcome.out.find("\narena "), std::string::npos);
}

// What has no kernel in int8 is shown in float32, as it is compiled.
TEST_F(Program, InspectShowsWhatCompileDoes) {
  Write(Path("net.onnx"), OnnxBuilder()
                              .Input("image", {1, 3, 8, 8})
                              .Floats("w", {3, 3, 1, 1}, {4, 0, 0, 0, 4, 0, 0, 0, 4})
                              .Floats("b", {3}, {9, 9, 9})
                              .Floats("d", {1, 3, 8, 8}, std::vector<float>(192, 2))
                              .Node("Conv", {"image", "w", "b"}, "conv")
                              .Node("Div", {"d", "conv"}, "part")
                              .Node("GlobalAveragePool", {"part"}, "pool")
                              .Output("pool")
                              .Bytes());
  const auto types = [&](const Arguments& options) {
    Arguments arguments = {"inspect", "--json", Path("net.onnx")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.status, kSuccess) << outcome.err;
    std::vector<std::string> all;
    const Json json = Json::parse(outcome.out);
    for (const Json& layer : json["layers"]) {
      all.push_back(layer["op"].get<std::string>() + " " + layer["dtype"].get<std::string>());
    }
    return all;
  };
  const auto without_photos = types({});
  EXPECT_EQ(without_photos,
            (std::vector<std::string>{"Conv2D int8", "Dequantize float32", "Div float32",
                                      "Quantize int8", "Mean int8", "Reshape int8"}));
  EXPECT_EQ(without_photos, types({"--calibration", Path("photos")}));
}

TEST_F(Program, HelpAndVersion) {
  EXPECT_EQ(Run({"--version"}).out, "wranglet 0.1.0\n");
  EXPECT_NE(Run({"--help"}).out.find("inspect"), std::string::npos);
  for (const char* command : {"compile", "inspect", "run"}) {
    const Outcome outcome = Run({command, "--help"});
    EXPECT_EQ(outcome.status, kSuccess);
    EXPECT_NE(outcome.out.find("--precision"), std::string::npos);
  }
}

TEST_F(Program, MisuseExitsWith2) {
  ExpectFailure(Run({}), kMisuse, "no command; see wranglet --help");
  ExpectFailure(Run({"compose"}), kMisuse, "'compose' is no command; see wranglet --help");
  ExpectFailure(Run({"compile", Path("net.onnx")}), kMisuse,
                "compile takes one network and --out FOLDER; see wranglet compile --help");
  ExpectFailure(Run({"inspect"}), kMisuse,
                "inspect takes one network; see wranglet inspect --help");
  ExpectFailure(Run({"run", Path("net.onnx")}), kMisuse,
                "run takes a network and images; see wranglet run --help");
  ExpectFailure(Compile({"--precision", "int4"}), kMisuse,
                "--precision cannot be 'int4'; one of int8, int16, float32, auto");
  ExpectFailure(Compile({"--mean", "1,2,3"}), kMisuse,
                "--mean and --std go together, without --normalize");
  ExpectFailure(Compile({"--mean", "1,2", "--std", "1,2"}), kMisuse,
                "--mean cannot be '1,2'; give 3 numbers with commas between");
  ExpectFailure(Compile({"--mean", "1,2,3", "--std", "1,0,1"}), kMisuse, "--std cannot be 0");
  ExpectFailure(
      Compile({"--color", "gray", "--normalize", "imagenet"}), kMisuse,
      "--normalize imagenet is for images of three colours; give --mean and --std for gray ones");
  ExpectFailure(Compile({"--accuracy-images", Path("photos")}), kMisuse,
                "images for accuracy go with --max-accuracy-loss");
  ExpectFailure(Compile({"--max-accuracy-loss", "1", "--min-sqnr", "20"}), kMisuse,
                "--max-accuracy-loss and --min-sqnr exclude each other");
  ExpectFailure(Compile({"--max-accuracy-loss", "1", "--accuracy-csv", "t.csv", "--accuracy-images",
                         "a", "--accuracy-images", "b"}),
                kMisuse, "with --accuracy-csv, --accuracy-images is at most one folder");
  const Outcome unknown = Compile({"--quick"});
  EXPECT_EQ(unknown.status, kMisuse);
  EXPECT_NE(unknown.err.find("quick"), std::string::npos);
}

TEST_F(Program, AFloatNetworkNeedsCalibrationImagesForInt8) {
  ExpectFailure(
      Compile({}), kFailure,
      "$T/net.onnx: a float network needs calibration images to become int8; give some with "
      "calibration, or ask for precision float32");
  fs::create_directories(Path("empty"));
  ExpectFailure(Compile({"--calibration", Path("empty")}), kFailure,
                "$T/empty: has no images (*.jpg, *.jpeg, *.png, *.webp)");
  ExpectFailure(Compile({"--calibration", Path("nowhere")}), kFailure,
                "$T/nowhere: there is no such file or folder");
}

TEST_F(Program, ACalibrationImageThatCannotBeReadIsNamed) {
  Write(Path("photos/notes.jpg"), "not an image");
  ExpectFailure(Compile({"--calibration", Path("photos")}), kFailure,
                "$T/photos/notes.jpg: is not a JPEG, PNG or WebP image");
}

TEST_F(Program, LabelsMustBeAsManyAsClasses) {
  Write(Path("labels.txt"), "red\ngreen\n");
  ExpectFailure(
      Compile({"--precision", "float32", "--labels", Path("labels.txt")}), kFailure,
      "$T/labels.txt: has 2 labels, and the network 3 classes; give one label a line, in the "
      "order of the network's output");
}

TEST_F(Program, ColoursMustFitTheInput) {
  ExpectFailure(
      Compile({"--precision", "float32", "--color", "gray"}), kFailure,
      "$T/net.onnx: input 'image' is 1x8x8x3, and color gray gives 1 channels; give color "
      "rgb or bgr");
}

TEST_F(Program, FilesThatAreNoNetworkAreErrorsOfOneLine) {
  Write(Path("empty.onnx"), "");
  Write(Path("truncated.onnx"), ColourNetwork().substr(0, 60));
  Write(Path("text.onnx"), "hello\nworld\n");
  for (const std::string name :
       {"missing.onnx", "photos", "empty.onnx", "truncated.onnx", "text.onnx"}) {
    SCOPED_TRACE(name);
    const Outcome outcome =
        Run({"compile", Path(name), "--precision", "float32", "--out", Path("out")});
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_TRUE(outcome.err.starts_with("wranglet: " + Path(name) + ": ")) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(Path("out")));
  }
}

TEST_F(Program, WhatCannotBeWrittenLeavesTheFolderAsItWas) {
  fs::create_directories(Path("out/manifest.js"));
  Write(Path("out/steps.cc"), "old");
  const Outcome outcome = Compile({"--precision", "float32"});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_EQ(outcome.err, "wranglet: " + Path("out/manifest.js") +
                             ": is a folder, where a file should be written\n");
  EXPECT_EQ(Read(Path("out/steps.cc")), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(Path("out")), {}), 2);
}

TEST_F(Program, AnOutFolderThatIsAFileIsAnError) {
  Write(Path("file"), "");
  const Outcome outcome =
      Run({"compile", Path("net.onnx"), "--precision", "float32", "--out", Path("file")});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_TRUE(outcome.err.starts_with("wranglet: " + Path("file") + ": ")) << outcome.err;
}

}  // namespace
}  // namespace wranglet
