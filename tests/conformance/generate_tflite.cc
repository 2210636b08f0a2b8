// Writes small random .tflite networks, and inputs for them:
//   generate_tflite SEED COUNT FOLDER
// COUNT networks of each operator in each precision, and as many chains of several operators as
// there are pairs of these. FOLDER gets, of network N, N.tflite and N.inputI: input I of every
// sample, one after the other. Prints a listing, as JSON.

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "tests/conformance/generator_main.h"
#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

constexpr size_t kSamples = 3;

nlohmann::json Describe(const std::vector<Value>& values) {
  nlohmann::json list = nlohmann::json::array();
  for (const Value& value : values) {
    std::string type = tflite::EnumNameTensorType(value.type);
    for (char& letter : type) letter = static_cast<char>(std::tolower(letter));
    list.push_back({{"dtype", type}, {"shape", value.shape}});
  }
  return list;
}

std::vector<TfliteCase> AllCases() {
  std::vector<TfliteCase> all;
  for (const auto& cases : {FilterCases(), ElementwiseCases(), WindowCases(), LayoutCases(),
                            PartsCases(), TypeCases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

class Generator {
 public:
  Generator(uint32_t seed, std::string folder) : seed_(seed), folder_(std::move(folder)) {}

  Status Operators(uint32_t count) {
    for (const TfliteCase& one : cases_) {
      for (const Precision precision : kPrecisions) {
        for (uint32_t i = 0; (one.precisions & precision) != 0 && i < count; ++i) {
          RandomTflite net(NextSeed(), precision);
          one.append(net);
          WRANGLET_RETURN_IF_ERROR(Write(one.name, net));
        }
      }
    }
    return Done{};
  }

  // Of two to six operators.
  Status Chains(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      RandomTflite net(NextSeed(), kPrecisions[i % std::size(kPrecisions)]);
      std::string names;
      for (int32_t left = net.Pick(2, 6); left > 0;) {
        const TfliteCase& one =
            cases_[static_cast<size_t>(net.Pick(0, static_cast<int32_t>(cases_.size()) - 1))];
        if ((one.precisions & net.precision()) == 0 ||
            one.place > (left > 1 ? Place::kAnywhere : Place::kLast))
          continue;
        one.append(net);
        names += (names.empty() ? "" : " ") + std::string(one.name);
        --left;
      }
      WRANGLET_RETURN_IF_ERROR(Write(names, net));
    }
    return Done{};
  }

  size_t size() const { return listing_.size(); }
  const nlohmann::json& listing() const { return listing_; }

 private:
  static constexpr Precision kPrecisions[] = {kFloat32, kInt8, kInt16, kUint8};

  uint32_t NextSeed() { return seed_ + static_cast<uint32_t>(listing_.size()); }

  Status Write(const std::string& operators, RandomTflite& net) {
    const uint32_t seed = NextSeed();
    const RandomTflite::File made = net.Finish(kSamples);
    const std::string path = folder_ + "/" + std::to_string(listing_.size());
    WRANGLET_RETURN_IF_ERROR(WriteFile(path + ".tflite", made.network));
    for (size_t i = 0; i < made.samples.size(); ++i) {
      WRANGLET_RETURN_IF_ERROR(WriteFile(path + ".input" + std::to_string(i), made.samples[i]));
    }
    listing_.push_back({{"seed", seed},
                        {"operators", operators},
                        {"precision", NameOf(net.precision())},
                        {"inputs", Describe(made.inputs)},
                        {"outputs", Describe(made.outputs)}});
    return Done{};
  }

  const std::vector<TfliteCase> cases_ = AllCases();
  uint32_t seed_;
  std::string folder_;
  nlohmann::json listing_ = nlohmann::json::array();
};

Status Main(uint32_t seed, uint32_t count, const std::string& folder) {
  Generator generator(seed, folder);
  WRANGLET_RETURN_IF_ERROR(generator.Operators(count));
  WRANGLET_RETURN_IF_ERROR(generator.Chains(static_cast<uint32_t>(generator.size() / count)));
  std::cout << nlohmann::json{{"samples", kSamples}, {"networks", generator.listing()}}.dump()
            << "\n";
  return Done{};
}

}  // namespace
}  // namespace wranglet

int main(int argc, char** argv) {
  return wranglet::GeneratorMain(argc, argv, "generate_tflite", wranglet::Main);
}
