#include "kernels/move.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

using Dims = std::array<int32_t, kMaxMoveRank>;

int32_t Product(const Dims& dims) {
  return std::accumulate(dims.begin(), dims.end(), 1, std::multiplies<>());
}

// Bytes from one run to the next along each dimension of a row-major tensor of runs.
Dims Strides(const Dims& dims, int32_t run_bytes) {
  Dims strides;
  for (size_t i = dims.size(); i-- > 0; run_bytes *= dims[i]) strides[i] = run_bytes;
  return strides;
}

// The definition: run `at` of what moves, in row-major order, goes where its indices say.
void Reference(const MoveParams& p, const uint8_t* input, uint8_t* output) {
  for (int32_t at = 0; at < Product(p.sizes); ++at) {
    int32_t from = p.from_start, to = p.to_start, left = at;
    for (size_t i = p.sizes.size(); i-- > 0; left /= p.sizes[i]) {
      from += left % p.sizes[i] * p.from[i];
      to += left % p.sizes[i] * p.to[i];
    }
    std::memcpy(output + to, input + from, static_cast<size_t>(p.run_bytes));
  }
}

void ExpectEqual(Random& random, const MoveParams& params, int64_t input_bytes,
                 int64_t output_bytes) {
  const std::vector<int8_t> input = random.Bytes(input_bytes);
  std::vector<int8_t> actual(static_cast<size_t>(output_bytes)), expected(actual);
  const auto* from = reinterpret_cast<const uint8_t*>(input.data());
  Reference(params, from, reinterpret_cast<uint8_t*>(expected.data()));
  MoveElements(params, from, reinterpret_cast<uint8_t*>(actual.data()));
  EXPECT_TRUE(SameBytes(actual, expected));
}

int32_t RandomRun(Random& random) {
  static constexpr int32_t kRuns[] = {1, 1, 2, 4, 8, 3, 16, 37, 600};
  return kRuns[random.Int(0, 8)];
}

TEST(Move, TransposesByAnyPermutation) {
  ForEachSeed(500, [](Random& random) {
    Dims dims;
    for (int32_t& size : dims) size = random.Int(1, 4);
    std::array<size_t, kMaxMoveRank> permutation = {0, 1, 2, 3, 4, 5};
    for (int32_t i = kMaxMoveRank - 1; i > 0; --i) {
      std::swap(permutation[static_cast<size_t>(i)],
                permutation[static_cast<size_t>(random.Int(0, i))]);
    }
    MoveParams params{.run_bytes = RandomRun(random)};
    const Dims strides = Strides(dims, params.run_bytes);
    for (size_t i = 0; i < dims.size(); ++i) {
      params.sizes[i] = dims[permutation[i]];
      params.from[i] = strides[permutation[i]];
    }
    params.to = Strides(params.sizes, params.run_bytes);
    const int64_t bytes = int64_t{Product(dims)} * params.run_bytes;
    ExpectEqual(random, params, bytes, bytes);
  });
}

// As bands of rows do (plan/bands.cc).
TEST(Move, MovesRunsTowardsTheStartOfTheirBuffer) {
  ForEachSeed(100, [](Random& random) {
    MoveParams params{.run_bytes = RandomRun(random)};
    const int32_t runs = random.Int(1, 100), by = random.Int(1, 3);
    params.sizes.back() = runs;
    params.from.back() = params.to.back() = params.run_bytes;
    std::vector<int8_t> buffer = random.Bytes(int64_t{runs + by} * params.run_bytes);
    const std::vector<int8_t> expected(buffer.begin() + by * params.run_bytes, buffer.end());
    auto* const bytes = reinterpret_cast<uint8_t*>(buffer.data());
    MoveElements(params, bytes + by * params.run_bytes, bytes);
    buffer.resize(expected.size());
    EXPECT_TRUE(SameBytes(buffer, expected));
  });
}

// Planes larger than the squares in which they are moved.
TEST(Move, TransposesLargePlanes) {
  ForEachSeed(30, [](Random& random) {
    MoveParams params{.run_bytes = RandomRun(random) % 16 + 1};
    const int32_t rows = random.Int(1, 100), columns = random.Int(1, 100), run = params.run_bytes;
    params.sizes[4] = rows, params.sizes[5] = columns;
    params.from[4] = run, params.from[5] = run * rows;
    params.to[4] = run * columns, params.to[5] = run;
    ExpectEqual(random, params, int64_t{rows} * columns * run, int64_t{rows} * columns * run);
  });
}

// From a part of the input, in steps that may be negative, to a part of the output.
TEST(Move, CopiesPartsToParts) {
  ForEachSeed(500, [](Random& random) {
    MoveParams params{.run_bytes = RandomRun(random)};
    Dims input, output;
    std::array<int32_t, kMaxMoveRank> steps, begins;
    for (size_t i = 0; i < input.size(); ++i) {
      params.sizes[i] = random.Int(1, 3);
      steps[i] = random.Int(1, 2);
      const int32_t span = (params.sizes[i] - 1) * steps[i] + 1;
      input[i] = span + random.Int(0, 1);
      begins[i] = random.Int(0, input[i] - span);
      if (random.Int(0, 1)) begins[i] += span - 1, steps[i] = -steps[i];
      output[i] = params.sizes[i] + random.Int(0, 1);
    }
    const Dims from = Strides(input, params.run_bytes), to = Strides(output, params.run_bytes);
    for (size_t i = 0; i < input.size(); ++i) {
      params.from[i] = from[i] * steps[i];
      params.from_start += from[i] * begins[i];
      params.to[i] = to[i];
      params.to_start += to[i] * random.Int(0, output[i] - params.sizes[i]);
    }
    ExpectEqual(random, params, int64_t{Product(input)} * params.run_bytes,
                int64_t{Product(output)} * params.run_bytes);
  });
}

}  // namespace
}  // namespace wranglet
