// onnxruntime, as WebAssembly (onnxruntime-web) and native (onnxruntime-node), with one thread.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// The folder node_modules that has both.
const PACKAGES = path.resolve(process.env.WRANGLET_BENCH_PACKAGES);
const WEB = path.join(PACKAGES, "onnxruntime-web/dist");

const ARRAYS = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array };

/** A session of either, whose network has one input. */
function sessionOf(ort, session) {
  const [name] = session.inputNames;
  const [{ shape, type }] = session.inputMetadata;
  // The batch may be a name.
  const dims = shape.map((size) => (typeof size === "number" ? size : 1));
  return {
    inputs: [{ dtype: type, shape: dims }],
    run: ([bytes]) => {
      const elements = new ARRAYS[type](bytes.buffer, bytes.byteOffset);
      return session.run({ [name]: new ort.Tensor(type, elements, dims) });
    },
    memory: () => undefined,
    close: () => session.release(),
  };
}

/**
 * @param {string} network an .onnx file
 * @returns {import("../contender.mjs").Contender}
 */
export function onnxruntimeWeb(network) {
  return {
    name: "onnxruntime-web",
    files: [path.join(WEB, "ort-wasm-simd-threaded.wasm"), network],
    async load() {
      const ort = await import(pathToFileURL(path.join(WEB, "ort.wasm.min.mjs")).href);
      ort.env.wasm.numThreads = 1;
      const options = { executionProviders: ["wasm"] };
      return sessionOf(ort, await ort.InferenceSession.create(readFileSync(network), options));
    },
  };
}

/**
 * @param {string} network an .onnx file
 * @returns {import("../contender.mjs").Contender}
 */
export function onnxruntimeNode(network) {
  const platform = `${process.platform}/${process.arch}`;
  return {
    name: "onnxruntime native",
    files: [
      path.join(PACKAGES, `onnxruntime-node/bin/napi-v6/${platform}/libonnxruntime.so.1`),
      network,
    ],
    async load() {
      const ort = createRequire(path.join(PACKAGES, "index.js"))("onnxruntime-node");
      const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
      return sessionOf(ort, await ort.InferenceSession.create(network, options));
    },
  };
}
