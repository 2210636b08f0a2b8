// What follows from what was measured.

/** @typedef {import("./measure.mjs").Measured} Measured */

/**
 * The article's division: memory is getting data to where the network computes, inference is computing. `memory` has
 * the weights in it, as the first request of an isolate does; `warm` has not, as all others.
 *
 * @param {Measured} model
 * @returns {{ memory: number, infer: number, memoryShare: number, warm: number, warmShare: number }} milliseconds, and
 *     shares from 0 to 1
 */
export function split({ parts }) {
  const warm = parts.decode.median + parts.copy.median;
  const memory = parts.weights.median + warm;
  const infer = parts.infer.median;
  return {
    memory,
    infer,
    memoryShare: memory / (memory + infer),
    warm,
    warmShare: warm / (warm + infer),
  };
}

/**
 * @param {string} name of a model
 * @returns {string} its network: what precedes the precision, if that is in it
 */
export const networkOf = (name) => name.split("_")[0];
