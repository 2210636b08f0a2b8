"""wrangler_worker: models and worker-js as a folder that `wrangler deploy` takes as it is."""

load(":folder.bzl", "assemble_folder")
load(":model_info.bzl", "WrangletModelInfo")
load(":node.bzl", "node_binary")
load(":worker_programs.bzl", "WORKER_PROGRAMS", "folder_config", "limits_report")

_ENTRY = """\
import {{ WorkerEntrypoint }} from "cloudflare:workers";

{imports}
import imageModule from "./wranglet/image.wasm";
import {{ createWorker }} from "./wranglet/worker.js";

const worker = createWorker({{
  image: imageModule,
  models: [{models}],
  options: {options},
}});

/** HTTP; and for service bindings `env.BINDING.classify(image, {{ model, top }})`. */
export default class extends WorkerEntrypoint {{
  fetch(request) {{
    return worker.fetch(request, this.env, this.ctx);
  }}

  classify(image, options) {{
    return worker.classify(image, options, this.env, this.ctx);
  }}
}}
"""

# Where weights outside of modules lie in the Worker's folder; wrangler.toml.tpl knows it too.
_WEIGHTS = "weights"

# wrangler.toml's part for each place of external weights; weights.js knows the binding.
_STORES = {
    "assets": """
# External weights. All requests go to the Worker: nobody else gets them.
[assets]
directory = "./weights"
binding = "WEIGHTS"
run_worker_first = true
""",
    "kv": """
# External weights: `bazel run` the target's .upload before its .deploy.
[[kv_namespaces]]
binding = "WEIGHTS"
id = "{STORE}"
""",
    "modules": "",
    "r2": """
# External weights: `bazel run` the target's .upload before its .deploy.
[[r2_buckets]]
binding = "WEIGHTS"
bucket_name = "{STORE}"
""",
}

_RATE_LIMIT = """
# Requests a minute of one client, counted in each of Cloudflare's places.
[[ratelimits]]
name = "RATE_LIMITER"
namespace_id = "{NAMESPACE}"
simple = {{ limit = {LIMIT}, period = 60 }}
"""

_CPU_LIMIT = """
[limits]
cpu_ms = {CPU_MS}
"""

def _weights_file(model):
    """The model's external weights, or None."""
    for file in model.files.to_list():
        if file.basename == "weights.bin":
            return file
    return None

def _entry(models, options, weights):
    """The text of the generated src/index.js."""
    imports = []
    names = []
    for i, model in enumerate(models):
        path = "./models/{}/".format(model.model_name)
        if weights == "modules" or not _weights_file(model):
            names.append("model{}".format(i))
            imports.append('import * as model{} from "{}index.js";'.format(i, path))
        else:
            names.append("{{ manifest: manifest{0}, module: module{0} }}".format(i))
            imports.append('import manifest{} from "{}manifest.js";'.format(i, path))
            imports.append('import module{} from "{}model.wasm";'.format(i, path))
    return _ENTRY.format(
        imports = "\n".join(imports),
        models = ", ".join(names),
        options = json.encode(options),
    )

def _options(ctx, worker_name):
    """createWorker's options."""
    attr = ctx.attr
    return {
        "auth": attr.auth,
        "body": {"bytes": attr.max_body_mb * 1024 * 1024, "seconds": attr.max_body_seconds},
        "cors": attr.cors,
        "memoryBudget": attr.memory_budget_mb * 1024 * 1024,
        "metrics": attr.metrics,
        "name": worker_name,
        "page": attr.page,
        "rateLimitSeconds": 60 if attr.rate_limit else 0,
        "top": attr.top,
        "weights": attr.weights,
    }

def _settings(ctx, worker_name):
    """What wrangler.toml needs besides what every Worker has.

    Returns:
      A list of structs: `attribute`, which asks for it; `line`, by which it is known; `section`, its text.
    """
    attr = ctx.attr
    settings = []
    if attr.weights != "modules":
        section = _STORES[attr.weights].replace("{STORE}", attr.weights_store)
        settings.append(struct(attribute = "weights", line = 'binding = "WEIGHTS"', section = section))
    if attr.rate_limit:
        # Any number that no other Worker of the account has.
        section = _RATE_LIMIT.format(LIMIT = attr.rate_limit, NAMESPACE = 1 + abs(hash(worker_name)))
        settings.append(struct(attribute = "rate_limit", line = 'name = "RATE_LIMITER"', section = section))
    if attr.cpu_ms:
        section = _CPU_LIMIT.format(CPU_MS = attr.cpu_ms)
        settings.append(struct(attribute = "cpu_ms", line = "cpu_ms = {}".format(attr.cpu_ms), section = section))
    return settings

