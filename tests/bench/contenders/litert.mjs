// LiteRT.js: XNNPACK compiled to WebAssembly, with relaxed SIMD or without.

import { readFileSync } from "node:fs";

import { LITERT_BUILDS, LiteRtModel } from "../../conformance/litert.mjs";

/**
 * @param {"relaxed" | "compat"} build
 * @param {string} network a .tflite file
 * @returns {import("../contender.mjs").Contender}
 */
export function litert(build, network) {
  return {
    name: `LiteRT.js ${build}`,
    files: [LITERT_BUILDS[build].replace(/\.js$/, ".wasm"), network],
    async load() {
      const model = await LiteRtModel.load(readFileSync(network), build);
      return {
        inputs: model.inputs,
        run: (inputs) => model.run(inputs),
        memory: () => model.memoryBytes,
        close: () => model.close(),
      };
    },
  };
}
