#include "plugin/compiler/import/tflite_operators.h"

#include <algorithm>
#include <limits>
#include <map>

#include "plugin/compiler/import/tflite_reader.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// By the schema's operator numbers.
const std::map<int, TfliteTranslation>& Translations() {
  static const auto* const kTranslations = [] {
    auto* translations = new std::map<int, TfliteTranslation>;
    for (const auto family : {TfliteConvolutions(), TfliteElementwise(), TfliteImages(),
                              TfliteLayouts(), TfliteLinear(), TfliteParts(), TfliteSlices()}) {
      for (const auto& [op, translate] : family) translations->emplace(op, translate);
    }
    return translations;
  }();
  return *kTranslations;
}

}  // namespace

TfliteTranslation FindTfliteTranslation(int number) {
  const auto found = Translations().find(number);
  return found == Translations().end() ? nullptr : found->second;
}

std::vector<std::string> TfliteOperators() {
  std::vector<std::string> names;
  for (const auto& [number, translation] : Translations()) {
    names.push_back(TfliteOperatorName(number));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<Activation> ReadTfliteActivation(tflite::FusedActivation activation) {
  switch (activation) {
    case tflite::FusedActivation_NONE:
      return Activation{};
    case tflite::FusedActivation_RELU:
      return Activation{0, kInfinity};
    case tflite::FusedActivation_RELU_N1_TO_1:
      return Activation{-1, 1};
    case tflite::FusedActivation_RELU6:
      return Activation{0, 6};
    default:
      return Error{.message = "fused activation " + std::to_string(static_cast<int>(activation)) +
                              " is not supported"};
  }
}

}  // namespace wranglet
