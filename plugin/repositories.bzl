"""What Wranglet needs from outside, for both ways Bazel may be run."""

load("//plugin/toolchain:deps.bzl", "installed_libraries")
load("//plugin/toolchain:emscripten.bzl", "emscripten_configure")
load("//plugin/toolchain:npm.bzl", "npm_packages")

def wranglet_repositories():
    """Declares the external repositories: libraries, Emscripten and npm packages."""
    installed_libraries(name = "wranglet_deps")
    emscripten_configure(name = "wranglet_emscripten")
    npm_packages(
        name = "wranglet_npm",
        lock = Label("//worker-js:package-lock.json"),
        package = Label("//worker-js:package.json"),
    )

def wranglet_dependencies():
    """Makes Wranglet usable from a WORKSPACE file: its repositories and its toolchain."""
    wranglet_repositories()
    native.register_toolchains("@wranglet_emscripten//:toolchain")
