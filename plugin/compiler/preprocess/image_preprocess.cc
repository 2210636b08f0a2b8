#include "plugin/compiler/preprocess/image_preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "kernels/image/convert.h"

namespace wranglet {
namespace {

double NumberOf(const ImagePreprocess& preprocess, int32_t channel, int32_t pixel) {
  const auto c = static_cast<size_t>(channel);
  return (pixel - double{preprocess.mean[c]}) / preprocess.std[c];
}

template <typename T>
T Store(double real, const Quantization* quantization) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(real);
  } else {
    const double stored =
        std::nearbyint(real / quantization->scale[0]) + quantization->zero_point[0];
    return static_cast<T>(
        std::clamp<double>(stored, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
}

template <typename T>
std::vector<std::byte> TableOf(const ImagePreprocess& preprocess,
                               const Quantization* quantization) {
  std::vector<T> table;
  for (int32_t c = 0; c < preprocess.Channels(); ++c) {
    for (int32_t pixel = 0; pixel < 256; ++pixel) {
      table.push_back(Store<T>(NumberOf(preprocess, c, pixel), quantization));
    }
  }
  const std::span<const std::byte> bytes = std::as_bytes(std::span(table));
  return {bytes.begin(), bytes.end()};
}

const char* Describe(ImageStatus status) {
  switch (status) {
    case ImageStatus::kOk:
      return "";
    case ImageStatus::kUnknownFormat:
      return "is not a JPEG, PNG or WebP image";
    case ImageStatus::kCorrupt:
      return "is a truncated or damaged image";
    case ImageStatus::kTooManyPixels:
      return "has more than 50 million pixels";
    case ImageStatus::kOutOfMemory:
      return "needs more memory than there is";
    case ImageStatus::kBadArgument:
      return "cannot become an input of this size";
    case ImageStatus::kTooCostly:
      return "would take too long to decode; store it as a smaller picture";
  }
  return "";
}

}  // namespace

Range RangeOfPixels(const ImagePreprocess& preprocess) {
  std::vector<float> ends;
  for (int32_t c = 0; c < preprocess.Channels(); ++c) {
    for (const int32_t pixel : {0, 255}) {
      ends.push_back(static_cast<float>(NumberOf(preprocess, c, pixel)));
    }
  }
  const auto [min, max] = std::ranges::minmax(ends);
  return {min, max};
}

Result<std::vector<std::byte>> MakeTable(const ImagePreprocess& preprocess, DType dtype,
                                         const std::optional<Quantization>& quantization) {
  const bool has_scale = quantization && quantization->scale.size() == 1;
  const Quantization* q = has_scale ? &*quantization : nullptr;
  if (dtype == DType::kFloat32) return TableOf<float>(preprocess, q);
  if (has_scale && dtype == DType::kInt8) return TableOf<int8_t>(preprocess, q);
  if (has_scale && dtype == DType::kUint8) return TableOf<uint8_t>(preprocess, q);
  if (has_scale && dtype == DType::kInt16) return TableOf<int16_t>(preprocess, q);
  return Error{.message = std::string("images cannot become an input of ") + NameOf(dtype),
               .hint = "supported: float32, or int8, uint8 or int16 with one scale"};
}

Result<std::vector<std::byte>> PreprocessImage(std::span<const std::byte> image,
                                               const ImagePreprocess& preprocess, DType dtype,
                                               std::span<const std::byte> table) {
  const ImageSpec spec = {.width = preprocess.width,
                          .height = preprocess.height,
                          .color = preprocess.color,
                          .crop = preprocess.crop,
                          .element_size = static_cast<int32_t>(SizeOf(dtype))};
  if (!spec.IsValid() || static_cast<int64_t>(table.size()) != spec.TableBytes()) {
    return Error{.message = Describe(ImageStatus::kBadArgument)};
  }
  std::vector<std::byte> tensor(static_cast<size_t>(spec.TensorBytes()));
  const auto bytes = [](std::span<const std::byte> s) {
    return std::span(reinterpret_cast<const uint8_t*>(s.data()), s.size());
  };
  const ImageStatus status =
      ConvertImage(bytes(image), spec, bytes(table), reinterpret_cast<uint8_t*>(tensor.data()));
  if (status != ImageStatus::kOk) return Error{.message = Describe(status)};
  return tensor;
}

}  // namespace wranglet
