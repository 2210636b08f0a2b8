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
 * @returns {string[]} each step's node and summary
 */
export const stepsOf = (source) =>
  Array.from(source.matchAll(/WRANGLET_STEP\(\d+\) +\/\/ (.*)/g), ([, text]) => text);

/**
 * @param {string} file a module built with WRANGLET_PROFILE
 * @param {string} source its steps.cc
 * @param {number} rounds
 * @returns {{ step: string, milliseconds: number, share: number, gmacs: number }[]} in order of execution
 */
export function profile(file, source, rounds) {
  const steps = stepsOf(source);
  const marks = new Float64Array(steps.length + 1);
  const step = (index) => (marks[index] = performance.now());
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, { wranglet: { step } });
  exports._initialize();
  exports.wranglet_prepare();
  const samples = steps.map(() => []);
  for (let round = -WARM_UP; round < rounds; ++round) {
    exports.wranglet_infer();
    step(steps.length);
    if (round >= 0) samples.forEach((list, i) => list.push(marks[i + 1] - marks[i]));
  }
  const medians = samples.map(median);
  const all = medians.reduce((sum, milliseconds) => sum + milliseconds, 0);
  return steps.map((name, i) => ({
    step: name,
    milliseconds: medians[i],
    share: medians[i] / all,
    gmacs: macsOf(name.slice(name.indexOf(": ") + 2)) / medians[i] / 1e6,
  }));
}
