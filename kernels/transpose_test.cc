#include "kernels/transpose.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

using Dims = std::array<int32_t, kMaxTransposeRank>;

int32_t Product(const Dims& dims) {
  return std::accumulate(dims.begin(), dims.end(), 1, std::multiplies<>());
}

// Distances of neighbours along each dimension of a row-major tensor.
Dims Strides(const Dims& dims) {
  Dims strides;
  int32_t stride = 1;
  for (size_t i = dims.size(); i-- > 0; stride *= dims[i]) strides[i] = stride;
  return strides;
}

// Output dimension i is input dimension permutation[i].
template <typename T>
void ExpectMovesEveryElement(const Dims& input_dims, const Dims& permutation) {
  std::vector<T> input(static_cast<size_t>(Product(input_dims))), output(input.size());
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<T>(i);
  const Dims input_strides = Strides(input_dims);
  TransposeParams params{.element_bytes = sizeof(T)};
  for (size_t i = 0; i < permutation.size(); ++i) {
    params.sizes[i] = input_dims[static_cast<size_t>(permutation[i])];
    params.strides[i] = input_strides[static_cast<size_t>(permutation[i])];
  }
  TransposeElements(params, reinterpret_cast<const uint8_t*>(input.data()),
                    reinterpret_cast<uint8_t*>(output.data()));

  const Dims output_strides = Strides(params.sizes);
  for (int32_t at = 0; at < Product(input_dims); ++at) {
    int32_t out = 0;
    for (size_t i = 0; i < permutation.size(); ++i) {
      const auto from = static_cast<size_t>(permutation[i]);
      out += at / input_strides[from] % input_dims[from] * output_strides[i];
    }
    ASSERT_EQ(output[static_cast<size_t>(out)], input[static_cast<size_t>(at)]);
  }
}

TEST(Transpose, MovesEveryElementForAnyPermutation) {
  ForEachSeed(1000, [](Random& random) {
    Dims dims, permutation = {0, 1, 2, 3, 4, 5};
    for (int32_t& size : dims) size = random.Int(1, 4);
    for (int32_t i = kMaxTransposeRank - 1; i > 0; --i) {
      std::swap(permutation[static_cast<size_t>(i)],
                permutation[static_cast<size_t>(random.Int(0, i))]);
    }
    ExpectMovesEveryElement<int8_t>(dims, permutation);
    ExpectMovesEveryElement<int16_t>(dims, permutation);
    ExpectMovesEveryElement<float>(dims, permutation);
  });
}

}  // namespace
}  // namespace wranglet
