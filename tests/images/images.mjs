// What images cost the person Worker, by size and format: ./bazelw run -c opt //tests/images

import { startWorker } from "wranglet/testing";

import { table } from "../../worker-js/table.mjs";
import { median } from "../bench/statistics.mjs";
import { convert, writeImage } from "./pictures.mjs";

const SIDE = 96;

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

/** A Worker that converts its body as often as the path says, and does no more. */
const DECODE = `
  import image from "./wranglet/image.wasm";
  import { ImageCodec, ImageInput } from "./wranglet/image.js";
  import { manifest } from "./models/person/index.js";
  const codec = new ImageCodec(image);
  const input = new ImageInput(manifest.inputs[0]);
  export default {
    async fetch(request) {
      const body = new Uint8Array(await request.arrayBuffer());
      for (let left = Number(new URL(request.url).pathname.slice(1)); left > 0; --left) {
        codec.convert(body, input);
      }
      return new Response();
    },
  };`;

/** How often something that takes so long is repeated: for half a second, within reason. */
const repeats = (milliseconds) => Math.min(50, Math.max(3, Math.round(500 / milliseconds)));

async function milliseconds(worker, path, body) {
  const start = performance.now();
  const response = await worker.fetch(path, { method: "POST", body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return performance.now() - start;
}

/** workerd's clock stands still in a request, so decoding is timed from outside: many less none. */
async function measureDecode(body) {
  const worker = await startWorker(undefined, { main: DECODE });
  try {
    await milliseconds(worker, "/0", body);
    const first =
      (await milliseconds(worker, "/1", body)) - (await milliseconds(worker, "/0", body));
    const count = repeats(first);
    await milliseconds(worker, `/${count}`, body);
    const samples = [];
    for (let i = 0; i < 5; ++i) {
      const none = await milliseconds(worker, "/0", body);
      samples.push(((await milliseconds(worker, `/${count}`, body)) - none) / count);
    }
    return { first: Math.max(0, first), warm: median(samples) };
  } finally {
    await worker.stop();
  }
}

async function measureRequest(body) {
  const worker = await startWorker();
  try {
    const first = await milliseconds(worker, "/classify", body);
    const samples = [];
    for (let left = repeats(first); left > 0; --left) {
      samples.push(await milliseconds(worker, "/classify", body));
    }
    return median(samples);
  } finally {
    await worker.stop();
  }
}

const rows = [];
for (const [format, sizes] of IMAGES) {
  for (const [width, height] of sizes) {
    const body = writeImage(format, width, height);
    const decode = await measureDecode(body);
    const request = await measureRequest(body);
    const { memory } = convert(body, SIDE);
    rows.push([
      format,
      `${width}x${height}`,
      body.length.toLocaleString("en"),
      decode.first.toFixed(1),
      decode.warm.toFixed(2),
      request.toFixed(1),
      (memory / 1e6).toFixed(1),
    ]);
  }
}
console.log(
  table(["format", "size", "bytes", "first ms", "warm ms", "request ms", "memory MB"], rows),
);
console.log(
  "(to 96x96, in workerd. First, warm: decoding alone, at first in a fresh workerd and then, the median.\n" +
    "Request: all of it, inference and HTTP included, the median. Memory: the most that the codec's grew to,\n" +
    "the file's bytes included.)",
);
