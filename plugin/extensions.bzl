"""Wranglet's repositories for MODULE.bazel."""

load(":repositories.bzl", "wranglet_repositories")

wranglet = module_extension(
    doc = "Declares wranglet_deps (C++ libraries), wranglet_emscripten (toolchain) and wranglet_npm.",
    implementation = lambda _: wranglet_repositories(),
)
