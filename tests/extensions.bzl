"""The tests' repositories for MODULE.bazel."""

load(":repositories.bzl", "wranglet_test_dependencies")

wranglet_tests = module_extension(
    doc = "Declares wranglet_tests_npm and wranglet_conformance_npm.",
    implementation = lambda _: wranglet_test_dependencies(),
)
