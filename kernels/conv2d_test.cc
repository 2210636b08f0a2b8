#include "kernels/conv2d.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/conv2d_reference.h"
#include "kernels/pack_gemm.h"
#include "kernels/testing.h"
#include "kernels/testing_products.h"

namespace wranglet {
namespace {

// A random window with channels for a random number of groups. Some begin inside the image, as
// those of transposed convolutions may.
std::pair<WindowShape, int32_t> RandomGroupedWindow(Random& random) {
  WindowShape window = random.Window(5);
  if (random.Int(0, 3) == 0)
    window.pad_top = -random.Int(0, 2), window.pad_left = -random.Int(0, 2);
  const int32_t groups = random.Int(0, 2) ? 1 : random.Int(2, 3);
  window.in_c = groups * random.Int(1, 11);
  window.out_c = groups * random.Int(1, 19);
  return {window, groups};
}

// Appends `group` to `all`.
template <typename T>
void Append(std::vector<T>& all, const std::vector<T>& group) {
  all.insert(all.end(), group.begin(), group.end());
}

constexpr WindowShape kFirstLayer = {.in_h = 33,
                                     .in_w = 34,
                                     .in_c = 3,
                                     .out_h = 17,
                                     .out_w = 17,
                                     .out_c = 24,
                                     .kernel_h = 3,
                                     .kernel_w = 3,
                                     .stride_h = 2,
                                     .stride_w = 2,
                                     .pad_top = 1,
                                     .pad_left = 0};

template <typename Types>
class Conv2dQuantized : public testing::Test {
 protected:
  using In = typename Types::In;
  using Weight = typename Types::Weight;
  using Requantize = typename Types::Requantize;

