// A process's memory, as Linux counts it.

import { readFileSync } from "node:fs";

import { median } from "../bench/statistics.mjs";

/** A run's memory is flat when its last quarter's median is at most so much above its second quarter's. */
const GROWTH = 1.1;

/**
 * @param {number} id of a process
 * @returns {number} bytes of it in memory
 */
export function residentBytes(id) {
  return 1024 * Number(readFileSync(`/proc/${id}/status`, "utf8").match(/VmRSS:\s*(\d+)/)[1]);
}

/**
 * Samples a process's memory while `work` runs.
 *
 * @template T
 * @param {number} id
 * @param {() => Promise<void>} collectGarbage is called before each sample: engines let garbage lie while there is room
 * @param {number} milliseconds between samples
 * @param {() => Promise<T>} work
 * @returns {Promise<[T, number[]]>} what came of the work, and bytes, one before it, those in it and one after it
 */
export async function sampled(id, collectGarbage, milliseconds, work) {
  const samples = [];
  const sample = async () => {
    await collectGarbage();
    samples.push(residentBytes(id));
  };
  await sample();
  let isDone = false;
  const sampling = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await sample();
    }
  })();
  try {
    return [await work(), samples];
  } finally {
    isDone = true;
    await sampling;
  }
}

/**
 * @param {number[]} samples in time, of bytes
 * @returns {{ start: number, second: number, last: number, peak: number, isFlat: boolean }} the first sample; the
 *     medians of the second and the last quarter: the first is left to warming up; the greatest; whether `last` is
 *     at most a tenth above `second`
 */
export function judge(samples) {
  const quarter = (i) =>
    median(
      samples.slice(
        Math.floor((samples.length * i) / 4),
        Math.ceil((samples.length * (i + 1)) / 4),
      ),
    );
  const [second, last] = [quarter(1), quarter(3)];
  return {
    start: samples[0],
    second,
    last,
    peak: Math.max(...samples),
    isFlat: last <= second * GROWTH,
  };
}