def _check(ctx, models):
    """Fails for attributes that do not go together."""
    attr = ctx.attr
    names = [model.model_name for model in models]
    if len(names) != len({name: None for name in names}):
        fail("{}: two models have one name; give each a model_name of its own: {}".format(ctx.label, names))
    external = [model.model_name for model in models if _weights_file(model)]
    if attr.weights != "modules" and not external:
        fail('{}: weights = "{}" needs a model whose wasm_model has weights = "external"'.format(ctx.label, attr.weights))
    needs_store = attr.weights in ["kv", "r2"]
    if needs_store != bool(attr.weights_store):
        fail("{}: weights_store is for weights = \"kv\", the namespace's id, and \"r2\", the bucket's name".format(ctx.label))
    for origin in attr.cors:
        if origin != "*" and (not origin.startswith("http") or origin.endswith("/")):
            fail('{}: cors takes "*" and origins such as "https://example.com", not "{}"'.format(ctx.label, origin))
    for name in ["max_body_mb", "max_body_seconds", "memory_budget_mb", "top"]:
        if getattr(attr, name) < 1:
            fail("{}: {} must be at least 1".format(ctx.label, name))

def _place(model, file, weights):
    """Where a model's file lies in the Worker's folder; the shell expands weights.js's weightsKey."""
    if weights != "modules" and file.basename == "weights.bin":
        return "{}/{}/$(sha256sum '{}' | cut -c1-64).bin".format(_WEIGHTS, model.model_name, file.path)
    return "src/models/{}/{}".format(model.model_name, file.basename)

def _wrangler_worker_impl(ctx):
    models = [target[WrangletModelInfo] for target in ctx.attr.models]
    _check(ctx, models)
    worker_name = (ctx.attr.worker_name or ctx.label.name).replace("_", "-")

    entry = ctx.actions.declare_file(ctx.label.name + ".index.js")
    ctx.actions.write(entry, _entry(models, _options(ctx, worker_name), ctx.attr.weights))
    config = ctx.actions.declare_file(ctx.label.name + ".wrangler.toml")
    settings = _settings(ctx, worker_name)
    if ctx.file.config:
        folder_config(ctx, ctx.file.config, settings, config)
    else:
        ctx.actions.expand_template(
            output = config,
            substitutions = {"{NAME}": worker_name, "{SETTINGS}": "".join([setting.section for setting in settings])},
            template = ctx.file._config_template,
        )

    places = {"src/index.js": entry, "wrangler.toml": config}
    if ctx.file.main:
        places.update({"src/index.js": ctx.file.main, "src/service.js": entry})
    for file in ctx.files._runtime + [ctx.file._image]:
        places["src/wranglet/" + file.basename] = file
    for model in models:
        for file in model.files.to_list():
            places[_place(model, file, ctx.attr.weights)] = file

    folder = assemble_folder(ctx, places, "WranglerWorker")
    report = ctx.actions.declare_file(ctx.label.name + ".limits.txt")
    limits_report(ctx, folder, report)
    return [
        DefaultInfo(files = depset([folder]), runfiles = ctx.runfiles([folder])),
        # Which Bazel makes whenever it builds this, or what depends on it.
        OutputGroupInfo(_validation = depset([report])),
    ]

