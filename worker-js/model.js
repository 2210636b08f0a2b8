// A compiled network: model.wasm and its manifest (docs/architecture.md describes both).

import { Sandbox, view } from "./sandbox.js";
import { tensorBytes } from "./tensor.js";

/** The versions of model.wasm's exports and of the manifest that this file understands. */
const ABI = 1;
const MANIFEST_FORMAT = 1;

/**
 * @typedef {object} Manifest
 * @property {number} format
 * @property {string} name
 * @property {string} version hash of weights and steps
 * @property {string} precision
 * @property {{ storage: "embedded" | "external", bytes: number }} weights
 * @property {import("./tensor.js").TensorSpec[]} inputs
 * @property {import("./tensor.js").TensorSpec[]} outputs
 * @property {string[]} [labels]
 */

/**
 * What a model's index.js exports.
 * @typedef {object} ModelFiles
 * @property {Manifest} manifest
 * @property {WebAssembly.Module} module
 * @property {ArrayBuffer} [weights] when they are not embedded in the module
 */

/** Runs a network, one inference at a time. A trap costs the instance; the next run gets a new one. */
export class Model {
  #sandbox;
  #inputs;
  #outputs;

  /**
   * @param {ModelFiles} files
   * @throws {Error} when the files do not belong together or to this version
   */
  constructor({ manifest, module, weights }) {
    if (manifest.format !== MANIFEST_FORMAT) {
      throw new Error(
        `model "${manifest.name}": manifest format ${manifest.format} is not ${MANIFEST_FORMAT}; ` +
          "build the model and worker-js as one",
      );
    }
    checkWeights(manifest, weights);
    this.manifest = manifest;
    this.#inputs = manifest.inputs.map(tensorBytes);
    this.#outputs = manifest.outputs.map(tensorBytes);
    this.#sandbox = new Sandbox(
      `model "${manifest.name}"`,
      module,
      [
        "wranglet_abi",
        "wranglet_weights",
        "wranglet_prepare",
        "wranglet_input",
        "wranglet_output",
        "wranglet_infer",
      ],
      (exports) => start(exports, weights),
    );
  }

  /** Makes the instance now rather than at the first run. */
  prepare() {
    this.#sandbox.use(() => {});
  }

  /**
   * @param {Uint8Array[]} inputs one tensor for each of the manifest's inputs
   * @returns {Uint8Array[]} copies of the outputs
   * @throws {Error} when an input has not the manifest's size
   * @throws {import("./sandbox.js").Trap} when the network failed
   */
  run(inputs) {
    const sizes = inputs.map((input) => input.length);
    if (sizes.join() !== this.#inputs.join()) {
      throw new Error(
        `model "${this.manifest.name}" takes tensors of [${this.#inputs}] bytes, not [${sizes}]`,
      );
    }
    return this.#sandbox.use((exports) => {
      inputs.forEach((input, i) =>
        view(exports, exports.wranglet_input(i), input.length).set(input),
      );
      exports.wranglet_infer();
      return this.#outputs.map((bytes, i) =>
        view(exports, exports.wranglet_output(i), bytes).slice(),
      );
    });
  }
}

/**
 * @param {Manifest} manifest
 * @param {ArrayBuffer} [weights]
 */
function checkWeights({ name, weights: { storage, bytes } }, weights) {
  const expected = storage === "external" ? bytes : undefined;
  if (weights?.byteLength !== expected) {
    throw new Error(
      `model "${name}" has ${storage} weights: expected ${expected ?? "no"} bytes beside the module, ` +
        `got ${weights?.byteLength ?? "none"}`,
    );
  }
}

/**
 * @param {import("./sandbox.js").Exports} exports
 * @param {ArrayBuffer} [weights]
 */
function start(exports, weights) {
  const abi = exports.wranglet_abi();
  if (abi !== ABI) throw new Error(`its ABI is ${abi}, not ${ABI}; build it and worker-js as one`);
  if (weights) {
    view(exports, exports.wranglet_weights(), weights.byteLength).set(new Uint8Array(weights));
  }
  exports.wranglet_prepare();
}
