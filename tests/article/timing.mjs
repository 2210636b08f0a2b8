// How long work takes that a Worker repeats within one request.

import { median, spread } from "../bench/statistics.mjs";

/** A request shorter than this, in ms, is lost in what HTTP's own time differs by; it repeats its work more often. */
const SHORTEST = 50;
const MOST = 1e6;
/** Requests without work, to know what HTTP takes. */
const EMPTY = 3;

/**
 * @typedef {object} Work
 * @property {(count: number) => Promise<number>} post milliseconds that a request takes which does it `count` times
 * @typedef {object} Timing
 * @property {number} median milliseconds of doing it once
 * @property {number} spread half the distance between the quartiles, relative
 * @property {number} iterations how often it was done in all
 */

/**
 * @param {Work} work
 * @param {number} least
 * @returns {Promise<number>} how often a request has to do it, at least `least` times; it is warm then
 */
export async function countFor({ post }, least) {
  for (let count = least; ;) {
    const milliseconds = await post(count);
    if (milliseconds >= SHORTEST || count >= MOST) return count;
    const factor = Math.min(16, Math.max(2, SHORTEST / milliseconds));
    count = Math.min(MOST, Math.ceil(count * factor));
  }
}

/**
 * Times all of `works` in turn, round after round: what one has to endure of the machine's noise, all have.
 *
 * @param {Work[]} works
 * @param {{ iterations: number, rounds: number }} options how often each is done at least, in so many requests
 * @returns {Promise<Timing[]>}
 */
export async function timeInTurn(works, { iterations, rounds }) {
  const timed = [];
  for (const work of works) {
    const count = await countFor(work, Math.ceil(iterations / rounds));
    timed.push({ post: work.post, count, samples: [] });
  }
  for (let round = 0; round < rounds; ++round) {
    for (const { post, count, samples } of timed) {
      const empty = [];
      for (let i = 0; i < EMPTY; ++i) empty.push(await post(0));
      samples.push(Math.max(0, (await post(count)) - median(empty)) / count);
    }
  }
  return timed.map(({ count, samples }) => ({
    median: median(samples),
    spread: spread(samples),
    iterations: count * rounds,
  }));
}
