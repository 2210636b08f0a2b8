"""How Bazel calls Emscripten: the compile and link command lines of the wasm platform."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@rules_cc//cc:cc_toolchain_config_lib.bzl",
    "env_entry",
    "env_set",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
)

_COMPILE = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

_ARCHIVE = [ACTION_NAMES.cpp_link_static_library]

# Every engine Workers ever ran has these; "relaxed_simd" adds what workerd and Node.js >= 22 have on by default.
_SIMD = ["-msimd128", "-mbulk-memory", "-mnontrapping-fptoint", "-msign-ext"]

# A kernel must give the same bits here and on the host, so no multiply-add may be contracted; and no path
# of this machine may get into a binary.
_DETERMINISM = ["-ffp-contract=off", "-Wno-builtin-macro-redefined", "-D__DATE__=", "-D__TIME__=", "-D__TIMESTAMP__="]

_SMALL = ["-fno-exceptions", "-fno-rtti", "-ffunction-sections", "-fdata-sections"]

def _flags(actions, flags):
    return flag_set(actions = actions, flag_groups = [flag_group(flags = flags)] if flags else [])

def _features(environment):
    return [
        feature(
            name = "emscripten_environment",
            enabled = True,
            env_sets = [env_set(
                actions = _COMPILE + _LINK + _ARCHIVE,
                env_entries = [env_entry(key, value) for key, value in environment.items()],
            )],
        ),
        feature(name = "supports_pic", enabled = False),
        feature(name = "supports_dynamic_linker", enabled = False),
        feature(name = "opt"),
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(
            name = "wasm_default_flags",
            enabled = True,
            flag_sets = [_flags(_COMPILE, _SIMD + _DETERMINISM + _SMALL + ["-O3", "-g0", "-DNDEBUG"])],
        ),
        feature(
            name = "wasm_default_link_flags",
            enabled = True,
            # Without -O1 emcc links its debug libraries; from -O2 on it runs wasm-opt by itself, which is an action of ours.
            flag_sets = [_flags(_LINK, ["-O1"])],
        ),
        feature(
            name = "relaxed_simd",
            flag_sets = [_flags(_COMPILE, ["-mrelaxed-simd"])],
        ),
    ]

def _emscripten_toolchain_config_impl(ctx):
    unused = ["cpp", "gcov", "nm", "objdump", "strip"]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "unknown",
        abi_version = "unknown",
        compiler = "emscripten",
        cxx_builtin_include_directories = ctx.attr.builtin_include_directories,
        features = _features(ctx.attr.environment),
        host_system_name = "local",
        target_cpu = "wasm32",
        target_libc = "unknown",
        target_system_name = "wasm32-unknown-emscripten",
        tool_paths = [
            tool_path(name = "ar", path = ctx.attr.ar),
            tool_path(name = "gcc", path = ctx.attr.emcc),
            tool_path(name = "ld", path = ctx.attr.emcc),
        ] + [tool_path(name = tool, path = "/bin/false") for tool in unused],
        toolchain_identifier = "emscripten",
    )

emscripten_toolchain_config = rule(
    doc = "CcToolchainConfigInfo of an Emscripten that is installed on this machine.",
    implementation = _emscripten_toolchain_config_impl,
    attrs = {
        "ar": attr.string(mandatory = True, doc = "Absolute path of emar."),
        "builtin_include_directories": attr.string_list(doc = "Where emcc finds its own headers."),
        "emcc": attr.string(mandatory = True, doc = "Absolute path of emcc, which also links."),
        "environment": attr.string_dict(doc = "Variables every call gets."),
    },
    provides = [CcToolchainConfigInfo],
)
