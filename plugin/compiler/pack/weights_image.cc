#include "plugin/compiler/pack/weights_image.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace wranglet {

int64_t WeightsImage::Add(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const size_t hash = std::hash<std::string_view>{}(text);
  for (auto [it, end] = places_.equal_range(hash); it != end; ++it) {
    const auto [offset, size] = it->second;
    if (std::ranges::equal(std::span(bytes_).subspan(static_cast<size_t>(offset), size), bytes)) {
      return offset;
    }
  }
  const int64_t end = static_cast<int64_t>(bytes_.size());
  const int64_t offset = (end + alignment_ - 1) / alignment_ * alignment_;
  bytes_.resize(static_cast<size_t>(offset));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  places_.emplace(hash, Place{offset, bytes.size()});
  return offset;
}

}  // namespace wranglet
