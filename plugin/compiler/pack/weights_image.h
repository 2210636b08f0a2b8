// The weights image: every constant of a network, packed for its kernel, one after the other. It
// becomes weights.bin, which steps.cc embeds or the Worker loads.

#ifndef WRANGLET_PLUGIN_COMPILER_PACK_WEIGHTS_IMAGE_H_
#define WRANGLET_PLUGIN_COMPILER_PACK_WEIGHTS_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wranglet {

class WeightsImage {
 public:
  // Every constant starts at a multiple of `alignment` bytes.
  explicit WeightsImage(int64_t alignment) : alignment_(alignment) {}

  // The offset of a constant with these bytes: a new one, or one that is there already.
  int64_t Add(std::span<const std::byte> bytes);

  std::vector<std::byte> Take() && { return std::move(bytes_); }

 private:
  struct Place {
    int64_t offset;
    size_t size;
  };

  int64_t alignment_;
  std::vector<std::byte> bytes_;
  std::unordered_multimap<size_t, Place> places_;  // by hash of the bytes
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PACK_WEIGHTS_IMAGE_H_
