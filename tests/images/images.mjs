// What images cost the person Worker, by size and format: ./bazelw run //tests/images -- [--markdown]

import { parseArgs } from "node:util";

import { startWorker } from "wranglet/testing";

import { table } from "../../worker-js/table.mjs";
import { measureFirst } from "../article/measure.mjs";
import { markdownTable } from "../article/report.mjs";
import { timeInTurn } from "../article/timing.mjs";
import { measurePost, startMeasured, startProbe } from "../article/workers.mjs";
import { median } from "../bench/statistics.mjs";
import { convert, writeImage } from "./pictures.mjs";

const SIDE = 96;

const { values } = parseArgs({ options: { markdown: { type: "boolean", default: false } } });

/** Formats, and the sizes at which each says something. @type {[string, [number, number][]][]} */
const IMAGES = [
  [
    "jpeg",
    [
      [320, 240],
      [640, 480],
      [1280, 960],
      [2048, 1536],
      [4000, 3000],
      [6000, 4000],
    ],
  ],
  [
    "jpeg-progressive",
    [
      [640, 480],
      [1280, 960],
      [4000, 3000],
      [6000, 4000],
    ],
  ],
  [
    "png",
    [
      [320, 240],
      [640, 480],
      [1280, 960],
      [2048, 1536],
    ],
  ],
  ["png-interlaced", [[640, 480]]],
  [
    "webp",
    [
      [320, 240],
      [640, 480],
      [1280, 960],
      [4000, 3000],
      [6000, 4000],
    ],
  ],
  [
    "webp-lossless",
    [
      [640, 480],
      [1280, 960],
    ],
  ],
];

/** Fresh workerds, for what is only once in each. */
const FRESH = 3;
/** Each part is done so often at least, in so many requests. */
const OFTEN = { iterations: 30, rounds: 10 };
/** Whole requests of each image. */
const REQUESTS = 40;

const folder = process.env.WRANGLET_WORKER;

/** What each image's decoding takes, warm, and that with the inference; in turn. */
async function measureParts(images) {
  const worker = await startProbe(folder);
  try {
    const works = images.flatMap(({ body }) =>
      ["decode", "request"].map((part) => ({
        post: async (count) => (await measurePost(worker, `/${part}/${count}`, body)).cpu,
      })),
    );
    const timings = await timeInTurn(works, OFTEN);
    return images.map((_, i) => ({ decode: timings[2 * i], request: timings[2 * i + 1] }));
  } finally {
    await worker.stop();
  }
}

/** Milliseconds of CPU of a whole request of each image, in turn. */
async function measureRequests(images) {
  const worker = await startMeasured(() => startWorker(folder));
  try {
    const samples = images.map(() => []);
    for (let left = REQUESTS; left > 0; --left) {
      for (const [i, { body }] of images.entries()) {
        samples[i].push((await measurePost(worker, "/classify", body)).cpu);
      }
    }
    return samples.map(median);
  } finally {
    await worker.stop();
  }
}

const images = IMAGES.flatMap(([format, sizes]) =>
  sizes.map(([width, height]) => ({
    format,
    size: `${width}x${height}`,
    body: writeImage(format, width, height),
  })),
);
const parts = await measureParts(images);
const requests = await measureRequests(images);
const rows = [];
for (const [i, { format, size, body }] of images.entries()) {
  const first = [];
  for (let left = FRESH; left > 0; --left) first.push(await measureFirst(folder, "decode", body));
  rows.push([
    format,
    size,
    body.length.toLocaleString("en"),
    median(first).toFixed(1),
    parts[i].decode.median.toFixed(2),
    parts[i].request.median.toFixed(2),
    requests[i].toFixed(1),
    (convert(body, SIDE).memory / 1e6).toFixed(1),
  ]);
}
const header = ["format", "size", "bytes", "first", "warm", "inferred", "request", "memory MB"];
console.log(values.markdown ? markdownTable(header, rows) : table(header, rows));
console.log(`
To 96x96, in workerd; ms of its CPU, medians. first: decoding, at first in a fresh workerd. warm: decoding.
inferred: decoding and inference, warm. request: all that workerd does for one, HTTP included. memory: the
most that the codec's grew to, the file's bytes included.`);
