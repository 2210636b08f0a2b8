// What a Worker with one model takes: bytes, and the time of each part of its work.

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { startWorker } from "wranglet/testing";

import { initialMemory } from "../../worker-js/limits.mjs";
import { median } from "../bench/statistics.mjs";
import { timeInTurn } from "./timing.mjs";
import { measurePost, modelsOf, startMeasured, startProbe } from "./workers.mjs";

/** Where a Worker's first model classifies. */
const CLASSIFY = "/classify";
const PARTS = ["weights", "decode", "copy", "infer", "request"];
/** Fresh workerds, for what is only once in each. */
const FRESH = 5;

/**
 * @typedef {import("./timing.mjs").Timing} Timing
 *
 * @typedef {object} Measured a model's; times in milliseconds of CPU
 * @property {string} name
 * @property {string} precision
 * @property {number} macs multiply-accumulates of an inference
 * @property {{ raw: number, gzip: number }} bytes of its module and weights
 * @property {number} memory bytes of WebAssembly memory it is given
 * @property {number} startUp codec and model made ready in a fresh workerd
 * @property {{ cpu: number, wall: number }} first request of a fresh workerd, HTTP included; `wall` is from outside
 * @property {Record<"weights" | "decode" | "copy" | "infer" | "request", Timing>} parts
 */

/**
 * @param {string[]} folders Workers, each with one model
 * @param {Uint8Array} photo a JPEG
 * @param {{ iterations: number, rounds: number, fresh?: number }} options
 * @returns {Promise<Measured[]>}
 */
export async function measureModels(folders, photo, options) {
  const parts = await measureParts(folders, photo, options);
  const measured = [];
  for (const [i, folder] of folders.entries()) {
    const startUp = [];
    const first = [];
    for (let left = options.fresh ?? FRESH; left > 0; --left) {
      startUp.push(await measureFirst(folder, "start", photo));
      first.push(await requestOnce(folder, photo));
    }
    measured.push({
      ...describe(folder),
      startUp: median(startUp),
      first: {
        cpu: median(first.map(({ cpu }) => cpu)),
        wall: median(first.map(({ wall }) => wall)),
      },
      parts: parts[i],
    });
  }
  return measured;
}

/** What is known without running it. */
function describe(folder) {
  const [name] = modelsOf(folder);
  const file = (base) => readFileSync(path.join(folder, "src/models", name, base));
  const manifest = JSON.parse(
    String(file("manifest.js"))
      .replace(/^[^{]*/, "")
      .replace(/;\s*$/, ""),
  );
  const contents = [file("model.wasm")];
  if (manifest.weights.storage === "external") contents.push(file("weights.bin"));
  const sum = (sizes) => sizes.reduce((a, b) => a + b, 0);
  return {
    name,
    precision: manifest.precision,
    macs: manifest.macs,
    bytes: {
      raw: sum(contents.map(({ length }) => length)),
      gzip: sum(contents.map((content) => gzipSync(content).length)),
    },
    memory: initialMemory(contents[0]),
  };
}

/** Every part of every model, in turn. */
async function measureParts(folders, photo, options) {
  const workers = [];
  try {
    for (const folder of folders) workers.push(await startProbe(folder));
    const works = workers.flatMap((worker) =>
      PARTS.map((part) => ({
        post: async (count) => (await measurePost(worker, `/${part}/${count}`, photo)).cpu,
      })),
    );
    const timings = await timeInTurn(works, options);
    return workers.map((_, i) =>
      Object.fromEntries(PARTS.map((part, j) => [part, timings[i * PARTS.length + j]])),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/**
 * @param {string} folder a Worker's with one model
 * @param {string} part of probe.js; `start` is making codec and model ready
 * @param {Uint8Array} photo
 * @returns {Promise<number>} milliseconds of CPU that it takes the first time in a workerd, without HTTP's
 */
export async function measureFirst(folder, part, photo) {
  const worker = await startProbe(folder);
  const post = async (count) => (await measurePost(worker, `/${part}/${count}`, photo)).cpu;
  try {
    // The first request of all has costs of its own.
    await post(0);
    const empty = [await post(0), await post(0), await post(0)];
    return Math.max(0, (await post(1)) - median(empty));
  } finally {
    await worker.stop();
  }
}

/** The first request to a workerd. */
async function requestOnce(folder, photo) {
  const worker = await startMeasured(() => startWorker(folder));
  try {
    return await measurePost(worker, CLASSIFY, photo);
  } finally {
    await worker.stop();
  }
}
