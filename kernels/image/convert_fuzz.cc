// libFuzzer target: no bytes, taken for an image, may crash, hang or leak.
//   ./bazelw build --config=fuzz //kernels/image:convert_fuzz
//   bazel-bin/kernels/image/convert_fuzz -max_len=65536 CORPUS
// Any images are a corpus to begin with; tests/images:write_image writes some of each format.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/image/convert.h"

namespace wranglet {
namespace {

// The length of the input chooses among all colours, crops and element sizes.
ImageSpec SpecOf(size_t choice) {
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
  const wranglet::ImageSpec spec = wranglet::SpecOf(size);
  const std::vector<uint8_t> table(static_cast<size_t>(spec.TableBytes()), 1);
  std::vector<uint8_t> out(static_cast<size_t>(spec.TensorBytes()));
  const auto status = wranglet::ConvertImage({data, size}, spec, table, out.data());
  if (status == wranglet::ImageStatus::kBadArgument) __builtin_trap();
  // Every element was written, and by the table.
  const bool written =
      std::all_of(out.begin(), out.end(), [](uint8_t value) { return value == 1; });
  if (status == wranglet::ImageStatus::kOk && !written) __builtin_trap();
  return 0;
}
