// Workers in workerd whose requests are measured from outside, for its clock stands still while a Worker computes.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { startWorker } from "wranglet/testing";

import { readWorkerFolder } from "../../worker-js/worker_folder.mjs";
import { cpuMilliseconds, startWithPid } from "./cpu.mjs";

const PROBE = path.join(import.meta.dirname, "probe.js");

/**
 * @typedef {import("wranglet/testing").RunningWorker & { pid: number }} MeasuredWorker `pid` is its workerd's
 */

/**
 * @param {() => Promise<import("wranglet/testing").RunningWorker>} start
 * @returns {Promise<MeasuredWorker>}
 */
export async function startMeasured(start) {
  const { started, pid } = await startWithPid("workerd", start);
  return Object.assign(started, { pid });
}

/**
 * @param {string} folder a Worker's
 * @returns {string[]} the names of its models
 */
export const modelsOf = (folder) => readdirSync(path.join(folder, "src/models")).sort();

/**
 * @param {string} folder a Worker's with one model
 * @returns {Promise<MeasuredWorker>} it with probe.js in place of its own code
 */
export function startProbe(folder) {
  const [name] = modelsOf(folder);
  const { root, modules } = readWorkerFolder(folder);
  const [entry, ...others] = modules;
  const main = `
    import image from "./wranglet/image.wasm";
    import * as files from "./models/${name}/index.js";
    import { createProbe } from "./probe.js";
    export default createProbe(image, files);`;
  const probe = {
    type: "ESModule",
    path: path.join(root, "probe.js"),
    contents: readFileSync(PROBE, "utf8"),
  };
  const options = { modules: [{ ...entry, contents: main }, probe, ...others] };
  return startMeasured(() => startWorker(folder, { options }));
}

/**
 * @param {MeasuredWorker} worker
 * @param {string} path
 * @param {Uint8Array} [body]
 * @returns {Promise<{ cpu: number, wall: number }>} milliseconds: that workerd computed, and until the whole response
 *     was here
 * @throws {Error} when it is no success, with what the Worker has logged
 */
export async function measurePost(worker, path, body) {
  const cpu = cpuMilliseconds(worker.pid);
  const start = performance.now();
  const response = await worker.fetch(path, { method: "POST", body });
  const text = await response.text();
  const wall = performance.now() - start;
  if (!response.ok) {
    throw new Error([`${path}: status ${response.status}`, text, ...worker.logs].join("\n"));
  }
  return { cpu: cpuMilliseconds(worker.pid) - cpu, wall };
}
