// How an image becomes the input of a network.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_IMAGE_INPUT_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_IMAGE_INPUT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/preprocess/image_preprocess.h"

namespace wranglet {

// How an image becomes this input; nothing when the input has not the shape of one. An Error when
// it has, but of other colours than the user said.
Result<std::optional<ImagePreprocess>> PreprocessFor(const Graph& graph, const Tensor& input,
                                                     const CompileOptions& options);

// What PreprocessFor says, of a network whose only input is an image.
Result<ImagePreprocess> OnlyImage(const Graph& graph, const CompileOptions& options);

// The bytes of input 0, which is `graph`'s only one, for an image file.
Result<std::vector<std::byte>> ImageAsInput(const Graph& graph, const CompileOptions& options,
                                            const std::string& path);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_IMAGE_INPUT_H_
