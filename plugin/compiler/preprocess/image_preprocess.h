// ImagePreprocess: how an image's pixels become a network's input.

#ifndef WRANGLET_PLUGIN_COMPILER_PREPROCESS_IMAGE_PREPROCESS_H_
#define WRANGLET_PLUGIN_COMPILER_PREPROCESS_IMAGE_PREPROCESS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/image/image_types.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

struct ImagePreprocess {
  int32_t width = 0, height = 0;
  ColorOrder color = ColorOrder::kRgb;
  CropPolicy crop = CropPolicy::kCenter;
  // A channel's number is (pixel - mean) / std, in the order of the input's channels.
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> std = {1, 1, 1};

  int32_t Channels() const { return color == ColorOrder::kGray ? 1 : 3; }
};

// Between which numbers the input lies, whatever the image: those of black and of white.
Range RangeOfPixels(const ImagePreprocess& preprocess);

// The manifest's table: 256 entries a channel, channel-major, each what an input of `dtype`
// (float32, or int8, uint8 or int16 with `quantization`) stores for that channel's pixel value,
// rounded halves to even and saturated. An Error for other types.
Result<std::vector<std::byte>> MakeTable(const ImagePreprocess& preprocess, DType dtype,
                                         const std::optional<Quantization>& quantization);

// The input tensor, NHWC, of an image file: what image.wasm gives for the same bytes. `table` is
// MakeTable's and its entries' type `dtype`. An Error says what ails the image; the caller adds its
// name.
Result<std::vector<std::byte>> PreprocessImage(std::span<const std::byte> image,
                                               const ImagePreprocess& preprocess, DType dtype,
                                               std::span<const std::byte> table);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PREPROCESS_IMAGE_PREPROCESS_H_
