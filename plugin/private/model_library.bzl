"""model_library: a network as a folder of ES modules for a Worker that Wranglet does not make."""

load(":folder.bzl", "assemble_folder")
load(":model_info.bzl", "WrangletModelInfo")
load(":node.bzl", "node_binary")

def _model_library_impl(ctx):
    places = {file.basename: file for file in ctx.files._library}
    for file in ctx.files._runtime + [ctx.file._image]:
        places["wranglet/" + file.basename] = file
    for file in ctx.attr.model[WrangletModelInfo].files.to_list():
        places["network/" + file.basename] = file
    folder = assemble_folder(ctx, places, "ModelLibrary")
    return [DefaultInfo(files = depset([folder]), runfiles = ctx.runfiles([folder]))]

_model_library = rule(
    implementation = _model_library_impl,
    attrs = {
        "model": attr.label(mandatory = True, providers = [WrangletModelInfo]),
        "_image": attr.label(default = "//kernels/image:image.wasm", allow_single_file = True),
        "_library": attr.label(default = "//worker-js:library"),
        "_runtime": attr.label(default = "//worker-js:runtime"),
    },
)

def model_library(name, model, tags = [], visibility = None):
    """Makes a library of a network: a folder for the sources of a Worker of one's own.

    `import { classify } from "./model/index.js"` in that Worker, TypeScript or JavaScript, then
    `classify(await request.arrayBuffer())`; `index.d.ts` says what else there is. Wrangler bundles it as any import.

    Besides `name`, the folder, there is `name.copy`: `bazel run //:model.copy -- ../my-project/src/model` puts the
    folder there, in place of an earlier one.

    Args:
      name: the target and the folder.
      model: a wasm_model that classifies images.
      tags: as everywhere.
      visibility: as everywhere.
    """
    _model_library(name = name, model = model, tags = tags, visibility = visibility)
    node_binary(
        name = name + ".copy",
        entry = Label("//worker-js:copy_library.mjs"),
        tags = ["manual"] + tags,
        visibility = visibility,
        worker = name,
    )
