#include "kernels/transpose.h"

#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// Output [c][a][b] of input [a][b][c], in elements of each size.
template <typename T>
void ExpectMovesChannelsFirst() {
  constexpr int32_t kA = 3, kB = 4, kC = 5;
  std::vector<T> input(kA * kB * kC), output(input.size());
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<T>(i);
  TransposeElements({.sizes = {1, 1, 1, kC, kA, kB},
                     .strides = {0, 0, 0, 1, kB * kC, kC},
                     .element_bytes = sizeof(T)},
                    reinterpret_cast<const uint8_t*>(input.data()),
                    reinterpret_cast<uint8_t*>(output.data()));
  for (int32_t a = 0; a < kA; ++a) {
    for (int32_t b = 0; b < kB; ++b) {
      for (int32_t c = 0; c < kC; ++c) {
        EXPECT_EQ(output[static_cast<size_t>((c * kA + a) * kB + b)],
                  input[static_cast<size_t>((a * kB + b) * kC + c)]);
      }
    }
  }
}

TEST(Transpose, MovesElementsOfEverySize) {
  ExpectMovesChannelsFirst<int8_t>();
  ExpectMovesChannelsFirst<int16_t>();
  ExpectMovesChannelsFirst<float>();
}

}  // namespace
}  // namespace wranglet
