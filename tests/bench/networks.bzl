"""shared_networks: the real networks that lie beside the source tree, where they do."""

_NETWORKS = [
    "kws_dscnn_int8.tflite",
    "mobilenet_v2_1.0_224_int8.tflite",
    "mobilenetv2-12-qdq.onnx",
    "resnet8_cifar10_float.tflite",
    "resnet8_cifar10_int8.tflite",
    "vww_96_float.tflite",
    "vww_96_int8.tflite",
]

def _shared_networks_impl(rctx):
    folder = rctx.path(rctx.attr.workspace).dirname.dirname.get_child("shared").get_child("models")
    present = [name for name in _NETWORKS if folder.get_child(name).exists]
    for name in present:
        rctx.symlink(folder.get_child(name), name)
    rctx.file("BUILD.bazel", "exports_files({})\n".format(repr(present)))
    rctx.file("present.bzl", "PRESENT = {}\n".format(repr(present)))

shared_networks = repository_rule(
    doc = "`@NAME//:FILE` for each network of ../shared/models that is there; `present.bzl` lists them.",
    implementation = _shared_networks_impl,
    attrs = {"workspace": attr.label(mandatory = True, doc = "A file at the workspace's root.")},
    local = True,
)
