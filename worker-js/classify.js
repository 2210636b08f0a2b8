// From an output tensor to classes.

import { realValues } from "./tensor.js";

/** @typedef {{ label: string, index: number, score: number }} Class */

/**
 * @param {Uint8Array} bytes the output tensor
 * @param {import("./tensor.js").TensorSpec} spec its description in the manifest. By its kind a score is
 *     the number itself ("probabilities", "tensor") or the softmax of all ("logits").
 * @param {string[]} [labels] by index; a class without one is called by its index
 * @returns {Class[]} every class, the highest score first, of equal ones the lower index
 */
export function classify(bytes, spec, labels = []) {
  const values = realValues(bytes, spec);
  const scores = spec.kind === "logits" ? softmax(values) : values;
  return scores
    .map((score, index) => ({ label: labels[index] ?? String(index), index, score }))
    .sort((a, b) => b.score - a.score);
}

/**
 * @param {number[]} values
 * @returns {number[]} exp(v - max) / sum, which can't overflow
 */
export function softmax(values) {
  const highest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = values.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
