// What instructions can do at most, by ceilings.cc.

import { readFileSync } from "node:fs";
import path from "node:path";

import { quantile } from "./statistics.mjs";

const MODULE = path.join(import.meta.dirname, "ceilings.wasm");
const ROUNDS = 2_000_000;
const ACCUMULATORS = 12;
const RUNS = 12;

/** Multiply-accumulates of one instruction, by the export that repeats it. */
const INSTRUCTIONS = {
  dot_i16x8: ["i32x4.dot_i16x8_s + i32x4.add", 8],
  relaxed_dot_add_i8x16: ["i32x4.relaxed_dot_i8x16_i7x16_add_s", 16],
  relaxed_dot_i8x16: ["i16x8.relaxed_dot_i8x16_i7x16_s + i16x8.add", 16],
  relaxed_madd_f32x4: ["f32x4.relaxed_madd", 4],
  mul_add_f32x4: ["f32x4.mul + f32x4.add", 4],
};

/** Those that multiply any network of a precision: the fastest of them here is its limit. */
const LIMITING = {
  int8: ["dot_i16x8", "relaxed_dot_add_i8x16"],
  int16: ["dot_i16x8"],
  float32: ["relaxed_madd_f32x4"],
};

/**
 * @typedef {{ name: string, instruction: string, gmacs: number }} Ceiling
 *
 * @returns {Ceiling[]} billions of multiply-accumulates a second: the best
 *     of several runs, for what disturbs a run only ever takes from it
 */
export function measureCeilings() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(MODULE)));
  exports._initialize();
  return Object.entries(INSTRUCTIONS).map(([name, [instruction, macs]]) => {
    const seconds = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      exports[name](ROUNDS);
      return (performance.now() - start) / 1000;
    });
    return {
      name,
      instruction,
      gmacs: (ROUNDS * ACCUMULATORS * macs) / quantile(seconds, 0) / 1e9,
    };
  });
}

/**
 * @param {Ceiling[]} ceilings
 * @param {"int8" | "int16" | "float32"} precision
 * @returns {number} billions of multiply-accumulates a second
 */
export const limitOf = (ceilings, precision) =>
  Math.max(
    ...ceilings.filter(({ name }) => LIMITING[precision].includes(name)).map(({ gmacs }) => gmacs),
  );
