"""The tests' repositories for MODULE.bazel."""

load(":repositories.bzl", "wranglet_test_dependencies")

wranglet_tests = module_extension(
    doc = "Declares what wranglet_test_dependencies does.",
    implementation = lambda _: wranglet_test_dependencies(),
)
