#include "plugin/compiler/cli/compile_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace wranglet {
namespace {

using Channels = std::array<float, 3>;

// The options that take one of a few words, the first of which is the default. Those of color and
// crop are in the order of their enumerations.
struct Choice {
  const char* option;
  const char* help;
  std::vector<std::string> values;
};
const std::vector<Choice>& Choices() {
  static const std::vector<Choice> choices = {
      {"precision",
       "Type of the activations; auto is int8, and int16 in layers that need it",
       {"int8", "int16", "float32", "auto"}},
      {"color", "Order of the input's channels", {"rgb", "bgr", "gray"}},
      {"crop", "How an image gets the input's aspect ratio", {"center", "stretch", "letterbox"}},
      {"simd", "Instructions the module may use", {"relaxed", "simd128"}},
      {"weights", "Where the weights are", {"embedded", "external"}},
      {"calibration-method",
       "How a float network's ranges follow from the images; auto takes what measures best",
       {"auto", "minmax", "percentile", "mse", "entropy"}},
      {"bands",
       "Whether layers run by bands of rows; auto is where that makes a large arena smaller",
       {"auto", "off"}},
  };
  return choices;
}

// How networks want their pixels, (pixel - mean) / std, of red, green and blue.
struct Normalization {
  const char* name;
  Channels mean, std;
};
constexpr Normalization kNormalizations[] = {
    {"minus1_1", {127.5f, 127.5f, 127.5f}, {127.5f, 127.5f, 127.5f}},
    {"0_1", {0, 0, 0}, {255, 255, 255}},
    {"imagenet", {123.675f, 116.28f, 103.53f}, {58.395f, 57.12f, 57.375f}},
    {"none", {0, 0, 0}, {1, 1, 1}},
};

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> NormalizationNames() {
  std::vector<std::string> names;
  for (const Normalization& n : kNormalizations) names.emplace_back(n.name);
  return names;
}

Result<size_t> IndexOf(const std::vector<std::string>& values, const std::string& value,
                       const std::string& option) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) return static_cast<size_t>(found - values.begin());
  return Error{.message = "--" + option + " cannot be '" + value + "'",
               .hint = "one of " + Join(values)};
}

// "123.675,116.28,103.53": a number a channel.
Result<Channels> ReadChannels(const std::string& text, size_t channels, const std::string& option) {
  const Error error = {.message = "--" + option + " cannot be '" + text + "'",
                       .hint = "give " + std::to_string(channels) + " numbers with commas between"};
  Channels numbers = {};
  size_t count = 0;
  for (const char *at = text.data(), *end = at + text.size(); count < channels; ++count, ++at) {
    const auto [stop, problem] = std::from_chars(at, end, numbers[count]);
    if (problem != std::errc() || !std::isfinite(numbers[count])) return error;
    if (stop == end) return count + 1 == channels ? Result<Channels>(numbers) : error;
    if (*stop != ',') return error;
    at = stop;
  }
  return error;
}

Status ReadGivenNormalization(const cxxopts::ParseResult& parsed, CompileOptions& to) {
  if (!parsed.count("mean") || !parsed.count("std") || parsed.count("normalize")) {
    return Error{.message = "--mean and --std go together, without --normalize"};
  }
  const size_t channels = to.color == ColorOrder::kGray ? 1 : 3;
  WRANGLET_ASSIGN(to.mean, ReadChannels(parsed["mean"].as<std::string>(), channels, "mean"));
  WRANGLET_ASSIGN(to.std, ReadChannels(parsed["std"].as<std::string>(), channels, "std"));
  const auto end = to.std.begin() + static_cast<std::ptrdiff_t>(channels);
  if (std::find(to.std.begin(), end, 0.0f) != end) return Error{.message = "--std cannot be 0"};
  return Done{};
}

Status ReadNormalization(const cxxopts::ParseResult& parsed, CompileOptions& to) {
  if (parsed.count("mean") || parsed.count("std")) return ReadGivenNormalization(parsed, to);
  WRANGLET_ASSIGN(const size_t index, IndexOf(NormalizationNames(),
                                              parsed["normalize"].as<std::string>(), "normalize"));
  to.mean = kNormalizations[index].mean;
  to.std = kNormalizations[index].std;
  const bool same_for_all = std::equal(to.mean.begin() + 1, to.mean.end(), to.mean.begin());
  if (to.color == ColorOrder::kGray && !same_for_all) {
    return Error{.message = "--normalize imagenet is for images of three colours",
                 .hint = "give --mean and --std for gray ones"};
  }
  if (to.color == ColorOrder::kBgr) {
    std::reverse(to.mean.begin(), to.mean.end());
    std::reverse(to.std.begin(), to.std.end());
  }
  return Done{};
}

std::vector<std::string> ReadRepeated(const cxxopts::ParseResult& parsed, const char* option) {
  std::vector<std::string> values;
  for (const cxxopts::KeyValue& given : parsed.arguments()) {
    if (given.key() == option) values.push_back(given.value());
  }
  return values;
}

