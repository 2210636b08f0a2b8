wasm_model(
    name = "{MODEL}",
    calibration = PHOTOS,
    color = "{COLOR}",
    crop = "{CROP}",
    labels = "models/{LABELS}",
    model = "models/{FILE}",
    normalize = "minus1_1",
)
