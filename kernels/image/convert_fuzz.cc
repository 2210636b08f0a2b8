// libFuzzer target: no bytes, taken for an image, may crash, hang or leak.
//   ./bazelw build --config=fuzz //kernels/image:convert_fuzz
//   bazel-bin/kernels/image/convert_fuzz -max_len=65536 CORPUS

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/image/convert.h"

namespace wranglet {
namespace {

// The first byte of the input chooses among all colours, crops and element sizes; the rest is the
// image.
ImageSpec SpecOf(uint8_t choice) {
  constexpr std::array<int32_t, 6> kSides = {1, 7, 16, 33, 96, 200};
  return {.width = kSides[choice % 6],
          .height = kSides[choice / 6 % 6],
          .color = static_cast<ColorOrder>(choice % 3),
          .crop = static_cast<CropPolicy>(choice / 3 % 3),
          .element_size = 1 << choice / 9 % 3};
}

}  // namespace
}  // namespace wranglet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const wranglet::ImageSpec spec = wranglet::SpecOf(data[0]);
  const std::vector<uint8_t> table(static_cast<size_t>(spec.TableBytes()), 1);
  std::vector<uint8_t> out(static_cast<size_t>(spec.TensorBytes()));
  const auto status = wranglet::ConvertImage({data + 1, size - 1}, spec, table, out.data());
  if (status == wranglet::ImageStatus::kBadArgument) __builtin_trap();
  // Every element was written, and by the table.
  const bool written =
      std::all_of(out.begin(), out.end(), [](uint8_t value) { return value == 1; });
  if (status == wranglet::ImageStatus::kOk && !written) __builtin_trap();
  return 0;
}
