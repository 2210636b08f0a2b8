// Depthwise filters in the order the kernels read them. Runs in the compiler.

#ifndef WRANGLET_KERNELS_PACK_DEPTHWISE_H_
#define WRANGLET_KERNELS_PACK_DEPTHWISE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/depthwise_conv2d.h"
#include "kernels/pack_gemm.h"

namespace wranglet {

// Packs `filter` [taps][channels] as [block of kDepthwiseChannels channels][tap][channel]. The bias
// takes in the input's zero point, as in PackGemm.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
Packed<In, Weight, Requantize> PackDepthwise(int32_t taps, int32_t channels,
                                             std::span<const Weight> filter,
                                             std::span<const typename Requantize::Bias> bias,
                                             std::span<const typename Requantize::Scale> scale,
                                             int32_t input_zero_point) {
  static_assert(kDepthwiseChannels == kTileColumns);
  const auto padded = static_cast<size_t>(RoundUpToTile(channels));
  Packed<In, Weight, Requantize> packed;
  packed.filter.assign(padded * static_cast<size_t>(taps), 0);
  packed.bias.assign(padded, 0);
  packed.scale.assign(padded, {});
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const size_t block = c / kDepthwiseChannels * static_cast<size_t>(taps);
    int64_t sum = 0;
    for (size_t tap = 0; tap < static_cast<size_t>(taps); ++tap) {
      const Weight weight = filter[tap * static_cast<size_t>(channels) + c];
      packed.filter[(block + tap) * kDepthwiseChannels + c % kDepthwiseChannels] = weight;
      sum += weight;
    }
    packed.bias[c] = LessZeroPoint(bias.empty() ? 0 : bias[c], input_zero_point, sum);
    packed.scale[c] = scale[c];
  }
  return packed;
}

// Packs `filter` [taps][channels] as [block of 4 channels][tap][channel]; `bias` may be empty.
inline PackedFloat32 PackDepthwiseFloat32(int32_t taps, int32_t channels,
                                          std::span<const float> filter,
                                          std::span<const float> bias) {
  const auto padded = static_cast<size_t>((channels + 3) / 4 * 4);
  PackedFloat32 packed;
  packed.filter.assign(padded * static_cast<size_t>(taps), 0.0f);
  packed.bias.assign(padded, 0.0f);
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    for (size_t tap = 0; tap < static_cast<size_t>(taps); ++tap) {
      packed.filter[(c / 4 * static_cast<size_t>(taps) + tap) * 4 + c % 4] =
          filter[tap * static_cast<size_t>(channels) + c];
    }
    if (!bias.empty()) packed.bias[c] = bias[c];
  }
  return packed;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PACK_DEPTHWISE_H_
