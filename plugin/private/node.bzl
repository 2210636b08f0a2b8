"""node_binary and node_test: a Node.js program with npm's packages and a Worker at hand."""

_LAUNCHER = """\
#!/bin/bash
# Runs Node.js among the runfiles of {label}.
set -euo pipefail
if [[ -n "${{TEST_SRCDIR:-}}" ]]; then
  runfiles=$TEST_SRCDIR
elif [[ -d "$0.runfiles" ]]; then
  runfiles=$(cd "$0.runfiles" && pwd)
else
  runfiles=$(cd "$(dirname "$0")/.." && pwd)
fi
export WRANGLET_CALLER_DIRECTORY=${{BUILD_WORKING_DIRECTORY:-$PWD}}
cd "$runfiles/{workspace}"
absolute() {{ echo "$PWD/$1"; }}
# A test's sandbox may lack what wrangler writes its logs and locks into, and wrangler then waits for ever.
if [[ -n "${{TEST_TMPDIR:-}}" ]]; then export XDG_CONFIG_HOME=$TEST_TMPDIR; fi
export WRANGLET_NODE_MODULES=$(readlink -f "{modules}")
export WRANGLET_WORKER={worker}
{environment}
# Files stay where the runfiles have them: generated ones lie beside those of the source tree only there.
export NODE_OPTIONS="--preserve-symlinks --preserve-symlinks-main --import=file://$PWD/{runtime}"
exec "{node}" {arguments} "$@"
"""

def _expand(ctx, text):
    """The arguments `text` stands for: one, or as many as $(rootpaths LABEL) names."""
    expanded = ctx.expand_location(text, ctx.attr.data + ctx.attr.tools)
    return expanded.split(" ") if "$(rootpaths" in text else [expanded]

def _launch(ctx, node_arguments, files):
    """Writes the launcher and returns the providers of an executable rule."""
    launcher = ctx.actions.declare_file(ctx.label.name)
    modules = ctx.files._node_modules[0]
    worker = ctx.file.worker
    arguments = node_arguments + [word for argument in ctx.attr.arguments for word in _expand(ctx, argument)]
    ctx.actions.write(
        launcher,
        _LAUNCHER.format(
            arguments = " ".join(["'{}'".format(argument) for argument in arguments]),
            environment = "\n".join([
                "export {}='{}'".format(name, ctx.expand_location(value, ctx.attr.data + ctx.attr.tools))
                for name, value in ctx.attr.env.items()
            ]),
            label = ctx.label,
            modules = modules.short_path,
            node = ctx.file._node.short_path,
            runtime = ctx.file._runtime.short_path,
            worker = "$(absolute '{}')".format(worker.short_path) if worker else "",
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
    )
    runfiles = ctx.runfiles(
        files = files + ctx.files.data + ctx.files.tools + ctx.files._testing + [modules, ctx.file._node, ctx.file._runtime] + ([worker] if worker else []),
    )
    for data in ctx.attr.data + ctx.attr.tools:
        runfiles = runfiles.merge(data[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

def _node_binary_impl(ctx):
    return _launch(ctx, [ctx.file.entry.short_path], [ctx.file.entry])

def _node_test_impl(ctx):
    return _launch(ctx, ["--test"] + [file.short_path for file in ctx.files.srcs], ctx.files.srcs)

_ATTRS = {
    "arguments": attr.string_list(doc = "Arguments of the program; $(rootpath LABEL) of `data` and `tools` is expanded."),
    "data": attr.label_list(allow_files = True, doc = "Files and programs to have at hand."),
    "env": attr.string_dict(doc = "Variables of the program; expanded as `arguments` are."),
    "tools": attr.label_list(
        allow_files = True,
        cfg = "exec",
        doc = "As `data`, of programs that actions of a build run too: these are not compiled once more.",
    ),
    "worker": attr.label(allow_single_file = True, doc = "The wrangler_worker at WRANGLET_WORKER."),
    "_node": attr.label(default = "@wranglet_npm//:node", allow_single_file = True),
    "_node_modules": attr.label(default = "@wranglet_npm//:packages"),
    "_runtime": attr.label(default = "//worker-js:test_runtime.mjs", allow_single_file = True),
    "_testing": attr.label(default = "//worker-js:testing"),
}

node_binary = rule(
    doc = "Runs `entry` with Node.js.",
    implementation = _node_binary_impl,
    attrs = dict(
        _ATTRS,
        entry = attr.label(mandatory = True, allow_single_file = [".js", ".mjs"]),
    ),
    executable = True,
)

node_test = rule(
    doc = "Runs `srcs` with Node.js's test runner.",
    implementation = _node_test_impl,
    attrs = dict(
        _ATTRS,
        srcs = attr.label_list(mandatory = True, allow_files = [".js", ".mjs"]),
    ),
    test = True,
)
