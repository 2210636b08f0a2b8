#include "kernels/gather.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// The definition: byte `at` of the output is where its row's offsets and its run's say.
void Reference(const GatherParams& p, const uint8_t* input, const int32_t* tables,
               uint8_t* output) {
  const int32_t* runs = tables;
  int32_t rows = 1;
  for (const int32_t size : p.sizes) runs += size, rows *= size;
  for (int32_t row = 0; row < rows; ++row) {
    int32_t base = 0, left = row;
    bool is_filled = false;
    const int32_t* end = runs;
    for (size_t i = p.sizes.size(); i-- > 0; left /= p.sizes[i]) {
      end -= p.sizes[i];
      const int32_t offset = end[left % p.sizes[i]];
      is_filled = is_filled || offset == kGatherFill;
      base += offset;
    }
    int32_t begin = 0;
    for (int32_t run = 0; run < p.row_runs; begin += runs[2 * run + 1], ++run) {
      for (int32_t byte = 0; byte < runs[2 * run + 1]; ++byte) {
        const auto* fill = reinterpret_cast<const uint8_t*>(p.fill.data());
        output[row * p.row_bytes + begin + byte] = is_filled || runs[2 * run] == kGatherFill
                                                       ? fill[(begin + byte) % 16]
                                                       : input[base + runs[2 * run] + byte];
      }
    }
  }
}

// Rows of elements of 1, 2, 4 or 8 bytes, from anywhere in a tensor of as many dimensions.
TEST(Gather, EqualsTheReferenceOnRandomTables) {
  ForEachSeed(1000, [](Random& random) {
    const int32_t element = 1 << random.Int(0, 3);
    GatherParams params;
    uint8_t pattern[16];
    for (int32_t i = 0; i < 16; ++i) {
      pattern[i] = static_cast<uint8_t>(i < element ? random.Int(0, 255) : pattern[i - element]);
    }
    std::memcpy(params.fill.data(), pattern, sizeof(pattern));
    std::vector<int32_t> tables;
    const auto offset = [&](int32_t most) {
      return random.Int(0, 3) == 0 ? kGatherFill : random.Int(0, most);
    };
    constexpr int32_t kMost = 20;  // offset in each dimension, and in a row
    int64_t rows = 1;
    for (int32_t& size : params.sizes) {
      size = random.Int(1, 3);
      rows *= size;
      for (int32_t i = 0; i < size; ++i) tables.push_back(offset(kMost));
    }
    params.row_runs = random.Int(1, 5);
    int32_t longest = 0;
    for (int32_t run = 0; run < params.row_runs; ++run) {
      const int32_t bytes = element * random.Int(1, random.Int(0, 1) ? 3 : 40);
      longest = std::max(longest, bytes);
      tables.push_back(offset(kMost));
      tables.push_back(bytes);
      params.row_bytes += bytes;
    }
    const auto input = random.Bytes((kMaxGatherRank + 1) * kMost + longest);
    std::vector<int8_t> actual(static_cast<size_t>(rows * params.row_bytes)), expected(actual);
    const auto* from = reinterpret_cast<const uint8_t*>(input.data());
    Reference(params, from, tables.data(), reinterpret_cast<uint8_t*>(expected.data()));
    GatherRuns(params, from, tables.data(), reinterpret_cast<uint8_t*>(actual.data()));
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

}  // namespace
}  // namespace wranglet
