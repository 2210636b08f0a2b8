// Wranglet: model.wasm as the Worker runs it.

import { readFileSync } from "node:fs";
import path from "node:path";

import { Model } from "../../../worker-js/model.js";

/** The manifest of a wasm_model. */
export const readManifest = (folder) =>
  JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8"));

/**
 * @param {string} name
 * @param {string} folder of a wasm_model
 * @returns {import("../contender.mjs").Contender}
 */
export function wranglet(name, folder) {
  const file = path.join(folder, "model.wasm");
  return {
    name,
    files: [file],
    async load() {
      const manifest = readManifest(folder);
      const module = new WebAssembly.Module(readFileSync(file));
      const model = new Model({ manifest, module });
      model.prepare();
      return {
        inputs: manifest.inputs,
        run: async (inputs) => model.run(inputs),
        memory: () => new WebAssembly.Instance(module).exports.memory.buffer.byteLength,
        close() {},
      };
    },
  };
}
