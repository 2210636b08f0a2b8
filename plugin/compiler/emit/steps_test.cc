#include "plugin/compiler/emit/steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "plugin/compiler/plan/plan.h"

namespace wranglet {
namespace {

constexpr Ref kNone = {};
Ref Arena(int64_t offset) { return {Ref::Region::kArena, offset}; }
Ref Weights(int64_t offset) { return {Ref::Region::kWeights, offset}; }

// A product, then an addition whose second operand is missing, so that every kind of argument is
// there.
Plan TwoSteps() {
  Plan plan;
  plan.arena_bytes = 1440;
  plan.weights.resize(2064);
  plan.inputs = {{.name = "image", .place = Arena(16)}};
  plan.outputs = {{.name = "scores", .place = Arena(0)}, {.name = "anchors", .place = Weights(32)}};
  plan.steps = {
      {.node = "features.0",
       .summary = "Conv2D 1x2x2x3, 4x1x1x3 -> 1x2x2x4",
       .params = GemmParams<int8_t, int8_t>{4, 3, 4, {.zero_point = -5, .min = -5}},
       .args = {Arena(16), Weights(0), Weights(16), Weights(48), Arena(0)},
       .completes = {}},
      {.node = "add",
       .layer = 1,
       .summary = "Add",
       .params =
           BinaryFloat32Params{{.sizes = {1, 1, 1, 1, 1, 16}}, BinaryKind::kMul, {.min = 0.0f}},
       .args = {Arena(0), kNone, Arena(0)},
       .completes = {}},
  };
  return plan;
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(StepsSource, EachStepIsACallUnderAComment) {
  const std::string source = StepsSource(TwoSteps(), WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, R"(
void wranglet_infer() {
  WRANGLET_STEP(0)  // features.0: Conv2D 1x2x2x3, 4x1x1x3 -> 1x2x2x4
  {
    static constexpr ParamsOf<Gemm<int8_t, int8_t>> params = {.rows = 4, .depth = 3, .cols = 4,
        .output = {.zero_point = -5, .min = -5}};
    Gemm<int8_t, int8_t>(params, Arena<int8_t>(16), Weights<int8_t>(0), Weights<int32_t>(16),
        Weights<float>(48), Arena<int8_t>(0));
  }
  WRANGLET_STEP(1)  // add: Add
  {
    static constexpr ParamsOf<BinaryFloat32> params = {.shape = {.sizes = {1, 1, 1, 1, 1, 16}},
        .kind = BinaryKind{2}, .output = {.min = 0.0f}};
    BinaryFloat32(params, Arena<float>(0), nullptr, Arena<float>(0));
  }
}
)")) << source;
}

TEST(StepsSource, StepsOfALoopAreRoundsOfOne) {
  Plan plan = TwoSteps();
  plan.loops = {{.first = 0, .end = 1, .rounds = 5}};
  plan.steps[0].args.front().advance = 96;
  const std::string source = StepsSource(plan, WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, R"(
void wranglet_infer() {
  for (size_t round = 0; round < 5; ++round) {
  WRANGLET_STEP(0)  // features.0: Conv2D 1x2x2x3, 4x1x1x3 -> 1x2x2x4
)")) << source;
  EXPECT_TRUE(Contains(source, "Arena<int8_t>(16 + round * 96), Weights<int8_t>(0)")) << source;
  EXPECT_TRUE(Contains(source, R"(
  }
  WRANGLET_STEP(1)  // add: Add
)")) << source;
}

TEST(StepsSource, OnlyTheHeadersOfItsKernelsAreIncluded) {
  const std::string source = StepsSource(TwoSteps(), WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, R"(
#include "kernels/binary_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/module.h"

)")) << source;
}

TEST(StepsSource, InputsAndOutputsHaveTheirPlaces) {
  const std::string source = StepsSource(TwoSteps(), WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, "    case 0: return Arena<uint8_t>(16);  // image\n")) << source;
  EXPECT_TRUE(Contains(source, "    case 0: return Arena<uint8_t>(0);  // scores\n")) << source;
  EXPECT_TRUE(Contains(
      source, "    case 1: return const_cast<uint8_t*>(Weights<uint8_t>(32));  // anchors\n"))
      << source;
}

TEST(StepsSource, WeightsAreEmbeddedOrLeftRoomFor) {
  EXPECT_TRUE(Contains(StepsSource(TwoSteps(), WeightsStorage::kEmbedded),
                       "alignas(64) constexpr uint8_t weights[2064] = {\n"
                       "#embed \"weights.bin\"\n};\n"));
  EXPECT_TRUE(Contains(StepsSource(TwoSteps(), WeightsStorage::kExternal),
                       "alignas(64) uint8_t weights[2064];\n"));
}

TEST(StepsSource, ArraysAreNeverEmpty) {
  const std::string source = StepsSource(Plan{}, WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, "uint8_t arena[1];")) << source;
  EXPECT_TRUE(Contains(source, "uint8_t weights[1] =")) << source;
}

TEST(StepsSource, ANameFromAFileStaysInItsComment) {
  Plan plan = TwoSteps();
  plan.steps[0].node = "evil\n#include \"/etc/passwd\"\\";
  plan.inputs[0].name = "\r\nint x;\xff";
  const std::string source = StepsSource(plan, WeightsStorage::kEmbedded);
  EXPECT_TRUE(Contains(source, "  // evil?#include \"/etc/passwd\"?: Conv2D")) << source;
  EXPECT_TRUE(Contains(source, "  // ??int x;?\n")) << source;
}

}  // namespace
}  // namespace wranglet
