// What a Worker uploads, beside what Cloudflare takes.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { LIMITS } from "../../worker-js/limits.mjs";
import { workerSizes } from "../../worker-js/sizes.mjs";
import { readWorkerFolder } from "../../worker-js/worker_folder.mjs";

/**
 * @param {string} folder a Worker's
 * @returns {Promise<{ what: string, raw: number, gzip?: number }[]>} what all its models share, the whole, and
 *     the limit, which is of what is not compressed
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
    { what: "Cloudflare's limit", raw: LIMITS.size },
  ];
}
