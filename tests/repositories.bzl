"""What only this project's own tests need; users of the plugin never fetch it."""

load("//plugin/toolchain:npm.bzl", "npm_packages")

def wranglet_test_dependencies():
    """Declares `@wranglet_tests_npm`."""
    npm_packages(
        name = "wranglet_tests_npm",
        lock = "//tests:package-lock.json",
        package = "//tests:package.json",
    )