_wrangler_worker = rule(
    implementation = _wrangler_worker_impl,
    attrs = WORKER_PROGRAMS | {
        "auth": attr.string(default = "none", values = ["none", "bearer"]),
        "config": attr.label(allow_single_file = [".toml"]),
        "cors": attr.string_list(),
        "cpu_ms": attr.int(),
        "main": attr.label(allow_single_file = [".js"]),
        "max_body_mb": attr.int(default = 20),
        "max_body_seconds": attr.int(default = 30),
        "memory_budget_mb": attr.int(default = 96),
        "metrics": attr.bool(default = True),
        "models": attr.label_list(mandatory = True, allow_empty = False, providers = [WrangletModelInfo]),
        "page": attr.bool(default = True),
        "rate_limit": attr.int(),
        "top": attr.int(default = 10),
        "weights": attr.string(default = "modules", values = _STORES.keys()),
        "weights_store": attr.string(),
        "worker_name": attr.string(),
        "_config_template": attr.label(default = "//templates:wrangler.toml.tpl", allow_single_file = True),
        "_image": attr.label(default = "//kernels/image:image.wasm", allow_single_file = True),
        "_runtime": attr.label(default = "//worker-js:runtime"),
    },
)

def wrangler_worker(name, models, plan = "free", tags = [], visibility = None, **kwargs):
    """Makes a deployable Worker: a folder with wrangler.toml, JavaScript and modules.

    Besides `name`, the folder, there are `name.dev` (`bazel run` it: wrangler's local server, workerd), `name.deploy`
    (`bazel run` it to ship; arguments go to wrangler, so `-- --dry-run` ships nothing; first it prints the Worker's
    costs against Cloudflare's limits), and `name.upload`, which puts the weights where `weights` says, if that is `kv`
    or `r2`. A Worker over the limits of size or memory does not build. `name.dev` takes the local secrets of `.dev.vars`
    beside the BUILD file, and both commands what `.env` there says, as wrangler does of a project.

    Args:
      name: the target and the folder.
      models: wasm_model targets, the first of which answers at `/classify`.
      plan: `free` or `paid`, your plan at Cloudflare: whose limits `name.deploy` prints.
      tags: as everywhere.
      visibility: as everywhere.
      **kwargs: more attributes:

        auth: `bearer` asks every request for the token in the secret WRANGLET_TOKEN; `none`, the default, does not.
        config: a wrangler.toml of your own, with all that wrangler is to know: it does not build without the sections
          that `cpu_ms`, `rate_limit` and `weights` need, and says them. In the folder it has another `main`,
          src/index.js, and no section `[build]`.
        cors: origins of web pages that may use the Worker, or "*"; none by default.
        cpu_ms: the most CPU a request may take, on Cloudflare's paid plan; by default the plan's own limit holds.
        main: a Worker of your own in place of the generated one, which may use that: it lies at src/index.js, beside
          src/service.js, the generated one, src/wranglet/worker.js and src/models/NAME/index.js.
        max_body_mb: larger bodies are refused, 20 MiB by default.
        max_body_seconds: slower bodies are refused, 30 by default.
        memory_budget_mb: how much memory models may take together, 96 MiB by default: the least recently used ones are
          unloaded for others, and loaded again when they are asked for. Cloudflare allows 128 MB for all of a Worker.
        metrics: whether there is `/metrics`; yes by default.
        page: whether browsers get a page at `/` to try the models with; yes by default, and never with `auth`.
        rate_limit: requests a minute of one client; none by default.
        top: how many classes an answer lists when it is not asked for others, 10 by default.
        weights: where the weights of models with `weights = "external"` lie: `modules` of the Worker, the default;
          static `assets`, which are deployed with it; a `kv` namespace or an `r2` bucket, where `name.upload` puts them.
        weights_store: the KV namespace's id or the R2 bucket's name.
        worker_name: the Worker's name at Cloudflare; the target's name by default.
    """
    _wrangler_worker(
        name = name,
        models = models,
        tags = tags,
        visibility = visibility,
        **kwargs
    )
    if plan not in ["free", "paid"]:
        fail("{}: plan is \"free\" or \"paid\", not \"{}\"".format(name, plan))
    commands = {"deploy": "wrangler.mjs", "dev": "wrangler.mjs"}
    if kwargs.get("weights") in ["kv", "r2"]:
        commands["upload"] = "upload.mjs"
    for command, entry in commands.items():
        node_binary(
            name = "{}.{}".format(name, command),
            arguments = [command] if entry == "wrangler.mjs" else [],
            entry = Label("//worker-js:" + entry),
            env = {"WRANGLET_PACKAGE": native.package_name(), "WRANGLET_PLAN": plan},
            tags = ["manual"] + tags,
            visibility = visibility,
            worker = name,
        )
