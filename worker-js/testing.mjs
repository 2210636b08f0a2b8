// For tests and tools, in Node.js: serves a Worker's folder in workerd, the real Workers runtime.
//
//     import { startWorker } from "wranglet/testing";   // under test_runtime.mjs
//     const worker = await startWorker();               // the Worker under test
//     const response = await worker.fetch("/", { method: "POST", body: jpeg });
//     await worker.stop();

import { readdirSync } from "node:fs";
import path from "node:path";

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readConfig } from "wrangler";

/** Module types by extension: wrangler.toml's rules. Other files are no modules. */
const MODULE_TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm", ".bin": "Data" };

/**
 * @typedef {object} RunningWorker
 * @property {URL} url where it listens, on this machine only
 * @property {(path: string, init?: RequestInit) => Promise<Response>} fetch over HTTP, as any client
 * @property {string[]} logs what it has logged so far
 * @property {() => Promise<void>} stop ends workerd; call it, or the process stays
 */

/**
 * Starts a Worker as wrangler.toml in its folder says, bindings included.
 *
 * @param {string} [folder] as wrangler_worker makes it: WRANGLET_WORKER, the Worker under test, by default
 * @param {Record<string, unknown>} [options] more of miniflare's options for the Worker, such as bindings
 * @returns {Promise<RunningWorker>}
 * @throws {Error} when it does not start, with what it logged
 */
export async function startWorker(folder = process.env.WRANGLET_WORKER, options = {}) {
  if (!folder) throw new Error("no Worker: pass its folder or set WRANGLET_WORKER");
  const { workerOptions, main } = readConfig(path.resolve(folder, "wrangler.toml"));
  const { modulesRules, ...bindings } = workerOptions;
  return startModules({
    ...bindings,
    modules: modulesOf(path.resolve(folder, main)),
    modulesRoot: path.dirname(path.resolve(folder, main)),
    ...options,
  });
}

/**
 * Starts a Worker from modules.
 *
 * @param {Record<string, unknown>} workerOptions miniflare's, with `modules`, the entry first
 * @returns {Promise<RunningWorker>}
 */
export async function startModules(workerOptions) {
  /** @type {string[]} */
  const logs = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      host: "127.0.0.1",
      port: 0,
      // Nothing is asked of the network.
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => logs.push(message),
    }),
  );
  let url;
  try {
    url = await miniflare.ready;
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw new Error(["the Worker does not start:", error.message, ...logs].join("\n"), {
      cause: error,
    });
  }
  return {
    url,
    fetch: (path, init) => fetch(new URL(path, url), init),
    logs,
    stop: () => miniflare.dispose(),
  };
}

/**
 * @param {string} main the entry
 * @returns {{ type: string, path: string }[]} all modules of its folder, the entry first
 */
function modulesOf(main) {
  return readdirSync(path.dirname(main), { recursive: true, withFileTypes: true })
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => path.extname(file) in MODULE_TYPES)
    .sort((a, b) => Number(b === main) - Number(a === main))
    .map((file) => ({ type: MODULE_TYPES[path.extname(file)], path: file }));
}
