"""compile_model: runs `wranglet compile`, network in, C++ and manifest out. wasm_model's first half."""

load(":model_info.bzl", "WrangletModelInfo")

PRECISIONS = ["int8", "int16", "float32", "auto"]
CALIBRATION_METHODS = ["auto", "minmax", "percentile", "mse", "entropy"]
NORMALIZATIONS = ["minus1_1", "0_1", "imagenet", "none"]
BANDS = ["auto", "off"]
COLORS = ["rgb", "bgr", "gray"]
CROPS = ["center", "stretch", "letterbox"]
STORAGES = ["embedded", "external"]

_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

_OUTPUTS = ["steps.cc", "weights.bin", "model.json", "manifest.js", "index.js", "index.d.ts"]

def _table(files):
    """A table of images, each labelled by its folder's name."""
    rows = [[file.path, file.dirname.rsplit("/", 1)[-1]] for file in files]
    lines = [",".join(['"{}"'.format(field.replace('"', '""')) for field in row]) for row in rows]
    return "\n".join(["file,label"] + lines) + "\n"

def _accuracy_table(ctx):
    """The table of the images that tell the accuracy, and the folder its paths begin at; or nothing."""
    if ctx.file.accuracy_csv:
        return ctx.file.accuracy_csv, ctx.file.accuracy_csv.dirname
    if not ctx.files.accuracy_images:
        return None, None
    table = ctx.actions.declare_file(ctx.label.name + ".accuracy.csv")
    ctx.actions.write(table, _table(ctx.files.accuracy_images))
    return table, "."

def _accuracy_arguments(ctx, table, folder):
    """The options for the accuracy that precision auto keeps."""
    attr = ctx.attr
    if not attr.max_accuracy_loss:
        return ["--min-sqnr", attr.min_sqnr]
    arguments = ["--max-accuracy-loss", attr.max_accuracy_loss]
    if table:
        arguments += ["--accuracy-csv", table.path, "--accuracy-images", folder or "."]
        arguments += ["--class-offset", str(attr.class_offset)]
        if attr.label_column:
            arguments += ["--label-column", attr.label_column]
    if ctx.file.class_map:
        arguments += ["--class-map", ctx.file.class_map.path]
    return arguments

def _arguments(ctx, calibration_list, accuracy):
    """The options of `wranglet compile` that also tell `wranglet run` which network this is."""
    attr = ctx.attr
    arguments = [ctx.file.model.path, "--name", attr.model_name]
    for option in ["bands", "precision", "color", "crop", "simd", "weights"]:
        arguments += ["--" + option, getattr(attr, option)]
    if attr.mean or attr.std:
        arguments += ["--mean", ",".join(attr.mean), "--std", ",".join(attr.std)]
    else:
        arguments += ["--normalize", attr.normalize]
    if ctx.file.labels:
        arguments += ["--labels", ctx.file.labels.path]
    if calibration_list:
        arguments += ["--calibration-list", calibration_list.path, "--calibration-method", attr.calibration_method]
        arguments += accuracy
    if attr.dequantize:
        arguments.append("--dequantize")
    return arguments

def _check(ctx):
    """Fails for attributes that `wranglet` cannot be given."""
    name = ctx.attr.model_name
    if not name or name.strip(_NAME_CHARACTERS) or name[0] == ".":
        fail("{}: '{}' cannot be a model's name, which is a folder's and a URL's; give model_name letters, digits, '-', '_' and '.'".format(
            ctx.label,
            name,
        ))
    if bool(ctx.attr.mean) != bool(ctx.attr.std):
        fail("{}: mean and std go together, one number a channel each".format(ctx.label))
    if (ctx.files.accuracy_images or ctx.file.accuracy_csv) and not ctx.attr.max_accuracy_loss:
        fail("{}: accuracy_images and accuracy_csv go with max_accuracy_loss".format(ctx.label))

def _compile_model_impl(ctx):
    _check(ctx)
    calibration_list = None
    inputs = [ctx.file.model] + ctx.files.calibration
    if ctx.files.calibration:
        calibration_list = ctx.actions.declare_file(ctx.label.name + ".calibration.txt")
        ctx.actions.write(calibration_list, "".join([file.path + "\n" for file in ctx.files.calibration]))
        inputs.append(calibration_list)
    if ctx.file.labels:
        inputs.append(ctx.file.labels)

    table, folder = _accuracy_table(ctx)
    inputs += ctx.files.accuracy_images + [file for file in [table, ctx.file.class_map] if file]

    outputs = {name: ctx.actions.declare_file("{}/{}".format(ctx.label.name, name)) for name in _OUTPUTS}
    arguments = _arguments(ctx, calibration_list, _accuracy_arguments(ctx, table, folder))
    ctx.actions.run(
        executable = ctx.executable._wranglet,
        arguments = ["compile"] + arguments + ["--out", outputs["steps.cc"].dirname],
        inputs = inputs,
        outputs = outputs.values(),
        mnemonic = "WrangletCompile",
        progress_message = "Compiling network %{input}",
    )
    deployed = [outputs["index.js"], outputs["manifest.js"]]
    if ctx.attr.weights == "external":
        deployed.append(outputs["weights.bin"])
    return [
        DefaultInfo(files = depset(outputs.values())),
        OutputGroupInfo(
            steps = depset([outputs["steps.cc"]]),
            types = depset([outputs["index.d.ts"]]),
            weights = depset([outputs["weights.bin"]]),
        ),
        WrangletModelInfo(
            arguments = arguments,
            files = depset(deployed),
            inputs = depset(inputs),
            manifest = outputs["model.json"],
            model_name = ctx.attr.model_name,
        ),
    ]

compile_model = rule(
    doc = "Runs `wranglet compile`. The attributes are wasm_model's.",
    implementation = _compile_model_impl,
    attrs = {
        "accuracy_csv": attr.label(allow_single_file = True),
        "accuracy_images": attr.label_list(allow_files = True),
        "bands": attr.string(default = "auto", values = BANDS),
        "calibration": attr.label_list(allow_files = True),
        "calibration_method": attr.string(default = "auto", values = CALIBRATION_METHODS),
        "class_map": attr.label(allow_single_file = True),
        "class_offset": attr.int(),
        "color": attr.string(default = "rgb", values = COLORS),
        "crop": attr.string(default = "center", values = CROPS),
        "dequantize": attr.bool(),
        "label_column": attr.string(),
        "labels": attr.label(allow_single_file = True),
        "max_accuracy_loss": attr.string(),
        "mean": attr.string_list(),
        "min_sqnr": attr.string(default = "25"),
        "model": attr.label(mandatory = True, allow_single_file = [".onnx", ".tflite"]),
        "model_name": attr.string(mandatory = True),
        "normalize": attr.string(default = "minus1_1", values = NORMALIZATIONS),
        "precision": attr.string(default = "int8", values = PRECISIONS),
        "simd": attr.string(default = "relaxed", values = ["relaxed", "simd128"]),
        "std": attr.string_list(),
        "weights": attr.string(default = "embedded", values = STORAGES),
        "_wranglet": attr.label(default = "//plugin/compiler/cli:wranglet", cfg = "exec", executable = True),
    },
)
