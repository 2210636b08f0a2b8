// CompileOptions: what a user asks of the compiler, and how he says it on the command line.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_COMPILE_OPTIONS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_COMPILE_OPTIONS_H_

#include <array>
#include <cstddef>
#include <cxxopts.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kernels/image/image_types.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/labelled_images.h"
#include "plugin/compiler/emit/steps.h"

namespace wranglet {

// The accuracy that precision auto keeps.
struct AccuracyOptions {
  double max_loss = 0;  // points of top-1
  ImageSource images;   // empty: the calibration images, without labels
  std::string class_map;
  size_t class_offset = 0;
};

struct CompileOptions {
  std::string model;                 // path
  std::string name;                  // in the manifest
  std::string precision = "int8";    // int8 | int16 | float32 | auto
  bool dequantize = false;           // take a quantised file as the float network it stands for
  std::string simd = "relaxed";      // relaxed | simd128
  std::string color_name = "rgb";    // as the manifest spells `color`
  std::string crop_name = "center";  // as the manifest spells `crop`
  ColorOrder color = ColorOrder::kRgb;
  CropPolicy crop = CropPolicy::kCenter;
  WeightsStorage storage = WeightsStorage::kEmbedded;
  // A channel's number is (pixel - mean) / std, in the order of the input's channels.
  std::array<float, 3> mean = {127.5f, 127.5f, 127.5f};
  std::array<float, 3> std = {127.5f, 127.5f, 127.5f};
  std::string labels;                    // path of a file with one label a line; empty: none
  std::string calibration_list;          // path of a file with one image's path a line; empty: none
  std::vector<std::string> calibration;  // paths of images and of folders of them
  std::string calibration_method = "auto";  // auto | minmax | percentile | mse | entropy
  double min_sqnr = 25;                     // decibels, of precision auto without accuracy
  std::optional<AccuracyOptions> accuracy;  // of precision auto
  bool by_bands = true;                     // where that makes the arena smaller
  bool sensitivity = false;                 // whether to measure that of every layer
};

// Adds the options, all but the model's path, which is an argument of its own.
void AddCompileOptions(cxxopts::Options& options);

// What the parsed options and the model's path say. Errors are the user's mistakes.
Result<CompileOptions> ReadCompileOptions(const cxxopts::ParseResult& parsed,
                                          const std::string& model);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_COMPILE_OPTIONS_H_
