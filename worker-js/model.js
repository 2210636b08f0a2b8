// A compiled network: model.wasm and its manifest (docs/architecture.md describes both).

import { Sandbox, view } from "./sandbox.js";
import { tensorBytes } from "./tensor.js";
import { fillWeights } from "./weights.js";

/** The versions of model.wasm's exports and of the manifest that this file understands. */
const ABI = 1;
const MANIFEST_FORMAT = 1;

/** What a module's memory holds beside weights and arena: the stack, small constants, and rounding to pages. */
const OTHER_MEMORY = 3 * 65536;

/**
 * @typedef {object} Manifest
 * @property {number} format
 * @property {string} name
 * @property {string} version hash of weights and steps
 * @property {string} precision
 * @property {{ storage: "embedded" | "external", bytes: number, sha256: string }} weights
 * @property {{ arena: number }} memory
 * @property {import("./tensor.js").TensorSpec[]} inputs
 * @property {import("./tensor.js").TensorSpec[]} outputs
 * @property {string[]} [labels]
 */

/**
 * What a model's index.js exports.
 * @typedef {object} ModelFiles
 * @property {Manifest} manifest
 * @property {WebAssembly.Module} module
 * @property {ArrayBuffer} [weights] when they are neither embedded in the module nor fetched by `load`
 */

/** Runs a network, one inference at a time. A trap costs the instance; the next run gets a new one. */
export class Model {
  #sandbox;
  #inputs;
  #outputs;

  /**
   * @param {ModelFiles} files
   * @param {object} [options]
   * @param {boolean} [options.isFetched] external weights come by `load`, not in `files`
   * @throws {Error} when the files do not belong together or to this version
   */
  constructor({ manifest, module, weights }, { isFetched = false } = {}) {
    if (manifest.format !== MANIFEST_FORMAT) {
      throw new Error(
        `model "${manifest.name}": manifest format ${manifest.format} is not ${MANIFEST_FORMAT}; ` +
          "build the model and worker-js as one",
      );
    }
    this.isFetched = isFetched && manifest.weights.storage === "external";
    if (!this.isFetched) checkWeights(manifest, weights);
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

  /** Whether `run` can do without making an instance first. */
  get isReady() {
    return this.#sandbox.isRunning;
  }

  /** The bytes of memory it takes when it is ready: measured if it is, estimated from the manifest if not. */
  get memoryBytes() {
    const { weights, memory } = this.manifest;
    return this.#sandbox.bytes || weights.bytes + memory.arena + OTHER_MEMORY;
  }

  /**
   * Makes the instance now rather than at the first run.
   * @throws {import("./sandbox.js").Trap} when the module can't be started
   */
  prepare() {
    this.#sandbox.use(() => {});
  }

  /**
   * Makes it ready, if it is not, whose weights have to be fetched: they stream into the instance's memory, and are used
   * when their SHA-256 is the manifest's.
   *
   * @param {(manifest: Manifest) => Promise<ReadableStream<Uint8Array>>} open where the weights come from
   * @throws {import("./weights.js").WeightsError} when they do not come whole
   * @throws {import("./sandbox.js").Trap} when the module can't be started
   */
  async load(open) {
    if (this.isReady) return;
    if (!this.isFetched) return this.prepare();
    const { weights } = this.manifest;
    await this.#sandbox.startWith(async (exports) => {
      const memory = view(exports, exports.wranglet_weights(), weights.bytes);
      await fillWeights(memory, this.manifest, open);
    });
  }

  /** Gives its memory back. The next run needs `load` again, or makes an instance. */
  unload() {
    this.#sandbox.drop();
  }

  /**
   * @param {Uint8Array[]} inputs one tensor for each of the manifest's inputs
   * @returns {Uint8Array[]} copies of the outputs
   * @throws {Error} when an input has not the manifest's size, or the weights were not loaded
   * @throws {import("./sandbox.js").Trap} when the network failed
   */
  run(inputs) {
    const sizes = inputs.map((input) => input.length);
    if (sizes.join() !== this.#inputs.join()) {
      throw new Error(
        `model "${this.manifest.name}" takes tensors of [${this.#inputs}] bytes, not [${sizes}]`,
      );
    }
    if (this.isFetched && !this.isReady) {
      throw new Error(`model "${this.manifest.name}" runs only after its weights are loaded`);
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
