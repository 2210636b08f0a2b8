load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load("@wranglet//plugin/toolchain:cc_toolchain_config.bzl", "emscripten_toolchain_config")

package(default_visibility = ["//visibility:public"])

exports_files(["wasm-opt"])

emscripten_toolchain_config(
    name = "config",
    ar = "{EMAR}",
    builtin_include_directories = {INCLUDES},
    emcc = "{EMCC}",
    environment = {ENVIRONMENT},
)

filegroup(name = "none")

cc_toolchain(
    name = "cc_toolchain",
    all_files = ":none",
    ar_files = ":none",
    compiler_files = ":none",
    dwp_files = ":none",
    linker_files = ":none",
    objcopy_files = ":none",
    strip_files = ":none",
    supports_param_files = 1,
    toolchain_config = ":config",
)

toolchain(
    name = "toolchain",
    target_compatible_with = [
        "@platforms//cpu:wasm32",
        "@platforms//os:emscripten",
    ],
    toolchain = ":cc_toolchain",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
)
