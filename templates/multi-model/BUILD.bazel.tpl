load("@wranglet//plugin:defs.bzl", "model_answers", "wasm_model", "wrangler_worker", "wrangler_worker_test")

# Photos like those the Worker will see. A float network becomes int8 by what it makes of them: give a few dozen.
PHOTOS = glob(
    ["photos/*"],
    exclude = [
        "photos/*.md",
        "photos/.*",
    ],
)

# The first of them answers where no name is given.
MODELS = [{MODELS}]

# `normalize` says how the network was trained to see a pixel: minus1_1, 0_1, imagenet or none.
{NETWORKS}
wrangler_worker(
    name = "worker",
    config = "wrangler.toml",
    models = MODELS,
    worker_name = "{NAME}",
)

# What the networks answer on this machine, to hold the Worker's answers against: MODEL.answers.jsonl.
[
    model_answers(
        name = model + ".answers",
        images = PHOTOS,
        model = model,
    )
    for model in MODELS
]

wrangler_worker_test(
    name = "worker_test",
    srcs = ["worker_test.mjs"],
    data = [model + ".answers" for model in MODELS] + PHOTOS,
    env = {"ANSWERS": " ".join(["$(rootpath {}.answers)".format(model) for model in MODELS])},
    worker = ":worker",
)
