// How long each step of a network takes: by a module that says when one begins.

import { readFileSync } from "node:fs";

import { median } from "./statistics.mjs";

const WARM_UP = 20;

const product = (shape) => shape.split("x").reduce((count, size) => count * Number(size), 1);

/**
 * @param {string} summary of a step in steps.cc, "Conv2D 1x96x96x3, 16x3x3x3 -> 1x48x48x16"
 * @returns {number} its multiply-accumulates: 0 of one that multiplies by no filter
 */
export function macsOf(summary) {
  const [inputs, output] = summary.split(" -> ");
  const [operator, , filter] = inputs.split(/,? /);
  if (!["Conv2D", "DepthwiseConv2D", "FullyConnected"].includes(operator)) return 0;
  const sizes = filter.split("x");
  const channels = operator === "DepthwiseConv2D" ? sizes[3] : sizes[0];
  return product(output) * (product(filter) / channels);
}

/**
 * @param {string} source steps.cc
 * @returns {string[]} each layer's node and summary; one that runs by bands of rows has many steps of its number
 */
export function layersOf(source) {
  const steps = source.matchAll(/WRANGLET_STEP\((\d+)\) +\/\/ (.*)/g);
  const layers = new Map(Array.from(steps, ([, layer, text]) => [Number(layer), text]));
  return [...layers].sort(([a], [b]) => a - b).map(([, text]) => text);
}

/** Adds up how long each of some layers takes, told when each of their steps begins. */
export class Stopwatch {
  #sums;
  #running = Infinity;
  #since = 0;

  /** @param {number} layers how many there are */
  constructor(layers) {
    this.#sums = Array(layers).fill(0);
  }

  /**
   * @param {number} layer of which a step begins; one that there is not when the last step is over
   * @param {number} [now] milliseconds
   */
  begin(layer, now = performance.now()) {
    if (this.#running < this.#sums.length) this.#sums[this.#running] += now - this.#since;
    this.#running = layer;
    this.#since = now;
  }

  /** @returns {number[]} milliseconds by layer, since the last call */
  take() {
    return this.#sums.splice(0, Infinity, ...this.#sums.map(() => 0));
  }
}

/**
 * @param {string} file a module built with WRANGLET_PROFILE
 * @param {string} source its steps.cc
 * @param {number} rounds
 * @param {Uint8Array[]} inputs
 * @returns {{ step: string, milliseconds: number, share: number, gmacs: number }[]} layers, in order of execution
 */
export function profile(file, source, rounds, inputs) {
  const layers = layersOf(source);
  const watch = new Stopwatch(layers.length);
  const step = (index) => watch.begin(index);
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, { wranglet: { step } });
  exports._initialize();
  exports.wranglet_prepare();
  const samples = layers.map(() => []);
  for (let round = -WARM_UP; round < rounds; ++round) {
    for (const [i, input] of inputs.entries()) {
      new Uint8Array(exports.memory.buffer, exports.wranglet_input(i), input.length).set(input);
    }
    exports.wranglet_infer();
    step(Infinity);
    const times = watch.take();
    if (round >= 0) samples.forEach((list, i) => list.push(times[i]));
  }
  const medians = samples.map(median);
  const all = medians.reduce((sum, milliseconds) => sum + milliseconds, 0);
  return layers.map((name, i) => ({
    step: name,
    milliseconds: medians[i],
    share: medians[i] / all,
    gmacs: macsOf(name.slice(name.indexOf(": ") + 2)) / medians[i] / 1e6,
  }));
}
