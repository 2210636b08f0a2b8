"""kernel_test: one test of a kernel, run where kernels run."""

load("//plugin/private:cc.bzl", "SANITIZE", "cc_test")
load("//plugin/private:wasi_test.bzl", "wasi_test")

def kernel_test(name, srcs, deps, size = "medium"):
    """Runs a GoogleTest file natively under ASan and UBSan through SIMDe, and as WebAssembly under Node.js.

    Args:
      name: makes `name` (native) and `name_wasm`.
      srcs: the test files.
      deps: what they include; GoogleTest comes by itself.
      size: as of every test.
    """
    deps = deps + ["@wranglet_deps//googletest:gtest_main"]
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = SANITIZE + ["-O1"],
        linkopts = SANITIZE,
        deps = deps,
    )
    wasi_test(
        name = name + "_wasm",
        size = size,
        srcs = srcs,
        deps = deps,
    )
