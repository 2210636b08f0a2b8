"""wasm_model: a trained network as a WebAssembly module with its manifest and ES module."""

load(":cc.bzl", "cc_binary", "cc_library")
load(":compile_model.bzl", "compile_model")
load(":model_info.bzl", "WrangletModelInfo")
load(":wasm_binary.bzl", "MODULE_LINKOPTS", "WASM_OPT_ATTR", "wasm_opt")
load(":wasm_transition.bzl", "SIMD_ATTR", "wasm_transition")

# The memory of a model is what the linker counts: constants, one arena, this stack. There is no heap.
MODEL_LINKOPTS = MODULE_LINKOPTS + [
    "-sMALLOC=none",
    "-sINITIAL_HEAP=0",
    "-sSTACK_SIZE=65536",
]

def _link(ctx, file, path):
    link = ctx.actions.declare_file(path)
    ctx.actions.symlink(output = link, target_file = file)
    return link

def _wasm_model_impl(ctx):
    compiled = ctx.attr.compiled[0][WrangletModelInfo]
    folder = ctx.label.name
    module = ctx.actions.declare_file(folder + "/model.wasm")
    wasm_opt(ctx, ctx.file.module, module, "-O3")
    deployed = [module] + [_link(ctx, file, "{}/{}".format(folder, file.basename)) for file in compiled.files.to_list()]
    manifest = _link(ctx, compiled.manifest, folder + "/model.json")
    types = [
        _link(ctx, file, "{}/{}".format(folder, file.basename))
        for file in ctx.attr.compiled[0][OutputGroupInfo].types.to_list()
    ]
    return [
        DefaultInfo(files = depset(deployed + [manifest] + types)),
        WrangletModelInfo(
            arguments = compiled.arguments,
            files = depset(deployed),
            inputs = compiled.inputs,
            manifest = manifest,
            model_name = compiled.model_name,
        ),
    ]

_wasm_model = rule(
    implementation = _wasm_model_impl,
    attrs = {
        "compiled": attr.label(mandatory = True, cfg = wasm_transition, providers = [WrangletModelInfo]),
        "module": attr.label(mandatory = True, allow_single_file = True, cfg = wasm_transition),
        "simd": SIMD_ATTR,
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
        "_wasm_opt": WASM_OPT_ATTR,
    },
    provides = [WrangletModelInfo],
)

