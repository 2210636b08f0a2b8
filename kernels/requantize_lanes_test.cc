#include "kernels/requantize_lanes.h"

#include <cstdint>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(RequantizeLanes, EqualsTheDefinition) {
  ForEachSeed(2000, [](Random& random) {
    const Int8Output output = random.Output();
    const auto sums = random.Integers<int16_t>(16, -32768, 32767);
    const auto multipliers = random.Integers<int16_t>(8, 1, random.Int(0, 1) ? 300 : 32767);
    int8_t actual[16];
    wasm_v128_store(actual, RequantizeLanes(output)(wasm_v128_load(sums.data()),
                                                    wasm_v128_load(sums.data() + 8),
                                                    wasm_v128_load(multipliers.data())));
    for (size_t i = 0; i < 16; ++i) {
      EXPECT_EQ(actual[i], RequantizeLaneReference(sums[i], multipliers[i % 8], output))
          << sums[i] << " * " << multipliers[i % 8];
    }
  });
}

TEST(RequantizeLanes, RoundsHalvesUp) {
  EXPECT_EQ(RequantizeLaneReference(1, 1 << 14, {}), 1);
  EXPECT_EQ(RequantizeLaneReference(-1, 1 << 14, {}), 0);
  EXPECT_EQ(RequantizeLaneReference(-3, 1 << 14, {.zero_point = 7}), 6);
}

}  // namespace
}  // namespace wranglet
