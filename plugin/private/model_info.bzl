"""What the rules know of a compiled network."""

WrangletModelInfo = provider(
    doc = "A network compiled by wasm_model.",
    fields = {
        "arguments": "The options `wranglet` was given, a list of strings: `wranglet run` takes the same.",
        "files": "depset of Files that a Worker deploys: index.js, manifest.js, model.wasm, weights.bin when external.",
        "inputs": "depset of Files that `arguments` name.",
        "manifest": "model.json, a File.",
        "model_name": "The model's name, and its folder's in the Worker.",
    },
)