  static void ExpectEqualsReference(const WindowShape& window, int32_t groups, Random& random) {
    RandomProduct<Requantize> product(random);
    Conv2dParams<In, Weight, Requantize> params{.window = window,
                                                .groups = groups,
                                                .input_zero_point = product.ZeroPoint(),
                                                .output = product.PickOutput()};
    const int32_t depth = PatchDepth(window, groups), columns = window.out_c / groups;
    const auto input = random.Integers<In>(InputSize(window));
    const auto filter = product.template Filter<Weight>(window.out_c, depth);
    params.fit_pairs =
        HasWholeRows(window, groups) &&
        FitPairs<In>(PairLanes::OfRuns(window.kernel_h, window.kernel_w * window.in_c), filter,
                     static_cast<size_t>(window.out_c), static_cast<size_t>(depth), 1);
    const auto bias = product.Biases(window.out_c);
    const auto scale = product.Scales(window.out_c, depth, params.output);
    Packed<In, Weight, Requantize> packed;
    for (int32_t group = 0; group < groups; ++group) {
      const auto at = static_cast<size_t>(group * columns);
      const auto size = static_cast<size_t>(depth);
      const auto one = PackGemm<In, Weight, Requantize>(
          columns, depth, std::span(filter).subspan(at * size), std::span(bias).subspan(at),
          std::span(scale).subspan(at), params.input_zero_point);
      Append(packed.filter, one.filter);
      Append(packed.bias, one.bias);
      Append(packed.scale, one.scale);
    }
    std::vector<In> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
    std::vector<In> scratch(Conv2dScratchElements(params));
    Conv2dReference(params, input.data(), filter.data(), bias.data(), scale.data(),
                    expected.data());
    ForEachWay<In, Weight>([&] {
      Conv2d(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             actual.data(), scratch.data());
      EXPECT_TRUE(SameBytes(actual, expected));
    });
  }
};

TYPED_TEST_SUITE(Conv2dQuantized, ConvolutionTypes);

TYPED_TEST(Conv2dQuantized, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1500, [](Random& random) {
    const auto [window, groups] = RandomGroupedWindow(random);
    TestFixture::ExpectEqualsReference(window, groups, random);
  });
}

// Windows of which a band is more than one panel (tile_words.h).
TYPED_TEST(Conv2dQuantized, EqualsTheReferenceOnDeepWindows) {
  ForEachSeed(20, [](Random& random) {
    const WindowShape window = {.in_h = 11,
                                .in_w = 9,
                                .in_c = random.Int(30, 130),
                                .out_h = 11,
                                .out_w = 9,
                                .out_c = random.Int(1, 19),
                                .kernel_h = 3,
                                .kernel_w = 3,
                                .pad_top = 1,
                                .pad_left = 1};
    TestFixture::ExpectEqualsReference(window, 1, random);
  });
}

TYPED_TEST(Conv2dQuantized, EqualsTheReferenceOnAFirstLayer) {
  Random random(1);
  TestFixture::ExpectEqualsReference(kFirstLayer, 1, random);
}

// By tiles, of any window that they serve, and any bytes. With kMostDepth channels weights and
// bytes at their ends make the largest sums that there may be.
constexpr int32_t kMostDepth = WinogradTiles::kMostSum / (255 * 128 * 9) / 8 * 8;

// A window whose outputs are one tile, which is all of a 6x6 image.
WindowShape OneTile(int32_t in_c) {
  return {.in_h = 6,
          .in_w = 6,
          .in_c = in_c,
          .out_h = 4,
          .out_w = 4,
          .out_c = 8,
          .kernel_h = 3,
          .kernel_w = 3};
}

void ExpectTilesEqualReference(const WindowShape& window, std::span<const int8_t> input,
                               std::span<const int8_t> filter, Random& random) {
  RandomProduct<RequantizeInt8> product(random);
  const Conv2dParams<int8_t, int8_t> params{.window = window,
                                            .input_zero_point = product.ZeroPoint(),
                                            .output = product.PickOutput(),
                                            .by_tiles = true};
  ASSERT_TRUE(WinogradTiles::Serves(window, 1));
  const int32_t depth = PatchDepth(window, 1);
  const auto bias = product.Biases(window.out_c);
  const auto scale = product.Scales(window.out_c, depth, params.output);
  const auto packed =
      PackGemm<int8_t, int8_t>(window.out_c, depth, filter, bias, scale, params.input_zero_point);
  std::vector<int8_t> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
  std::vector<int8_t> scratch(Conv2dScratchElements(params));
  Conv2dReference(params, input.data(), filter.data(), bias.data(), scale.data(), expected.data());
  ForEachWay<int8_t, int8_t>([&] {
    Conv2d(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
           actual.data(), scratch.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

WindowShape RandomTiledWindow(Random& random) {
  WindowShape w{.batch = random.Int(1, 2),
                .in_h = random.Int(3, 19),
                .in_w = random.Int(3, 19),
                .in_c = 8 * random.Int(1, 4),
                .out_c = random.Int(1, 19),
                .kernel_h = 3,
                .kernel_w = 3,
                .pad_top = random.Int(-1, 2),
                .pad_left = random.Int(-1, 2)};
  w.out_h = std::max(1, w.in_h + w.pad_top + random.Int(-1, 2) - 2);
  w.out_w = std::max(1, w.in_w + w.pad_left + random.Int(-1, 2) - 2);
  return w;
}

TEST(Conv2dByTiles, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(300, [](Random& random) {
    const WindowShape window = RandomTiledWindow(random);
    ExpectTilesEqualReference(window, random.Bytes(InputSize(window)),
                              random.Bytes(window.out_c * PatchDepth(window, 1)), random);
  });
}

// Of several bands, and of several panels a band.
TEST(Conv2dByTiles, EqualsTheReferenceOnLargeImages) {
  for (const auto& [height, width, in_c] : {std::tuple(45, 35, 16), std::tuple(9, 300, 8),
                                            std::tuple(21, 22, 72), std::tuple(40, 41, 8)}) {
    Random random(1);
    const WindowShape window{.in_h = height,
                             .in_w = width,
                             .in_c = in_c,
                             .out_h = height,
                             .out_w = width,
                             .out_c = 12,
                             .kernel_h = 3,
                             .kernel_w = 3,
                             .pad_top = 1,
                             .pad_left = 1};
    const WinogradTiles tiles(window);
    EXPECT_TRUE(tiles.rows < tiles.down || tiles.PanelOf(tiles.rows) < tiles.across * tiles.rows);
    ExpectTilesEqualReference(window, random.Bytes(InputSize(window)),
                              random.Bytes(window.out_c * PatchDepth(window, 1)), random);
  }
}

// Bytes and weights at their ends, those of each tile and filter in one of the patterns that make
// what is transformed largest, or its sums.
TEST(Conv2dByTiles, EqualsTheReferenceAtTheBounds) {
  ForEachSeed(60, [](Random& random) {
    const WindowShape window = OneTile(random.Int(0, 1) ? kMostDepth : 8);
    const int32_t kind = random.Int(0, 3);
    const auto at_end = [&](size_t i, bool first) {
      const bool alternates = kind == 0 ? true : kind == 1 ? first : random.Int(0, 1) == 1;
      return static_cast<int8_t>(alternates || (kind == 3 && i % 2 == 0) ? 127 : -128);
    };
    std::vector<int8_t> input(static_cast<size_t>(InputSize(window)));
    std::vector<int8_t> filter(static_cast<size_t>(window.out_c * PatchDepth(window, 1)));
    const auto in_c = static_cast<size_t>(window.in_c);
    for (size_t i = 0; i < input.size(); ++i) {
      // 4, 4, -1, -1 are the coefficients that add up to the most.
      const size_t y = i / in_c / 6, x = i / in_c % 6;
      const bool is_large_y = y == 1 || y == 2, is_large_x = x == 1 || x == 2;
      input[i] = at_end(i, is_large_y == is_large_x);
    }
    for (size_t i = 0; i < filter.size(); ++i) filter[i] = at_end(i, i / in_c % 2 == 0);
    ExpectTilesEqualReference(window, input, filter, random);
  });
}

// The largest sums that there may be, either way, on the way to results within int8.
TEST(Conv2dByTiles, HoldsTheMostThatASumMayBe) {
  const WindowShape window = OneTile(kMostDepth);
  const int32_t depth = PatchDepth(window, 1);
  constexpr int32_t kMost = WinogradTiles::kMostSum;
  for (const int32_t sign : {-1, 1}) {
    for (const int32_t off : {0, 1, 12345}) {
      Conv2dParams<int8_t, int8_t> params{
          .window = window, .input_zero_point = -128, .by_tiles = true};
      const auto weight = static_cast<int8_t>(sign * 127);
      const std::vector<int8_t> input(static_cast<size_t>(InputSize(window)), 127);
      const std::vector<int8_t> filter(static_cast<size_t>(window.out_c * depth), weight);
      const std::vector<int32_t> bias(8, sign * (kMost - off - 255 * 127 * depth));
      const std::vector<float> scale(8, 120.0f / kMost);
      const auto packed = PackGemm<int8_t, int8_t>(8, depth, filter, bias, scale, -128);
      std::vector<int8_t> output(static_cast<size_t>(OutputSize(window)));
      std::vector<int8_t> scratch(Conv2dScratchElements(params));
      Conv2d(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             output.data(), scratch.data());
      EXPECT_EQ(output, std::vector<int8_t>(output.size(), static_cast<int8_t>(sign * 120)));
    }
  }
}

PackedFloat32 PackGroups(int32_t groups, int32_t columns, int32_t depth,
                         std::span<const float> filter, std::span<const float> bias) {
  PackedFloat32 packed;
  for (int32_t group = 0; group < groups; ++group) {
    const auto at = static_cast<size_t>(group * columns), size = static_cast<size_t>(depth);
    const PackedFloat32 one =
        PackGemmFloat32(columns, depth, filter.subspan(at * size), bias.subspan(at));
    Append(packed.filter, one.filter);
    Append(packed.bias, one.bias);
  }
  return packed;
}

void ExpectEqualsReferenceFloat32(const WindowShape& window, int32_t groups, Random& random) {
  const Conv2dFloat32Params params{.window = window,
                                   .groups = groups,
                                   .output = {random.Float(-9, 0), random.Float(0, 9)},
                                   .fused = random.Int(0, 1) == 1};
  const int32_t depth = PatchDepth(window, groups);
  const auto input = random.Floats(InputSize(window), -2, 2);
  const auto filter = random.Floats(window.out_c * depth, -2, 2);
  const auto bias = random.Floats(window.out_c, -2, 2);
  const PackedFloat32 packed = PackGroups(groups, window.out_c / groups, depth, filter, bias);
  std::vector<float> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
  std::vector<float> scratch(Conv2dFloat32ScratchElements(window, groups));
  Conv2dFloat32Reference(params, input.data(), filter.data(), bias.data(), expected.data());
  Conv2dFloat32(params, input.data(), packed.filter.data(), packed.bias.data(), actual.data(),
                scratch.data());
  for (size_t i = 0; i < actual.size(); ++i) {
    // The reference leaves out padded taps, which the kernel multiplies by 0: equal but for -0.
    ASSERT_EQ(actual[i], expected[i]) << "element " << i;
  }
}

TEST(Conv2dFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1500, [](Random& random) {
    const auto [window, groups] = RandomGroupedWindow(random);
    ExpectEqualsReferenceFloat32(window, groups, random);
  });
}

TEST(Conv2dFloat32, EqualsTheReferenceOnAFirstLayer) {
  Random random(1);
  ExpectEqualsReferenceFloat32(kFirstLayer, 1, random);
}

// Windows that never leave the image need no copy of it.
TEST(Conv2dFloat32, TakesNoScratchInsideTheImage) {
  WindowShape w{.in_h = 5,
                .in_w = 5,
                .in_c = 4,
                .out_h = 3,
                .out_w = 3,
                .out_c = 8,
                .stride_h = 2,
                .stride_w = 2};
  EXPECT_EQ(Conv2dFloat32ScratchElements(w, 1), 0u);
  Random random(1);
  ExpectEqualsReferenceFloat32(w, 1, random);
  w.pad_left = 1;
  EXPECT_GT(Conv2dFloat32ScratchElements(w, 1), 0u);
}

// The pixels of a grid, and no other, get what `convolve(grid, output)` makes of the whole output.
template <typename T, typename Convolve>
void ExpectWritesItsGrid(const WindowShape& w, const PixelGrid& grid, const Convolve& convolve) {
  std::vector<T> whole(static_cast<size_t>(OutputSize(w)));
  const size_t image = static_cast<size_t>(grid.image_h) * static_cast<size_t>(grid.image_w);
  std::vector<T> actual(static_cast<size_t>(w.batch * w.out_c) * image, T{55});
  std::vector<T> expected = actual;
  convolve(PixelGrid{}, whole);
  convolve(grid, actual);
  ForEachPixelReference(w, [&](int32_t b, int32_t y, int32_t x, int32_t from) {
    const int32_t row = b * grid.image_h + grid.first_y + y * grid.step_h;
    const int32_t to = (row * grid.image_w + grid.first_x + x * grid.step_w) * w.out_c;
    std::copy_n(whole.begin() + from, w.out_c, expected.begin() + to);
  });
  EXPECT_TRUE(SameBytes(actual, expected));
}

PixelGrid GridFor(const WindowShape& w, Random& random) {
  PixelGrid grid{random.Int(0, 2), random.Int(0, 2), random.Int(1, 3), random.Int(1, 3)};
  grid.image_h = grid.first_y + (w.out_h - 1) * grid.step_h + random.Int(1, 3);
  grid.image_w = grid.first_x + (w.out_w - 1) * grid.step_w + random.Int(1, 3);
  return grid;
}

std::pair<WindowShape, PixelGrid> RandomGrid(Random& random) {
  WindowShape w = random.Window(3);
  w.in_c = random.Int(1, 3), w.out_c = random.Int(1, 10);
  return {w, GridFor(w, random)};
}

void ExpectInt8WritesItsGrid(const WindowShape& w, const PixelGrid& grid, bool by_tiles,
                             Random& random) {
  const int32_t depth = PatchDepth(w, 1);
  const auto input = random.Bytes(InputSize(w)), filter = random.Bytes(w.out_c * depth);
  const auto packed =
      PackGemm<int8_t, int8_t>(w.out_c, depth, filter, {}, random.Floats(w.out_c, 1e-3f, 1e-2f), 0);
  Conv2dParams<int8_t, int8_t> params{.window = w, .by_tiles = by_tiles};
  std::vector<int8_t> scratch(Conv2dScratchElements(params));
  ForEachWay<int8_t, int8_t>([&] {
    ExpectWritesItsGrid<int8_t>(w, grid, [&](const PixelGrid& place, auto& output) {
      params.grid = place;
      Conv2d(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             output.data(), scratch.data());
    });
  });
}

TEST(Conv2d, WritesThePixelsOfItsGrid) {
  ForEachSeed(200, [](Random& random) {
    const auto [w, grid] = RandomGrid(random);
    ExpectInt8WritesItsGrid(w, grid, false, random);
  });
}

TEST(Conv2dByTiles, WritesThePixelsOfItsGrid) {
  ForEachSeed(40, [](Random& random) {
    const WindowShape w = RandomTiledWindow(random);
    ExpectInt8WritesItsGrid(w, GridFor(w, random), true, random);
  });
}

TEST(Conv2dFloat32, WritesThePixelsOfItsGrid) {
  ForEachSeed(200, [](Random& random) {
    const auto [w, grid] = RandomGrid(random);
    const int32_t depth = PatchDepth(w, 1);
    const auto input = random.Floats(InputSize(w), -2, 2);
    const auto filter = random.Floats(w.out_c * depth, -2, 2);
    const auto bias = random.Floats(w.out_c, -2, 2);
    const PackedFloat32 packed = PackGemmFloat32(w.out_c, depth, filter, bias);
    std::vector<float> scratch(Conv2dFloat32ScratchElements(w, 1));
    ExpectWritesItsGrid<float>(w, grid, [&, &w = w](const PixelGrid& place, auto& output) {
      Conv2dFloat32({.window = w, .grid = place}, input.data(), packed.filter.data(),
                    packed.bias.data(), output.data(), scratch.data());
    });
  });
}

TEST(Conv2d, PadsWithTheZeroPoint) {
  // A 3x3 sum over a 1x1 image of the real value 0: whatever lies outside must count as 0 too.
  const Conv2dParams<int8_t, int8_t> params{
      .window = {.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1},
      .input_zero_point = 77};
  const std::vector<int8_t> input = {77}, filter(9, 1);
  const auto packed = PackGemm<int8_t, int8_t>(1, 9, filter, {}, std::vector<float>{1.0f}, 77);
  std::vector<int8_t> output(1);
  std::vector<int8_t> scratch(Conv2dScratchElements(params));
  Conv2d(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
         output.data(), scratch.data());
  EXPECT_EQ(output[0], 0);
}

}  // namespace
}  // namespace wranglet
