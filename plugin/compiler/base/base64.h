// Base64 (RFC 4648), for bytes in JSON.

#ifndef WRANGLET_PLUGIN_COMPILER_BASE_BASE64_H_
#define WRANGLET_PLUGIN_COMPILER_BASE_BASE64_H_

#include <cstddef>
#include <span>
#include <string>

namespace wranglet {

// With padding.
std::string Base64Encode(std::span<const std::byte> bytes);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_BASE_BASE64_H_
