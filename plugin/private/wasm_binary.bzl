"""wasm_binary: a cc_binary as an optimised WebAssembly module."""

load(":wasm_transition.bzl", "SIMD_ATTR", "wasm_transition")

# Link options of a module that brings its own memory, has no main and imports nothing.
MODULE_LINKOPTS = [
    "--no-entry",
    "-sSTANDALONE_WASM",
    "-sFILESYSTEM=0",
]

_FEATURES = [
    "--enable-simd",
    "--enable-relaxed-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
]

# Inner loops stay functions of their own even when one place calls them: V8 optimises functions when they
# are called again, so that their first inference ends in optimised code.
_KEEP_FUNCTIONS = ["--one-caller-inline-max-function-size=0"]

_STRIP = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
]

def wasm_opt(ctx, module, output, level):
    """Declares the action that runs Binaryen's wasm-opt.

    Args:
      ctx: a rule context with the attribute `_wasm_opt`.
      module: the linked module, a File.
      output: the File to write.
      level: wasm-opt's optimisation level, "-O3" or "-Oz".
    """
    ctx.actions.run(
        executable = ctx.executable._wasm_opt,
        arguments = [level, "--converge"] + _KEEP_FUNCTIONS + _FEATURES + _STRIP + [module.path, "-o", output.path],
        inputs = [module],
        outputs = [output],
        mnemonic = "WasmOpt",
        progress_message = "Optimising %{output}",
    )

WASM_OPT_ATTR = attr.label(
    default = "@wranglet_emscripten//:wasm-opt",
    allow_single_file = True,
    cfg = "exec",
    executable = True,
)

def _wasm_binary_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name if ctx.label.name.endswith(".wasm") else ctx.label.name + ".wasm")
    wasm_opt(ctx, ctx.file.binary, output, ctx.attr.level)
    return [DefaultInfo(files = depset([output]))]

wasm_binary = rule(
    doc = "Compiles a cc_binary, and all it depends on, for the wasm platform and optimises the module.",
    implementation = _wasm_binary_impl,
    attrs = {
        "binary": attr.label(
            mandatory = True,
            allow_single_file = True,
            cfg = wasm_transition,
            doc = "A cc_binary, linked with MODULE_LINKOPTS, whose name ends in .wasm.",
        ),
        "level": attr.string(default = "-O3", values = ["-O3", "-Os", "-Oz"], doc = "What wasm-opt optimises for."),
        "simd": SIMD_ATTR,
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
        "_wasm_opt": WASM_OPT_ATTR,
    },
)
