// SHA-256 (FIPS 180-4).

#ifndef WRANGLET_PLUGIN_COMPILER_BASE_SHA256_H_
#define WRANGLET_PLUGIN_COMPILER_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wranglet {

class Sha256 {
 public:
  Sha256& Update(std::span<const std::byte> bytes);
  Sha256& Update(std::string_view text);

  // The digest of all that was given, as 64 lower-case hexadecimal digits. Ends this object's use.
  std::string HexDigest();

 private:
  void Compress(const std::byte* block);

  // The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> block_;
  uint64_t length_ = 0;  // bytes given so far
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_BASE_SHA256_H_
