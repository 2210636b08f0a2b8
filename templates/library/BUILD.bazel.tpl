load("@wranglet//plugin:defs.bzl", "model_answers", "model_library", "wasm_model", "wrangler_worker_test")

# Photos like those the Worker will see. A float network becomes int8 by what it makes of them: give a few dozen.
PHOTOS = glob(
    ["photos/*"],
    exclude = [
        "photos/*.md",
        "photos/.*",
    ],
)

# `normalize` says how the network was trained to see a pixel: minus1_1, 0_1, imagenet or none.
{NETWORKS}
# The folder to import from. `bazel run //:model.copy -- FOLDER` puts it into a project.
model_library(
    name = "model",
    model = ":{MODEL}",
)

# What the network answers on this machine, to hold the Worker's answers against.
model_answers(
    name = "answers",
    images = PHOTOS,
    model = ":{MODEL}",
)

wrangler_worker_test(
    name = "worker_test",
    srcs = ["worker_test.mjs"],
    data = [
        "wrangler.toml",
        ":answers",
    ] + PHOTOS + glob(
        ["src/**"],
        exclude = ["src/model/**"],
    ),
    env = {"ANSWERS": "$(rootpath :answers)"},
    worker = ":model",
)
