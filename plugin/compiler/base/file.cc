#include "plugin/compiler/base/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

namespace wranglet {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Error SystemError(const std::string& action, const std::string& path) {
  return {.message = action + ": " + std::strerror(errno), .file = path};
}

}  // namespace

Result<std::vector<std::byte>> ReadFile(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return SystemError("cannot open", path);
  std::vector<std::byte> bytes;
  std::byte chunk[1 << 16];
  while (const size_t n = std::fread(chunk, 1, sizeof(chunk), file.get())) {
    bytes.insert(bytes.end(), chunk, chunk + n);
  }
  if (std::ferror(file.get())) return SystemError("cannot read", path);
  return bytes;
}

Status WriteFile(const std::string& path, std::span<const std::byte> bytes) {
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  File file(std::fopen(temporary.c_str(), "wb"));
  if (!file) return SystemError("cannot create", path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  const bool closed = std::fclose(file.release()) == 0;
  if (written && closed && std::rename(temporary.c_str(), path.c_str()) == 0) return Done{};
  Error error = SystemError("cannot write", path);
  std::remove(temporary.c_str());
  return error;
}

Status WriteFile(const std::string& path, std::string_view text) {
  return WriteFile(path, std::as_bytes(std::span(text)));
}

}  // namespace wranglet
