"""What only this project's own tests need; users of the plugin never fetch it."""

load("//plugin/toolchain:npm.bzl", "npm_packages")

def wranglet_test_dependencies():
    """Declares `@wranglet_tests_npm` and `@wranglet_conformance_npm`."""
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
