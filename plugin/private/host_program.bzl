"""host_program: a program that builds run, for `bazel run`."""

def _host_program_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = program, target_file = ctx.executable.program, is_executable = True)
    return [DefaultInfo(executable = program, runfiles = ctx.attr.program[DefaultInfo].default_runfiles)]

host_program = rule(
    doc = "Makes `program` runnable as actions run it: optimised, and compiled once for both.",
    implementation = _host_program_impl,
    attrs = {
        "program": attr.label(mandatory = True, cfg = "exec", executable = True),
    },
    executable = True,
)
