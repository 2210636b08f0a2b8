#include "plugin/compiler/plan/movement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "plugin/compiler/plan/gathering.h"

namespace wranglet {
namespace {

Movement Transposition(const Shape& input, const std::vector<size_t>& permutation,
                       size_t element_bytes) {
  const std::vector<int64_t> strides = ByteStrides(input, element_bytes);
  Movement movement{.sizes = {}, .from = {}, .to = {}, .element_bytes = 1};
  movement.element_bytes = static_cast<int64_t>(element_bytes);
  for (const size_t axis : permutation) {
    movement.sizes.push_back(input[axis]);
    movement.from.push_back(strides[axis]);
  }
  movement.to = ByteStrides(movement.sizes, element_bytes);
  return movement;
}

TEST(Movement, NeighboursThatStaySideBySideAreOneDimension) {
  const auto params = MoveParamsOf(Transposition({2, 3, 4, 5}, {0, 3, 1, 2}, 1));
  ASSERT_TRUE(params);
  EXPECT_EQ(params->sizes, (decltype(params->sizes){1, 1, 1, 2, 5, 12}));
  EXPECT_EQ(params->from[4], 1);
  EXPECT_EQ(params->from[5], 5);
  EXPECT_EQ(params->run_bytes, 1);
}

// Space to depth, of 6 dimensions: rows of 2 pixels stay together.
TEST(Movement, WhatStaysContiguousMovesAsARun) {
  const auto params = MoveParamsOf(Transposition({1, 4, 2, 4, 2, 3}, {0, 1, 3, 2, 4, 5}, 2));
  ASSERT_TRUE(params);
  EXPECT_EQ(params->run_bytes, 2 * 3 * 2);
  EXPECT_EQ(params->sizes, (decltype(params->sizes){1, 1, 1, 4, 4, 2}));
}

TEST(Movement, WhatStaysInPlaceIsOneRun) {
  const auto params = MoveParamsOf(Transposition({1, 7, 1, 5}, {2, 1, 0, 3}, 4));
  ASSERT_TRUE(params);
  EXPECT_EQ(params->run_bytes, 7 * 5 * 4);
}

TEST(Movement, TooManyDimensionsAreNone) {
  const Shape shape(8, 2);
  EXPECT_FALSE(MoveParamsOf(Transposition(shape, {7, 6, 5, 4, 3, 2, 1, 0}, 1)));
  EXPECT_TRUE(MoveParamsOf(Transposition(shape, {2, 3, 0, 1, 6, 7, 4, 5}, 1)));
}

TEST(Movement, MergedDimensionsMoveTheSameBytes) {
  std::mt19937 random(1);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 300; ++round) {
    Shape shape(static_cast<size_t>(pick(1, 6)));
    for (int64_t& size : shape) size = pick(1, 4);
    std::vector<size_t> permutation(shape.size());
    std::iota(permutation.begin(), permutation.end(), 0);
    std::shuffle(permutation.begin(), permutation.end(), random);
    const Movement movement = Transposition(shape, permutation, 1);
    const int64_t count = ByteStrides(shape, 1)[0] * shape[0];
    std::vector<uint8_t> input(static_cast<size_t>(count)), output(input);
    for (uint8_t& byte : input) byte = static_cast<uint8_t>(pick(0, 255));
    MoveElements(*MoveParamsOf(movement), input.data(), output.data());
    for (int64_t at = 0; at < count; ++at) {
      int64_t from = 0, left = at;
      for (size_t i = shape.size(); i-- > 0; left /= movement.sizes[i]) {
        from += left % movement.sizes[i] * movement.from[i];
      }
      ASSERT_EQ(output[static_cast<size_t>(at)], input[static_cast<size_t>(from)]);
    }
  }
}

TEST(Gathering, AConstantAroundAnImageIsThreeRunsARow) {
  const int32_t f = kGatherFill;
  const auto gathering = GatheringOf({1, 600, 4, 3}, 1,
                                     {{0},
                                      [] {
                                        std::vector<int32_t> rows(600);
                                        std::iota(rows.begin(), rows.end(), 0);
                                        return rows;
                                      }(),
                                      {f, 0, 1, 2, 3, f, f},
                                      {0, 1, 2}});
  ASSERT_TRUE(gathering);
  EXPECT_EQ(gathering->params.row_runs, 3);
  EXPECT_EQ(gathering->params.row_bytes, 7 * 3);
  const std::vector<int32_t> runs(gathering->tables.end() - 6, gathering->tables.end());
  EXPECT_EQ(runs, (std::vector<int32_t>{f, 3, 0, 12, f, 6}));
}

TEST(Gathering, TablesGatherTheElementsOfTheirIndices) {
  std::mt19937 random(1);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 300; ++round) {
    // Long tables as often as short ones: those of a few dimensions are no part of the row.
    Shape input(static_cast<size_t>(pick(1, 6)));
    std::vector<std::vector<int32_t>> indices(input.size());
    int64_t count = 1;
    for (size_t i = 0; i < input.size(); ++i) {
      input[i] = pick(1, 4);
      indices[i].resize(static_cast<size_t>(pick(1, input.size() < 4 ? 30 : 5)));
      for (int32_t& index : indices[i]) index = pick(kGatherFill, static_cast<int>(input[i]) - 1);
      count *= static_cast<int64_t>(indices[i].size());
    }
    std::vector<uint8_t> from(static_cast<size_t>(ByteStrides(input, 1)[0] * input[0]));
    for (uint8_t& byte : from) byte = static_cast<uint8_t>(pick(0, 254));
    std::optional<Gathering> gathering = GatheringOf(input, 1, indices);
    ASSERT_TRUE(gathering);
    gathering->params.fill.fill(-1);
    std::vector<uint8_t> output(static_cast<size_t>(count));
    GatherRuns(gathering->params, from.data(), gathering->tables.data(), output.data());
    for (int64_t at = 0; at < count; ++at) {
      int64_t offset = 0, left = at;
      bool is_filled = false;
      for (size_t i = input.size(); i-- > 0;) {
        const auto size = static_cast<int64_t>(indices[i].size());
        const int32_t index = indices[i][static_cast<size_t>(left % size)];
        is_filled = is_filled || index == kGatherFill;
        offset += index * ByteStrides(input, 1)[i];
        left /= size;
      }
      ASSERT_EQ(output[static_cast<size_t>(at)],
                is_filled ? 255 : from[static_cast<size_t>(offset)]);
    }
  }
}

}  // namespace
}  // namespace wranglet
