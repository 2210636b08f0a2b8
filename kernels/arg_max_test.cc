#include "kernels/arg_max.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

template <typename T>
void ExpectEqual(Random& random, void (*kernel)(const ArgMaxParams<T>&, const T*, uint8_t*),
                 int32_t least, int32_t most) {
  const ArgMaxParams<T> p{.outer = random.Int(1, 4),
                          .size = random.Int(1, 20),
                          .inner = random.Int(0, 1) ? 1 : random.Int(1, 5),
                          .is_min = random.Int(0, 1) == 1,
                          .is_last = random.Int(0, 1) == 1,
                          .index_bytes = random.Int(0, 1) ? 4 : 8};
  // Few different values as often as many: then there are equal ones.
  const bool few = random.Int(0, 1);
  const auto ints = random.Ints(p.outer * p.size * p.inner, few ? -1 : least, few ? 1 : most);
  const std::vector<T> input(ints.begin(), ints.end());
  std::vector<int64_t> expected;
  for (int32_t i = 0; i < p.outer * p.inner; ++i) {
    std::vector<T> column;
    for (int32_t k = 0; k < p.size; ++k) {
      column.push_back(
          input[static_cast<size_t>((i / p.inner * p.size + k) * p.inner + i % p.inner)]);
    }
    const auto [least_at, most_at] = std::pair(std::min_element(column.begin(), column.end()),
                                               std::max_element(column.begin(), column.end()));
    const T best = p.is_min ? *least_at : *most_at;
    expected.push_back(p.is_last
                           ? column.rend() - std::find(column.rbegin(), column.rend(), best) - 1
                           : std::find(column.begin(), column.end(), best) - column.begin());
  }
  std::vector<uint8_t> output(expected.size() * static_cast<size_t>(p.index_bytes));
  kernel(p, input.data(), output.data());
  std::vector<int64_t> actual;
  for (size_t i = 0; i < output.size(); i += static_cast<size_t>(p.index_bytes)) {
    int64_t index = 0;
    std::memcpy(&index, &output[i], static_cast<size_t>(p.index_bytes));
    actual.push_back(index);
  }
  EXPECT_TRUE(SameBytes(actual, expected));
}

TEST(ArgMax, IsTheFirstOrLastOfTheBest) {
  ForEachSeed(1000, [](Random& random) {
    ExpectEqual(random, ArgMaxInt8, -128, 127);
    ExpectEqual(random, ArgMaxInt16, -32768, 32767);
    ExpectEqual(random, ArgMaxFloat32, -1000, 1000);
  });
}

}  // namespace
}  // namespace wranglet
