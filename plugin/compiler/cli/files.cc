#include "plugin/compiler/cli/files.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "plugin/compiler/base/file.h"

namespace wranglet {
namespace {

namespace fs = std::filesystem;

Error FileError(const fs::path& path, const std::string& what, const std::error_code& reason) {
  return {.message = what + ": " + reason.message(), .file = path.string()};
}

bool IsImageName(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".webp";
}

// A folder of its own inside `folder`, gone with all that is in it at the end.
class StagingFolder {
 public:
  static constexpr char kName[] = ".wranglet-staging";

  explicit StagingFolder(const fs::path& folder) : path_(folder / kName) {}
  ~StagingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Status MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return FileError(path, "cannot make this folder", error);
  return Done{};
}

// Renames would replace files, but stop at folders, with half of the files in place.
Status CheckNoFolders(const std::vector<EmittedFile>& files, const fs::path& folder) {
  for (const EmittedFile& file : files) {
    std::error_code ignored;
    if (fs::is_directory(folder / file.name, ignored)) {
      return Error{.message = "is a folder, where a file should be written",
                   .file = (folder / file.name).string()};
    }
  }
  return Done{};
}

}  // namespace

Result<std::vector<std::string>> ReadLines(const std::string& path) {
  WRANGLET_ASSIGN(const std::vector<std::byte> bytes, ReadFile(path));
  std::istringstream text(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

Result<std::vector<std::string>> ListImages(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (fs::exists(path, error)) return std::vector<std::string>{path};
    return Error{.message = "there is no such file or folder", .file = path};
  }
  std::vector<std::string> images;
  fs::directory_iterator at(path, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (IsImageName(at->path())) images.push_back(at->path().string());
  }
  if (error) return FileError(path, "cannot list this folder", error);
  if (images.empty()) {
    return Error{.message = "has no images (*.jpg, *.jpeg, *.png, *.webp)", .file = path};
  }
  std::sort(images.begin(), images.end());
  return images;
}

Status WriteAllOrNothing(const std::vector<EmittedFile>& files, const std::string& folder) {
  std::error_code error;
  const bool is_new = !fs::exists(folder, error);
  WRANGLET_RETURN_IF_ERROR(MakeFolder(folder));
  WRANGLET_RETURN_IF_ERROR(CheckNoFolders(files, folder));
  const StagingFolder staging(folder);
  Status status = MakeFolder(staging.path());
  if (status.ok()) status = WriteModel(files, staging.path().string());
  if (!status.ok()) {
    if (is_new) fs::remove_all(folder, error);
    return status;
  }
  for (const EmittedFile& file : files) {
    fs::rename(staging.path() / file.name, fs::path(folder) / file.name, error);
    if (error) return FileError(fs::path(folder) / file.name, "cannot write", error);
  }
  return Done{};
}

}  // namespace wranglet