Status ReadAccuracy(const cxxopts::ParseResult& parsed, CompileOptions& to) {
  if (!parsed.count("max-accuracy-loss")) {
    if (!parsed.count("accuracy-images") && !parsed.count("accuracy-csv")) return Done{};
    return Error{.message = "images for accuracy go with --max-accuracy-loss"};
  }
  if (parsed.count("min-sqnr")) {
    return Error{.message = "--max-accuracy-loss and --min-sqnr exclude each other"};
  }
  AccuracyOptions& accuracy = to.accuracy.emplace();
  accuracy.max_loss = parsed["max-accuracy-loss"].as<double>();
  accuracy.images.paths = ReadRepeated(parsed, "accuracy-images");
  if (parsed.count("accuracy-csv")) {
    accuracy.images.labels_csv = parsed["accuracy-csv"].as<std::string>();
    if (accuracy.images.paths.size() > 1) {
      return Error{.message = "with --accuracy-csv, --accuracy-images is at most one folder"};
    }
  }
  accuracy.images.label_column = parsed["label-column"].as<std::string>();
  accuracy.class_map = parsed["class-map"].as<std::string>();
  accuracy.class_offset = parsed["class-offset"].as<size_t>();
  return Done{};
}

}  // namespace

void AddCompileOptions(cxxopts::Options& options) {
  auto add = options.add_options();
  const auto text = [] { return cxxopts::value<std::string>(); };
  add("name", "Name in the manifest (default: the file's)", text(), "NAME");
  for (const Choice& c : Choices()) {
    add(c.option, std::string(c.help) + ": " + Join(c.values),
        text()->default_value(c.values.front()), "WORD");
  }
  add("normalize", "How pixels become numbers: " + Join(NormalizationNames()),
      text()->default_value("minus1_1"), "WORD");
  add("mean", "Instead: (pixel - mean) / std, a number a channel", text(), "A,B,C");
  add("std", "See mean", text(), "A,B,C");
  add("labels", "File with one label a line", text(), "FILE");
  add("calibration",
      "Image (JPEG, PNG or WebP), or folder of them, that a float network is quantised with; may "
      "be repeated",
      text(), "PATH");
  add("calibration-list", "File with the path of one such image a line", text(), "FILE");
  add("dequantize",
      "Take a network that comes quantised as the float network it stands for, and quantise that");
  add("min-sqnr",
      "Least signal-to-noise ratio, in decibels, that precision auto keeps at the outputs",
      cxxopts::value<double>()->default_value("25"), "DB");
  add("max-accuracy-loss",
      "Instead: the most points of top-1 accuracy that precision auto may lose on these images:",
      cxxopts::value<double>(), "POINTS");
  add("accuracy-images",
      "Labelled images, as eval takes them; may be repeated (default: agreement with float32 "
      "on the calibration images)",
      text(), "PATH");
  add("accuracy-csv", "Table of these images, as eval's --labels-csv", text(), "FILE");
  add("label-column",
      "A table's column of labels (default: the one called label, class_index or class)",
      text()->default_value(""), "NAME");
  add("class-map", "What labels mean: lines of a label, a comma and a class's index",
      text()->default_value(""), "FILE");
  add("class-offset", "Add to the index of a class that the images' labels give",
      cxxopts::value<size_t>()->default_value("0"), "N");
}

Result<CompileOptions> ReadCompileOptions(const cxxopts::ParseResult& parsed,
                                          const std::string& model) {
  CompileOptions to{.model = model};
  const auto given = [&](const char* option) {
    return parsed.count(option) ? parsed[option].as<std::string>() : std::string();
  };
  to.name = parsed.count("name") ? given("name") : std::filesystem::path(model).stem().string();
  to.labels = given("labels");
  to.calibration_list = given("calibration-list");
  to.calibration = ReadRepeated(parsed, "calibration");

  std::vector<size_t> chosen;
  for (const Choice& c : Choices()) {
    WRANGLET_ASSIGN(const size_t index,
                    IndexOf(c.values, parsed[c.option].as<std::string>(), c.option));
    chosen.push_back(index);
  }
  to.precision = parsed["precision"].as<std::string>();
  to.simd = parsed["simd"].as<std::string>();
  to.color_name = parsed["color"].as<std::string>();
  to.crop_name = parsed["crop"].as<std::string>();
  to.color = static_cast<ColorOrder>(chosen[1]);
  to.crop = static_cast<CropPolicy>(chosen[2]);
  to.calibration_method = parsed["calibration-method"].as<std::string>();
  to.by_bands = parsed["bands"].as<std::string>() == "auto";
  to.dequantize = parsed.count("dequantize") > 0;
  to.min_sqnr = parsed["min-sqnr"].as<double>();
  to.storage = chosen[4] == 0 ? WeightsStorage::kEmbedded : WeightsStorage::kExternal;
  WRANGLET_RETURN_IF_ERROR(ReadNormalization(parsed, to));
  WRANGLET_RETURN_IF_ERROR(ReadAccuracy(parsed, to));
  return to;
}

}  // namespace wranglet
