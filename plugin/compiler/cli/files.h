// Lists of files that the command line names.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_FILES_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_FILES_H_

#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/emit/model.h"

namespace wranglet {

// The lines of a text file, without the empty ones at its end. Lines may end as on Windows.
Result<std::vector<std::string>> ReadLines(const std::string& path);

// `path` itself, or, of a folder, its files *.jpg, *.jpeg, *.png and *.webp in the order of their
// names. An Error when there is no such file or folder, or nothing in it.
Result<std::vector<std::string>> ListImages(const std::string& path);

// Makes `folder` if need be and writes every file into it, or leaves it as it was.
Status WriteAllOrNothing(const std::vector<EmittedFile>& files, const std::string& folder);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_FILES_H_
