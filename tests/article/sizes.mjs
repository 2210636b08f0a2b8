// What a Worker uploads, beside what Cloudflare takes.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { workerSizes } from "../../worker-js/sizes.mjs";
import { readWorkerFolder } from "../../worker-js/worker_folder.mjs";

/** https://developers.cloudflare.com/workers/platform/limits/: a Worker's size, compressed; and uncompressed. */
const LIMITS = [
  { what: "limit of a free plan", raw: 64 * 2 ** 20, gzip: 3 * 2 ** 20 },
  { what: "limit of a paid plan", raw: 64 * 2 ** 20, gzip: 10 * 2 ** 20 },
];

/**
 * @param {string} folder a Worker's
 * @returns {Promise<{ what: string, raw: number, gzip: number }[]>} what all its models share, the whole, and the limits
 */
export async function sizesOf(folder) {
  const contents = readWorkerFolder(folder).modules.map(({ path }) => readFileSync(path));
  const sum = (sizes) => sizes.reduce((a, b) => a + b, 0);
  const shared = ["JavaScript", "image codec"];
  return [
    ...(await workerSizes(folder)).filter(({ what }) => shared.includes(what)),
    {
      what: "the Worker that hosts all of these",
      raw: sum(contents.map(({ length }) => length)),
      gzip: sum(contents.map((content) => gzipSync(content).length)),
    },
    ...LIMITS,
  ];
}
