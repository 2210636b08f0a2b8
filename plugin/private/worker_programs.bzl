"""Actions that run programs of worker-js while a Worker is built."""

# What a rule with these actions needs.
WORKER_PROGRAMS = {
    "_node": attr.label(default = "@wranglet_npm//:node", allow_single_file = True, cfg = "exec"),
    "_programs": attr.label(default = "//worker-js:build_programs"),
}

def _run(ctx, program, arguments, inputs, output):
    programs = {file.basename: file for file in ctx.files._programs}
    ctx.actions.run(
        executable = ctx.file._node,
        arguments = ["--preserve-symlinks", "--preserve-symlinks-main", programs[program].path] + arguments,
        inputs = inputs + ctx.files._programs,
        outputs = [output],
        mnemonic = "WrangletNode",
        progress_message = "Making %{output}",
    )

def folder_config(ctx, config, settings, output):
    """Declares the action that makes an assembled folder's wrangler.toml, or fails for what it lacks.

    Args:
      ctx: a rule context with WORKER_PROGRAMS.
      config: the user's wrangler.toml, which may be a project's that builds first; a File.
      settings: what the Worker needs of it: structs of `attribute`, `line` and `section`.
      output: the File to write.
    """
    arguments = [str(ctx.label), config.path, json.encode(settings), output.path]
    _run(ctx, "folder_config.mjs", arguments, [config], output)

def limits_report(ctx, folder, output):
    """Declares the action that fails for a Worker over Cloudflare's limits of size and memory.

    Args:
      ctx: a rule context with WORKER_PROGRAMS.
      folder: the Worker's, a File.
      output: the report to write, a File.
    """
    _run(ctx, "check_limits.mjs", [str(ctx.label), folder.path, output.path], [folder], output)
