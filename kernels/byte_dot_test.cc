#include "kernels/byte_dot.h"

#include <cstdint>
#include <cstdio>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// Bytes of 7 bits are what every engine agrees on; of 8, where it says so.
TEST(ByteDot, SumsFourProductsALane) {
#if defined(__wasm__) && !defined(__wasm_relaxed_simd__)
  GTEST_SKIP() << "there is no such instruction in plain SIMD128";
#endif
  const bool is_unsigned = TakesUnsignedBytes();
  std::printf("bytes of 8 bits: %s\n", is_unsigned ? "yes" : "no, so the rest uses 7");
  ForEachSeed(2000, [=](Random& random) {
    const auto weights = random.Bytes(16), bytes = random.Bytes(16);
    const auto sums = random.Ints(4, -1000000, 1000000);
    int8_t used[16];
    for (size_t i = 0; i < 16; ++i) {
      used[i] = is_unsigned ? bytes[i] : static_cast<int8_t>(bytes[i] & 0x7f);
    }
    int32_t actual[4];
    const v128_t result = ByteDotAdd(wasm_v128_load(weights.data()), wasm_v128_load(used),
                                     wasm_v128_load(sums.data()));
    wasm_v128_store(actual, result);
    for (size_t lane = 0; lane < 4; ++lane) {
      int32_t expected = sums[lane];
      for (size_t i = 4 * lane; i < 4 * lane + 4; ++i) {
        expected += weights[i] * static_cast<uint8_t>(used[i]);
      }
      EXPECT_EQ(actual[lane], expected);
    }
  });
}

}  // namespace
}  // namespace wranglet
