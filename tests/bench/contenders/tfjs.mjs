// TensorFlow.js, on its WebAssembly or its plain JavaScript backend. It reads neither .tflite nor
// .onnx, so it is given a network's layers, as Wranglet's plan lists them.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { layersOf as readLayers } from "../profile.mjs";
import { isTranslated, networkOf, parseLayer } from "./tfjs_layers.mjs";

const PACKAGES = path.resolve(process.env.WRANGLET_BENCH_PACKAGES);
const require = createRequire(path.join(PACKAGES, "@tensorflow/package.json"));

/** TensorFlow.js's WebAssembly: with SIMD, one thread. */
export const WASM = path.join(
  PACKAGES,
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
);

/**
 * @param {string} plan a network's steps.cc, in float32
 * @returns {import("./tfjs_layers.mjs").Layer[] | undefined} nothing where it has layers that are not translated
 */
export function layersOf(plan) {
  const layers = readLayers(readFileSync(plan, "utf8")).map((layer) =>
    parseLayer(layer.slice(layer.lastIndexOf(": ") + 2)),
  );
  return isTranslated(layers) ? layers : undefined;
}

/**
 * @param {"wasm" | "cpu"} backend
 * @param {string} plan the network's steps.cc, in float32
 * @returns {import("../contender.mjs").Contender | undefined} nothing where it has layers that are not
 *     translated
 */
export function tensorflowJs(backend, plan) {
  const layers = layersOf(plan);
  if (!layers) return undefined;
  return {
    name: `TensorFlow.js ${backend}`,
    files: backend === "wasm" ? [WASM] : [],
    async load() {
      const tf = require("@tensorflow/tfjs-core");
      require(`@tensorflow/tfjs-backend-${backend}`).setWasmPaths?.(`${path.dirname(WASM)}/`);
      await tf.setBackend(backend);
      const network = networkOf(tf, layers);
      return {
        inputs: [{ dtype: "float32", shape: layers[0].inputs[0] }],
        async run([bytes]) {
          await tf.setBackend(backend);
          const output = network(
            new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
          );
          const scores = await output.data();
          output.dispose();
          return scores;
        },
        memory: () => undefined,
        close() {},
      };
    },
  };
}
