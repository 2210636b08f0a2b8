// What keeping models saves, by where their weights lie: times of a request, from outside, HTTP included.
//   node measure.mjs WORKER_FOLDER...      each hosts two models under a budget for one

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { startWorker } from "wranglet/testing";

import { median } from "../bench/statistics.mjs";

const COLD_STARTS = 5;
const LOADS = 40;
const WARM = 200;

const photo = readFileSync(
  process.env.PHOTOS.split(" ").find((file) => path.basename(file) === "astronaut.jpg"),
);

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * @param {string} folder
 * @param {string} store where uploaded weights are
 * @returns {Promise<number[]>} milliseconds: workerd's start, first request, model loaded anew, model at hand
 */
async function measure(folder, store) {
  const text = readFileSync(path.join(folder, "src/index.js"), "utf8");
  const names = [...text.matchAll(/models\/([^/]+)\/(?:index|manifest)\.js/g)].map(
    ([, name]) => name,
  );
  const options = { resourcePersistencePath: path.join(store, "v3") };
  const times = { start: [], first: [], load: [], warm: [] };
  for (let i = 0; i < COLD_STARTS; ++i) {
    let worker;
    const ask = async (name) => {
      const response = await worker.fetch(`/classify/${name}`, { method: "POST", body: photo });
      if (response.status !== 200) throw new Error(`${folder}: ${await response.text()}`);
      await response.arrayBuffer();
    };
    times.start.push(await timed(async () => (worker = await startWorker(folder, { options }))));
    try {
      times.first.push(await timed(() => ask(names[0])));
      for (let n = 1; n <= LOADS; ++n) times.load.push(await timed(() => ask(names[n % 2])));
      for (let n = 0; n < WARM; ++n) times.warm.push(await timed(() => ask(names[0])));
    } finally {
      await worker.stop();
    }
  }
  return Object.values(times).map(median);
}

console.log(
  "| weights in | start of workerd | cold: first request | warm isolate: model loaded | warm model |",
);
console.log("|---|---|---|---|---|");
for (const folder of process.argv.slice(2).map((name) => path.resolve(name))) {
  const store = mkdtempSync(path.join(tmpdir(), "wranglet-measure-"));
  try {
    const place = path.basename(folder).replace("_pair", "");
    if (["kv", "r2"].includes(place)) {
      execFileSync(process.execPath, [process.env.UPLOAD, "--local", "--persist-to", store], {
        env: { ...process.env, WRANGLET_WORKER: folder },
        stdio: "ignore",
      });
    }
    const times = await measure(folder, store);
    console.log(`| ${place} | ${times.map((time) => `${time.toFixed(1)} ms`).join(" | ")} |`);
  } finally {
    rmSync(store, { recursive: true });
  }
}
