// Files, read and written whole.

#ifndef WRANGLET_PLUGIN_COMPILER_BASE_FILE_H_
#define WRANGLET_PLUGIN_COMPILER_BASE_FILE_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/compiler/base/result.h"

namespace wranglet {

// The file's bytes. An Error names the file and the system's reason.
Result<std::vector<std::byte>> ReadFile(const std::string& path);

// Writes to a temporary name beside `path` and renames, so that nobody ever sees a file half
// written.
Status WriteFile(const std::string& path, std::span<const std::byte> bytes);
Status WriteFile(const std::string& path, std::string_view text);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_BASE_FILE_H_
