"""sanitized_test: a cc_test once more, with all it depends on, under ASan and UBSan."""

load(":cc.bzl", "SANITIZE")

def _sanitize_impl(settings, _):
    return {
        "//command_line_option:copt": settings["//command_line_option:copt"] + SANITIZE + ["-O1"],
        "//command_line_option:linkopt": settings["//command_line_option:linkopt"] + SANITIZE,
    }

_sanitize = transition(
    implementation = _sanitize_impl,
    inputs = [
        "//command_line_option:copt",
        "//command_line_option:linkopt",
    ],
    outputs = [
        "//command_line_option:copt",
        "//command_line_option:linkopt",
    ],
)

def _sanitized_test_impl(ctx):
    program = ctx.executable.test
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = program, is_executable = True)
    runfiles = ctx.runfiles([program]).merge(ctx.attr.test[0][DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = executable, runfiles = runfiles)]

sanitized_test = rule(
    doc = "Runs the cc_test `test`, compiled with AddressSanitizer and UndefinedBehaviorSanitizer.",
    implementation = _sanitized_test_impl,
    attrs = {
        "test": attr.label(mandatory = True, cfg = _sanitize, executable = True),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
    test = True,
)
