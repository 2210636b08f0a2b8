"""wrangler_worker: models and worker-js as a folder that `wrangler deploy` takes as it is."""

load(":model_info.bzl", "WrangletModelInfo")
load(":node.bzl", "node_binary")

_ENTRY = """\
import imageModule from "./wranglet/image.wasm";
import {{ createWorker }} from "./wranglet/worker.js";
{imports}

export default createWorker({{ image: imageModule, models: [{models}] }});
"""

def _entry(models):
    names = ["model{}".format(i) for i in range(len(models))]
    return _ENTRY.format(
        imports = "\n".join([
            'import * as {} from "./models/{}/index.js";'.format(names[i], models[i].model_name)
            for i in range(len(models))
        ]),
        models = ", ".join(names),
    )

def _wrangler_worker_impl(ctx):
    models = [target[WrangletModelInfo] for target in ctx.attr.models]
    names = [model.model_name for model in models]
    if len(names) != len({name: None for name in names}):
        fail("{}: two models have one name; give each a model_name of its own: {}".format(ctx.label, names))

    entry = ctx.file.main
    if not entry:
        entry = ctx.actions.declare_file(ctx.label.name + ".index.js")
        ctx.actions.write(entry, _entry(models))
    config = ctx.file.config
    if not config:
        config = ctx.actions.declare_file(ctx.label.name + ".wrangler.toml")
        ctx.actions.expand_template(
            output = config,
            substitutions = {"{NAME}": (ctx.attr.worker_name or ctx.label.name).replace("_", "-")},
            template = ctx.file._config_template,
        )

    places = {"src/index.js": entry, "wrangler.toml": config}
    for file in ctx.files._runtime + [ctx.file._image]:
        places["src/wranglet/" + file.basename] = file
    for model in models:
        for file in model.files.to_list():
            places["src/models/{}/{}".format(model.model_name, file.basename)] = file

    folder = ctx.actions.declare_directory(ctx.label.name)
    commands = ["set -e"]
    for place, file in places.items():
        commands.append('mkdir -p "$(dirname "{0}/{1}")" && cp -L "{2}" "{0}/{1}" && chmod 644 "{0}/{1}"'.format(folder.path, place, file.path))
    ctx.actions.run_shell(
        command = "\n".join(commands),
        inputs = places.values(),
        outputs = [folder],
        mnemonic = "WranglerWorker",
        progress_message = "Assembling Worker %{label}",
    )
    return [DefaultInfo(files = depset([folder]), runfiles = ctx.runfiles([folder]))]

_wrangler_worker = rule(
    implementation = _wrangler_worker_impl,
    attrs = {
        "config": attr.label(allow_single_file = [".toml"]),
        "main": attr.label(allow_single_file = [".js"]),
        "models": attr.label_list(mandatory = True, allow_empty = False, providers = [WrangletModelInfo]),
        "worker_name": attr.string(),
        "_config_template": attr.label(default = "//templates:wrangler.toml.tpl", allow_single_file = True),
        "_image": attr.label(default = "//kernels/image:image.wasm", allow_single_file = True),
        "_runtime": attr.label(default = "//worker-js:runtime"),
    },
)

def wrangler_worker(name, models, config = None, main = None, worker_name = None, tags = [], visibility = None):
    """Makes a deployable Worker: a folder with wrangler.toml, JavaScript and modules.

    Besides `name`, the folder, there are `name.dev` (`bazel run` it: wrangler's local server, workerd)
    and `name.deploy` (`bazel run` it to ship; arguments go to wrangler, so `-- --dry-run` ships nothing).

    Args:
      name: the target and the folder.
      models: wasm_model targets, the first of which answers at `/`.
      config: a wrangler.toml of your own; its `main` is src/index.js.
      main: a Worker of your own in place of the generated one: it lies at src/index.js, beside
        src/wranglet/worker.js and src/models/NAME/index.js.
      worker_name: the Worker's name at Cloudflare; the target's name by default.
      tags: as everywhere.
      visibility: as everywhere.
    """
    _wrangler_worker(
        name = name,
        config = config,
        main = main,
        models = models,
        tags = tags,
        visibility = visibility,
        worker_name = worker_name,
    )
    for command in ["dev", "deploy"]:
        node_binary(
            name = "{}.{}".format(name, command),
            arguments = [command],
            entry = Label("//worker-js:wrangler.mjs"),
            tags = ["manual"] + tags,
            visibility = visibility,
            worker = name,
        )
