#include "plugin/compiler/graph/shapes.h"

#include <gtest/gtest.h>

namespace wranglet {
namespace {

// The shape that the operator makes of these, or what is wrong with them.
std::string Inferred(const Operator& op, const std::vector<Shape>& inputs) {
  const Result<Shape> shape = InferShape(op, inputs);
  return shape.ok() ? ToString(*shape) : shape.error().message;
}

TEST(InferShape, APoolsWindowsHoldPixels) {
  Pool2D pool{.kernel_h = 3, .kernel_w = 2, .window = {.stride_h = 2, .padding = {1, 0, 1, 1}}};
  EXPECT_EQ(Inferred(pool, {{2, 5, 4, 7}}), "2x3x4x7");
  pool.window.padding.top = 3;
  EXPECT_EQ(Inferred(pool, {{2, 5, 4, 7}}), "a window of its lies in the padding alone");
  pool.window.padding = {0, 0, 0, 3};
  EXPECT_EQ(Inferred(pool, {{2, 5, 4, 7}}), "a window of its lies in the padding alone");
  // Taps at -1 and 1 of an image of one pixel.
  pool = {.kernel_h = 2, .window = {.dilation_h = 2, .padding = {1, 0, 1, 0}}};
  EXPECT_EQ(Inferred(pool, {{1, 1, 1, 1}}), "a window of its lies in the padding alone");
}

TEST(InferShape, ATransposeConvIsUndoneByTheConvolution) {
  const TransposeConv op{.window = {.stride_h = 2, .stride_w = 3, .padding = {1, 0, 0, 0}}};
  EXPECT_EQ(Inferred(op, {{1, 4, 4, 6}, {5, 3, 2, 6}}), "1x8x11x5");
  EXPECT_EQ(Inferred(op, {{1, 4, 4, 6}, {5, 3, 2, 7}}), "image and filter are 1x4x4x6 and 5x3x2x7");
  EXPECT_TRUE(FitsTransposeConv(op, {1, 4, 4, 6}, {5, 3, 2, 6}, {1, 9, 13, 5}));
  EXPECT_FALSE(FitsTransposeConv(op, {1, 4, 4, 6}, {5, 3, 2, 6}, {1, 10, 13, 5}));
}

TEST(InferShape, FactorsOfABatchMatMulBroadcast) {
  EXPECT_EQ(Inferred(BatchMatMul{}, {{4, 1, 2, 3}, {5, 3, 6}}), "4x5x2x6");
  EXPECT_EQ(Inferred(BatchMatMul{.adj_a = true, .adj_b = true}, {{3, 2}, {6, 3}}), "2x6");
  EXPECT_EQ(Inferred(BatchMatMul{}, {{2, 3}, {4, 6}}),
            "factors of 2x3 and 4x6 do not fit each other");
  EXPECT_EQ(Inferred(BatchMatMul{}, {{3}, {3, 6}}), "factors are 3 and 3x6");
}

TEST(InferShape, PadAddsWhatItsModeCan) {
  Pad pad{.before = {0, 2}, .after = {1, 0}};
  EXPECT_EQ(Inferred(pad, {{2, 2}}), "3x4");
  pad.mode = Pad::Mode::kSymmetric;
  EXPECT_EQ(Inferred(pad, {{2, 2}}), "3x4");
  pad.mode = Pad::Mode::kReflect;
  EXPECT_EQ(Inferred(pad, {{2, 2}}), "a padding of 2 for 2x2");
  EXPECT_EQ(Inferred(pad, {{2, 2, 2}}), "its padding does not fit 2x2x2");
}

TEST(InferShape, ConcatAddsOneDimension) {
  EXPECT_EQ(Inferred(Concat{.axis = 1}, {{2, 3}, {2, 1}, {2, 2}}), "2x6");
  EXPECT_EQ(Inferred(Concat{.axis = 0}, {{2, 3}, {2, 1}}),
            "shapes 2x3 and 2x1 do not fit each other");
  EXPECT_EQ(Inferred(Concat{.axis = 2}, {{2, 3}}), "axis 2 of 2x3");
}

TEST(InferShape, ASliceStaysInside) {
  EXPECT_EQ(Inferred(Slice{{1, 4}, {2, 3}, {1, -2}}, {{3, 5}}), "2x3");
  EXPECT_EQ(Inferred(Slice{{1, 3}, {2, 3}, {1, -2}}, {{3, 5}}),
            "takes 3 elements from 3 on, by steps of -2, of 3x5");
  EXPECT_EQ(Inferred(Slice{{2, 0}, {2, 1}, {1, 1}}, {{3, 5}}),
            "takes 2 elements from 2 on, by steps of 1, of 3x5");
}

TEST(InferShape, SlopesOfPReluAreBroadcastToTheInput) {
  EXPECT_EQ(Inferred(PRelu{}, {{1, 2, 2, 3}, {1, 1, 3}}), "1x2x2x3");
  EXPECT_EQ(Inferred(PRelu{}, {{1, 3}, {2, 3}}), "slopes of 2x3 for 1x3");
}

TEST(InferShape, AnArgMaxKeepsItsAxis) {
  EXPECT_EQ(Inferred(ArgMax{.axis = 1}, {{2, 3}}), "2x1");
  EXPECT_EQ(Inferred(ArgMax{.axis = 2}, {{2, 3}}), "axis 2 of 2x3");
}

TEST(InferShape, ResizeTellsItsSize) {
  EXPECT_EQ(Inferred(Resize{.height = 4, .width = 1}, {{1, 2, 2, 3}}), "1x4x1x3");
  EXPECT_EQ(Inferred(Resize{.height = 0}, {{1, 2, 2, 3}}), "resizes 1x2x2x3 to 0x1");
}

TEST(SamePadding, PutsAnOddElementBehind) {
  EXPECT_EQ(SamePadding(5, 3, 1, 1), std::pair(1, 1));
  EXPECT_EQ(SamePadding(224, 3, 2, 1), std::pair(0, 1));
  EXPECT_EQ(SamePadding(5, 3, 1, 2), std::pair(2, 2));
  EXPECT_EQ(SamePadding(9, 1, 4, 1), std::pair(0, 0));
}

TEST(NormalizedAxes, CountFromTheFrontAscendingAndOnce) {
  EXPECT_EQ(*NormalizedAxes(std::vector<int64_t>{-1, 0, 3}, 4), (std::vector<int32_t>{0, 3}));
  EXPECT_FALSE(NormalizedAxes(std::vector<int64_t>{0, 4}, 4).ok());
  EXPECT_EQ(NormalizedAxis(-5, 4).error().message, "axis -5 of a tensor of 4 dimensions");
}

}  // namespace
}  // namespace wranglet
