// A Worker that runs a network in TensorFlow.js: `/infer/COUNT` makes it ready, if it is not, and infers so often. Bundled by
// tensorflow.mjs, which says what the modules "backend", "layers" and "./tfjs.wasm" are.

import * as tf from "@tensorflow/tfjs-core";

import backend from "backend";
import layers from "layers";

import { networkOf } from "../bench/contenders/tfjs_layers.mjs";

/** @type {Promise<(pixels: Float32Array) => any> | undefined} */
let network;

/** Workers may not compute at random, nor wait, before the first request. */
async function start() {
  await backend(tf);
  return networkOf(tf, layers);
}

export default {
  async fetch({ url }) {
    const count = Number(new URL(url).pathname.split("/")[2]);
    const infer = await (network ??= start());
    const [shape] = layers[0].inputs;
    const pixels = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let left = count; left > 0; --left) {
      const output = infer(pixels);
      output.dataSync();
      output.dispose();
    }
    return new Response();
  },
};
