"""model_answers: what a network answers on the host, to hold the Worker's answers against."""

load(":model_info.bzl", "WrangletModelInfo")

def _model_answers_impl(ctx):
    model = ctx.attr.model[WrangletModelInfo]
    output = ctx.actions.declare_file(ctx.label.name + ".jsonl")
    ctx.actions.run_shell(
        command = '"$@" > "$OUTPUT"',
        arguments = [ctx.executable._wranglet.path, "run", "--json"] + model.arguments + [file.path for file in ctx.files.images],
        env = {"OUTPUT": output.path},
        inputs = depset(ctx.files.images, transitive = [model.inputs]),
        outputs = [output],
        tools = [ctx.executable._wranglet],
        mnemonic = "WrangletRun",
        progress_message = "Running network %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

model_answers = rule(
    doc = "Runs `wranglet run`: a file of JSON lines, one a photo, with classes and the output tensor's bytes.",
    implementation = _model_answers_impl,
    attrs = {
        "images": attr.label_list(mandatory = True, allow_files = True, doc = "Photos: JPEG, PNG or WebP."),
        "model": attr.label(mandatory = True, providers = [WrangletModelInfo], doc = "A wasm_model."),
        "_wranglet": attr.label(default = "//plugin/compiler/cli:wranglet", cfg = "exec", executable = True),
    },
)
