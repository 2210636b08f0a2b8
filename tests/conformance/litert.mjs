// LiteRT in Node.js: XNNPACK's CPU kernels compiled to WebAssembly, with one thread. LiteRT.js itself
// is made for browsers and knows float32, int32 and uint8 tensors only; this uses the bindings of its
// WebAssembly module, which take bytes of any type.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";

// The modules that LiteRT.js loads: in an engine with relaxed SIMD, as workerd and Node.js are, and
// elsewhere. WRANGLET_LITERT is the folder node_modules that has them.
const FOLDER = resolve(process.env.WRANGLET_LITERT, "@litertjs/core/wasm");
export const LITERT_BUILDS = {
  relaxed: join(FOLDER, "litert_wasm_internal.js"),
  compat: join(FOLDER, "litert_wasm_compat_internal.js"),
};

/** litert::ElementType's numbers of the types a network's inputs and outputs have. */
const DTYPES = { 1: "float32", 2: "int32", 3: "uint8", 4: "int64", 7: "int16", 9: "int8" };

/** By the name of the build. */
const loaded = new Map();

/** The script's factory of modules. It is CommonJS, though its package says otherwise. */
function requireFactory(script) {
  const names = ["module", "exports", "require", "__filename", "__dirname"];
  const module = { exports: {} };
  const run = compileFunction(readFileSync(script, "utf8"), names, { filename: script });
  run(module, module.exports, createRequire(script), script, dirname(script));
  return module.exports;
}

async function loadModule(build) {
  const messages = [];
  const module = await requireFactory(LITERT_BUILDS[build])({
    locateFile: (file) => join(FOLDER, file),
    print: (line) => messages.push(line),
    printErr: (line) => messages.push(line),
  });
  module.setupLogging();
  return { module, environment: module.LiteRtEnvironment.create(null), messages };
}

/** Calls `use` with an object of the module, then frees it. */
function using(object, use) {
  try {
    return use(object);
  } finally {
    object.delete();
  }
}

const toArray = (vector) =>
  using(vector, () => Array.from({ length: vector.size() }, (_, i) => vector.get(i)));

/**
 * A network ready to run.
 *
 * @typedef {{ name: string, dtype: string, shape: number[], bytes: number }} TensorInfo
 */
export class LiteRtModel {
  /**
   * Compiles a network; throws an Error with LiteRT's messages when it does not accept it.
   *
   * @param {Uint8Array} bytes of a .tflite file
   * @param {keyof typeof LITERT_BUILDS} [build]
   * @returns {Promise<LiteRtModel>}
   */
  static async load(bytes, build = "relaxed") {
    if (!loaded.has(build)) loaded.set(build, loadModule(build));
    const { module, environment, messages } = await loaded.get(build);
    messages.length = 0;
    const address = module._malloc(bytes.byteLength);
    try {
      module.HEAPU8.set(bytes, address);
      const network = module.loadModel(environment, address, bytes.byteLength);
      const options = {
        accelerator: "wasm",
        cpuOptions: { numThreads: 1 },
        gpuOptions: {},
        webNNOptions: {},
      };
      const compiled = await module.compileModel(environment, network, options);
      return new LiteRtModel(module, environment, network, compiled, address);
    } catch (error) {
      module._free(address);
      throw new Error(`LiteRT does not accept the network: ${error}\n${messages.join("\n")}`);
    }
  }

  #module;
  #environment;
  #network;
  #compiled;
  #address;

  /** @type {TensorInfo[]} */
  inputs;
  /** @type {TensorInfo[]} */
  outputs;

  constructor(module, environment, network, compiled, address) {
    this.#module = module;
    this.#environment = environment;
    this.#network = network;
    this.#compiled = compiled;
    this.#address = address;
    const describe = (names, typeOf) =>
      toArray(names).map((name, i) => using(typeOf(i), (type) => this.#describe(name, type)));
    using(network.getSignature(0), (signature) => {
      this.inputs = describe(signature.inputNames(), (i) => network.getInputTensorType(0, i));
      this.outputs = describe(signature.outputNames(), (i) => network.getOutputTensorType(0, i));
    });
  }

  /** Bytes of WebAssembly memory, of all networks together. */
  get memoryBytes() {
    return this.#module.HEAPU8.byteLength;
  }

  #describe(name, type) {
    const element = type.elementType().value;
    const shape = using(type.layout(), (layout) => toArray(layout.dimensions()));
    return { name, dtype: DTYPES[element] ?? `type ${element}`, shape, bytes: type.bytes() };
  }

  /**
   * One inference.
   *
   * @param {Uint8Array[]} inputs each tensor's bytes
   * @returns {Promise<Uint8Array[]>} each output tensor's bytes
   */
  async run(inputs) {
    const buffers = inputs.map((bytes, i) => this.#bufferOf(bytes, i));
    try {
      const results = await this.#compiled.run(0, buffers);
      return results.map((result) => using(result, () => this.#read(result)));
    } finally {
      for (const buffer of buffers) buffer.delete();
    }
  }

  #bufferOf(bytes, i) {
    if (bytes.byteLength !== this.inputs[i].bytes) {
      throw new RangeError(`input ${i} has ${bytes.byteLength} bytes, not ${this.inputs[i].bytes}`);
    }
    const { LiteRtTensorBuffer, LiteRtTensorBufferType, LiteRtTensorBufferLockMode } = this.#module;
    return using(this.#network.getInputTensorType(0, i), (type) => {
      const memory = LiteRtTensorBufferType.HOST_MEMORY;
      const buffer = LiteRtTensorBuffer.createManaged(
        this.#environment,
        memory,
        type,
        bytes.byteLength,
      );
      this.#module.HEAPU8.set(bytes, buffer.lock(LiteRtTensorBufferLockMode.WRITE));
      buffer.unlock();
      return buffer;
    });
  }

  #read(buffer) {
    const address = buffer.lock(this.#module.LiteRtTensorBufferLockMode.READ);
    const bytes = this.#module.HEAPU8.slice(address, address + buffer.packedSize());
    buffer.unlock();
    return bytes;
  }

  /** Frees it. */
  close() {
    this.#compiled.delete();
    this.#network.delete();
    this.#module._free(this.#address);
  }
}

/**
 * One inference of a network, compiled for it.
 *
 * @param {Uint8Array} modelBytes
 * @param {Uint8Array[]} inputs
 * @returns {Promise<Uint8Array[]>}
 */
export async function runLiteRt(modelBytes, inputs) {
  const model = await LiteRtModel.load(modelBytes);
  try {
    return await model.run(inputs);
  } finally {
    model.close();
  }
}
