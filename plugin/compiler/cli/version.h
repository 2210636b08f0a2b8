// The version of MODULE.bazel.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_VERSION_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_VERSION_H_

namespace wranglet {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_VERSION_H_
