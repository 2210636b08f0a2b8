// Classifies photos with a Worker in workerd, and tells how long that takes and what the Worker weighs:
//   node demo.mjs [--worker FOLDER] PHOTO...

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { costs } from "./costs.mjs";
import { table } from "./table.mjs";
import { startWorker } from "./testing.mjs";

const WARM_REQUESTS = 50;

/** A photo's path: relative to here or, under `bazel run`, to where the user stands. */
function find(photo) {
  const place = process.env.WRANGLET_CALLER_DIRECTORY;
  return existsSync(photo) || !place ? photo : path.resolve(place, photo);
}

/**
 * @param {import("./testing.mjs").RunningWorker} worker
 * @param {Uint8Array} body
 */
async function post(worker, body) {
  const start = performance.now();
  const answer = await (await worker.fetch("/classify", { method: "POST", body })).json();
  return { answer, milliseconds: performance.now() - start };
}

/**
 * @param {import("./testing.mjs").RunningWorker} worker
 * @param {string} photo
 * @returns {Promise<{ isAnswered: boolean, row: string[] }>}
 */
async function classify(worker, photo) {
  const body = readFileSync(photo);
  const { answer, milliseconds } = await post(worker, body);
  const [file, first] = [path.basename(photo), milliseconds.toFixed(1)];
  if (answer.label === undefined) {
    return { isAnswered: false, row: [file, `${answer.status} ${answer.title}`, "", first, ""] };
  }
  const warm = [];
  for (let i = 0; i < WARM_REQUESTS; ++i) warm.push((await post(worker, body)).milliseconds);
  const median = warm.sort((a, b) => a - b)[WARM_REQUESTS / 2];
  return {
    isAnswered: true,
    row: [file, answer.label, answer.score.toFixed(4), first, median.toFixed(1)],
  };
}

/**
 * @param {string} folder the Worker's
 * @param {string[]} photos
 * @returns {Promise<boolean>} whether every photo was answered
 */
async function printAnswers(folder, photos) {
  const worker = await startWorker(folder);
  try {
    const answers = [];
    for (const photo of photos) answers.push(await classify(worker, photo));
    const rows = answers.map(({ row }) => row);
    console.log(table(["file", "class", "score", "first ms", "warm ms"], rows));
    console.log(`(from outside, HTTP included; warm: the median of ${WARM_REQUESTS} requests)\n`);
    return answers.every(({ isAnswered }) => isAnswered);
  } finally {
    await worker.stop();
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { worker: { type: "string", default: process.env.WRANGLET_WORKER } },
});
const photos = positionals.map(find);
if (!values.worker || photos.length === 0) {
  console.error("usage: demo [--worker FOLDER] PHOTO...");
  process.exit(2);
}
const isAllAnswered = await printAnswers(values.worker, photos);
console.log(await costs(values.worker));
process.exitCode = isAllAnswered ? 0 : 1;
