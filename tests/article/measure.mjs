// What a Worker with one model takes: bytes, and the time of each part of its work.

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { startWorker } from "wranglet/testing";

import { median } from "../bench/statistics.mjs";
import { timeInTurn } from "./timing.mjs";
import { modelsOf, startProbe, timePost } from "./workers.mjs";

/** Where a Worker's first model classifies. */
const CLASSIFY = "/classify";
const PARTS = ["weights", "decode", "copy", "infer", "request"];
/** Fresh workerds, for what is only once in each. */
const FRESH = 5;

/**
 * @typedef {import("./timing.mjs").Timing} Timing
 *
 * @typedef {object} Measured a model's; times in milliseconds
 * @property {string} name
 * @property {string} precision
 * @property {number} macs multiply-accumulates of an inference
 * @property {{ raw: number, gzip: number }} bytes of its module and weights
 * @property {number} memory bytes of WebAssembly memory it is given
 * @property {number} startUp codec and model made ready in a fresh workerd
 * @property {number} first request of a fresh workerd, from outside, HTTP included
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
      startUp.push(await startOnce(folder, photo));
      first.push(await requestOnce(folder, photo));
    }
    measured.push({
      ...describe(folder),
      startUp: median(startUp),
      first: median(first),
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
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(contents[0]));
  return {
    name,
    precision: manifest.precision,
    macs: manifest.macs,
    bytes: {
      raw: sum(contents.map(({ length }) => length)),
      gzip: sum(contents.map((content) => gzipSync(content).length)),
    },
    memory: /** @type {any} */ (exports).memory.buffer.byteLength,
  };
}

/** Every part of every model, in turn. */
async function measureParts(folders, photo, options) {
  const workers = await Promise.all(folders.map(startProbe));
  try {
    const works = workers.flatMap((worker) =>
      PARTS.map((part) => ({ post: (count) => timePost(worker, `/${part}/${count}`, photo) })),
    );
    const timings = await timeInTurn(works, options);
    return workers.map((_, i) =>
      Object.fromEntries(PARTS.map((part, j) => [part, timings[i * PARTS.length + j]])),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Milliseconds of making codec and model ready, the first time in a workerd. */
async function startOnce(folder, photo) {
  const worker = await startProbe(folder);
  try {
    const empty = [];
    for (let i = 0; i < 5; ++i) empty.push(await timePost(worker, "/start/0", photo));
    return Math.max(0, (await timePost(worker, "/start/1", photo)) - median(empty.slice(1)));
  } finally {
    await worker.stop();
  }
}

/** Milliseconds of the first request to a workerd. */
async function requestOnce(folder, photo) {
  const worker = await startWorker(folder);
  try {
    return await timePost(worker, CLASSIFY, photo);
  } finally {
    await worker.stop();
  }
}