def wasm_model(
        name,
        model,
        accuracy_csv = None,
        accuracy_images = [],
        bands = "auto",
        calibration = [],
        calibration_method = "auto",
        class_map = None,
        class_offset = 0,
        color = "rgb",
        crop = "center",
        dequantize = False,
        label_column = "",
        labels = None,
        max_accuracy_loss = "",
        mean = [],
        min_sqnr = "25",
        model_name = None,
        normalize = "minus1_1",
        precision = "int8",
        simd = "relaxed",
        std = [],
        weights = "embedded",
        tags = [],
        visibility = None):
    """Compiles a trained network into a small WebAssembly module.

    The target's files, in a folder of its name: `model.wasm`, `index.js` (an ES module: manifest and
    module), `index.d.ts`, `manifest.js`, `model.json`, and `weights.bin` when the weights are external.

    Args:
      name: the target, and the folder its files lie in.
      model: the network, an `.onnx` or `.tflite` file.
      accuracy_csv: see `accuracy_images`: a table, with a header, of their paths from its own folder (`file`) and
        their classes (`label`, `class_index` or `class`).
      accuracy_images: with `max_accuracy_loss`, labelled photos, others than those of `calibration`: each in a
        folder named by its class, or else named in `accuracy_csv`. Without any, accuracy is agreement with float32
        on the photos of `calibration`.
      bands: `auto` runs chains of convolutions by bands of rows where that makes a large arena (over 256 KiB) smaller,
        so that the tensors between them never exist as a whole; `off` runs layer by layer. Results are the same.
      calibration: photos (JPEG, PNG or WebP) like those the Worker will see; a float network needs some to become int8.
      calibration_method: how a float network's ranges follow from the photos: `auto` tries much and takes what
        measures best; `minmax`, `percentile`, `mse` and `entropy` do just that, for comparison.
      class_map: what the labels of `accuracy_images` mean, where they are neither the names in `labels` nor numbers: a
        file of lines of a label, a comma and a class's index.
      class_offset: what to add to the index of a class that these labels give: 1 for a network whose class 0 is
        "background".
      color: `rgb`, `bgr` or `gray`: the order of the input's channels.
      crop: how a photo is fitted to the input: `center` cuts the largest centred rectangle of the
        input's aspect, `stretch` ignores the aspect, `letterbox` keeps all of the photo and fills the rest.
      dequantize: takes a network that comes quantised as the float network it stands for, to quantise that anew.
      label_column: the column of `accuracy_csv` with the classes, if it is called otherwise.
      labels: a text file, one class name a line, in the order of the network's output.
      max_accuracy_loss: with precision `auto`, how many points of top-1 accuracy it may lose, as a string: "0.5".
        Replaces `min_sqnr`. One photo of 200 is half a point, so give a few hundred; the compiler runs all of them for
        each set of layers it tries.
      mean: with `std`, the normalisation (pixel - mean) / std, a number a channel, as strings. Replaces `normalize`.
      min_sqnr: with precision `auto`, the signal-to-noise ratio that int8 has to keep at the outputs, in decibels, as
        a string.
      model_name: the name in answers and URLs; `name` by default.
      normalize: how the network was trained to see a pixel of 0 to 255: `minus1_1`, `0_1`, `imagenet`
        (ImageNet's mean and standard deviation) or `none`.
      precision: `int8`; `int16` (activations of 16 bits, weights of 8: about twice as slow); `auto` (int8, and int16 in
        the fewest layers that keep `max_accuracy_loss`, or reach `min_sqnr`); or `float32` (four times the weights, and slower).
      simd: `relaxed`, or `simd128` for engines without relaxed SIMD.
      std: see `mean`.
      weights: `embedded` in model.wasm, or `external`: a file beside it.
      tags: as everywhere.
      visibility: as everywhere.
    """
    compiled = name + ".compiled"
    compile_model(
        name = compiled,
        accuracy_csv = accuracy_csv,
        accuracy_images = accuracy_images,
        bands = bands,
        calibration = calibration,
        calibration_method = calibration_method,
        class_map = class_map,
        class_offset = class_offset,
        color = color,
        crop = crop,
        dequantize = dequantize,
        label_column = label_column,
        labels = labels,
        max_accuracy_loss = max_accuracy_loss,
        mean = mean,
        min_sqnr = min_sqnr,
        model = model,
        model_name = model_name or name,
        normalize = normalize,
        precision = precision,
        simd = simd,
        std = std,
        tags = ["manual"] + tags,
        visibility = ["//visibility:private"],
        weights = weights,
    )
    for group in ["steps", "weights"]:
        native.filegroup(
            name = "{}.{}".format(compiled, group),
            srcs = [compiled],
            output_group = group,
            tags = ["manual"],
            visibility = ["//visibility:private"],
        )

    # steps.cc embeds weights.bin, which it finds beside itself.
    cc_library(
        name = compiled + ".embedded",
        tags = ["manual"],
        textual_hdrs = [compiled + ".weights"],
        visibility = ["//visibility:private"],
    )
    cc_binary(
        name = name + ".module.wasm",
        srcs = [compiled + ".steps"],
        linkopts = MODEL_LINKOPTS,
        # Not from a cache that workspaces share: clang tells of an embedded file by its absolute path, which
        # another workspace's Bazel would not accept.
        tags = [
            "manual",
            "no-cache",
        ],
        visibility = ["//visibility:private"],
        deps = [
            compiled + ".embedded",
            Label("//kernels"),
        ],
    )
    _wasm_model(
        name = name,
        compiled = compiled,
        module = name + ".module.wasm",
        simd = simd,
        tags = tags,
        visibility = visibility,
    )
