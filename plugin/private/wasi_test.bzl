"""wasi_test: a C++ test program compiled to WebAssembly and run by Node.js."""

load(":cc.bzl", "cc_binary")
load(":node.bzl", "node_test")
load(":wasm_transition.bzl", "SIMD_ATTR", "wasm_transition")

def _wasi_program_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".wasm")
    ctx.actions.symlink(output = output, target_file = ctx.file.binary)
    return [DefaultInfo(files = depset([output]))]

_wasi_program = rule(
    implementation = _wasi_program_impl,
    attrs = {
        "binary": attr.label(mandatory = True, allow_single_file = True, cfg = wasm_transition),
        "simd": SIMD_ATTR,
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
)

def wasi_test(name, srcs, deps, copts = [], data = [], simd = "relaxed", **kwargs):
    """Compiles a GoogleTest program for the wasm platform and runs it under Node.js's WASI.

    Args:
      name: the target.
      srcs: as of cc_test.
      deps: as of cc_test; `main` comes from one of them.
      copts: as of cc_test.
      data: as of cc_test.
      simd: as of wasm_model.
      **kwargs: as of every test.
    """
    cc_binary(
        name = name + ".program.wasm",
        testonly = True,
        srcs = srcs,
        copts = copts,
        linkopts = ["-sSTANDALONE_WASM", "-sALLOW_MEMORY_GROWTH", "-sSTACK_SIZE=1048576"],
        tags = ["manual"],
        deps = deps,
    )
    _wasi_program(
        name = name + ".program",
        testonly = True,
        binary = name + ".program.wasm",
        simd = simd,
        tags = ["manual"],
    )
    node_test(
        name = name,
        srcs = [Label("//plugin/private:wasi_test.mjs")],
        data = [name + ".program"] + data,
        env = {"WRANGLET_PROGRAM": "$(rootpath {}.program)".format(name)},
        **kwargs
    )
