"""What only this project's own tests need; users of the plugin never fetch it."""

load("//plugin/toolchain:npm.bzl", "npm_packages")
load("//tests/bench:networks.bzl", "shared_networks")

def wranglet_test_dependencies():
    """Declares `@wranglet_tests_npm`, `@wranglet_conformance_npm`, `@wranglet_bench_npm` and `@wranglet_networks`."""
    npm_packages(
        name = "wranglet_tests_npm",
        lock = Label("//tests:package-lock.json"),
        package = Label("//tests:package.json"),
    )

    # Apart, for it is large: 38 MB.
    npm_packages(
        name = "wranglet_conformance_npm",
        lock = Label("//tests/conformance:package-lock.json"),
        package = Label("//tests/conformance:package.json"),
    )

    # The benchmark's: 430 MB, fetched only when it is run.
    npm_packages(
        name = "wranglet_bench_npm",
        lock = Label("//tests/bench:package-lock.json"),
        package = Label("//tests/bench:package.json"),
    )

    shared_networks(
        name = "wranglet_networks",
        workspace = Label("//:MODULE.bazel"),
    )
