"""The configuration in which C++ becomes WebAssembly."""

def _wasm_transition_impl(_, attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        # What the host build was asked for (sanitizers, a dialect) is not for the wasm one.
        "//command_line_option:copt": [],
        "//command_line_option:cxxopt": [],
        "//command_line_option:features": ["relaxed_simd"] if attr.simd == "relaxed" else [],
        "//command_line_option:linkopt": [],
        "//command_line_option:platforms": str(Label("//plugin/toolchain:wasm")),
    }

wasm_transition = transition(
    implementation = _wasm_transition_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:copt",
        "//command_line_option:cxxopt",
        "//command_line_option:features",
        "//command_line_option:linkopt",
        "//command_line_option:platforms",
    ],
)

# Rules that apply wasm_transition need this attribute; `simd` is what the transition reads.
SIMD_ATTR = attr.string(
    default = "relaxed",
    values = ["relaxed", "simd128"],
    doc = "The instructions kernels may use. `relaxed` is what workerd and Node.js >= 22 have; `simd128` runs in every engine with SIMD.",
)
