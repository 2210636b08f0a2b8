// Wranglet: model.wasm as the Worker runs it.

import { createReadStream, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";

import { Model } from "../../../worker-js/model.js";

/** The manifest of a wasm_model. */
export const readManifest = (folder) =>
  JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8"));

/**
 * @param {string} name
 * @param {string} folder of a wasm_model; weights apart are streamed, as a Worker has them from its store
 * @returns {import("../contender.mjs").Contender}
 */
export function wranglet(name, folder) {
  const file = path.join(folder, "model.wasm");
  const weights = path.join(folder, "weights.bin");
  return {
    name,
    files: [file, weights].filter(existsSync),
    async load() {
      const manifest = readManifest(folder);
      const module = new WebAssembly.Module(readFileSync(file));
      const model = new Model({ manifest, module }, { isFetched: true });
      await model.load(async () => Readable.toWeb(createReadStream(weights)));
      return {
        inputs: manifest.inputs,
        run: async (inputs) => model.run(inputs),
        memory: () => model.memoryBytes,
        close() {},
      };
    },
  };
}
