// Measures contenders side by side: what one has to endure of the machine's noise, all have.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { inputFor } from "./inputs.mjs";
import { median, quantile, spread } from "./statistics.mjs";

const WARM_UP = 20;
const COLD_RUNS = 5;
// A start of a peer that takes longer has hung, and is tried again.
const COLD_TIMEOUT = 30_000;
const COLD_TRIES = 3;

/**
 * @typedef {object} Result
 * @property {string} contender
 * @property {number} load milliseconds, median of fresh processes
 * @property {number} first milliseconds of the first inference there
 * @property {number} median milliseconds of an inference, warm
 * @property {number} p95
 * @property {number} spread half the distance between the quartiles, relative
 * @property {number} ratio of the median to that of the first contender
 * @property {number} gmacs billions of multiply-accumulates a second
 * @property {number} bytes of what has to be at hand
 * @property {number} gzip the same compressed
 * @property {number | undefined} memory bytes of WebAssembly memory
 */

/**
 * @param {import("./networks.mjs").Network} network
 * @param {number} index its place in findNetworks()
 * @param {number} rounds inferences of each contender
 * @returns {Promise<Result[]>}
 */
export async function measure(network, index, rounds) {
  const { contenders, macs } = network;
  const cold = await measureCold(contenders, index);
  const warm = await measureWarm(contenders, rounds);
  return contenders.map(({ name, files }, i) => {
    const contents = files.map((file) => readFileSync(file));
    const milliseconds = median(warm[i].samples);
    return {
      contender: name,
      load: median(cold[i].map(({ load }) => load)),
      first: median(cold[i].map(({ first }) => first)),
      median: milliseconds,
      p95: quantile(warm[i].samples, 0.95),
      spread: spread(warm[i].samples),
      ratio: milliseconds / median(warm[0].samples),
      gmacs: macs / milliseconds / 1e6,
      bytes: contents.reduce((sum, { length }) => sum + length, 0),
      gzip: contents.reduce((sum, content) => sum + gzipSync(content).length, 0),
      memory: warm[i].memory,
    };
  });
}

async function measureCold(contenders, network) {
  const script = path.join(import.meta.dirname, "cold.mjs");
  const results = contenders.map(() => []);
  for (let run = 0; run < COLD_RUNS; ++run) {
    for (const [i, list] of results.entries()) {
      list.push(await startFresh([script, String(network), String(i)], contenders[i].name));
    }
  }
  return results;
}

async function startFresh(arguments_, name) {
  for (let tried = 1; ; ++tried) {
    try {
      const limits = { timeout: COLD_TIMEOUT, killSignal: "SIGKILL" };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...process.execArgv, ...arguments_],
        limits,
      );
      // The last line: a runtime may print of its own.
      return JSON.parse(stdout.trim().split("\n").at(-1));
    } catch (error) {
      if (!error.killed || tried === COLD_TRIES) throw error;
      console.log(`${name} did not start within ${COLD_TIMEOUT / 1000} s; once more`);
    }
  }
}

async function measureWarm(contenders, rounds) {
  const running = [];
  for (const { load } of contenders) {
    const session = await load();
    running.push({
      session,
      inputs: session.inputs.map(inputFor),
      samples: [],
    });
  }
  for (let round = -WARM_UP; round < rounds; ++round) {
    for (const { session, inputs, samples } of running) {
      const start = performance.now();
      await session.run(inputs);
      if (round >= 0) samples.push(performance.now() - start);
    }
  }
  return running.map(({ session, samples }) => {
    const memory = session.memory();
    session.close();
    return { samples, memory };
  });
}
