// For tests and tools, in Node.js: serves a Worker's folder in workerd, the real Workers runtime.
//
//     import { startWorker } from "wranglet/testing";   // under test_runtime.mjs
//     const worker = await startWorker();               // the Worker under test
//     const response = await worker.fetch("/classify", { method: "POST", body: jpeg });
//     await worker.stop();

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

import { readWorkerFolder } from "./worker_folder.mjs";

export { startProject } from "./project.mjs";
export { workerSizes } from "./sizes.mjs";

/**
 * @typedef {object} RunningWorker
 * @property {URL} url where it listens, on this machine only
 * @property {(path: string, init?: RequestInit) => Promise<Response>} fetch over HTTP, as any client
 * @property {string[]} logs what it has logged so far
 * @property {() => Promise<void>} stop ends workerd; until then the process stays
 */

/**
 * Starts a Worker as wrangler.toml in its folder says, bindings included.
 *
 * @param {string} [folder] as wrangler_worker makes it; by default WRANGLET_WORKER, the Worker under test
 * @param {object} [changes]
 * @param {Record<string, unknown>} [changes.options] more of miniflare's options, such as `bindings`
 * @param {string} [changes.main] the text of an ES module in place of the entry
 * @param {boolean} [changes.isBare] whether it gets no bindings: not all can be had without the Workers they name
 * @returns {Promise<RunningWorker>}
 * @throws {Error} when it does not start, with what it logged
 */
export async function startWorker(
  folder = process.env.WRANGLET_WORKER,
  { options, main, isBare } = {},
) {
  if (!folder) throw new Error("No Worker: pass its folder, or set WRANGLET_WORKER.");
  const worker = readWorkerFolder(folder);
  if (main !== undefined) worker.modules[0].contents = main;

  /** @type {string[]} */
  const logs = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...(isBare ? bare(worker.options) : worker.options),
      modules: worker.modules,
      modulesRoot: worker.root,
      ...options,
      host: "127.0.0.1",
      port: 0,
      // Nothing is asked of the network.
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => logs.push(message),
    }),
  );
  try {
    const url = await miniflare.ready;
    return {
      url,
      fetch: (path, init) => fetch(new URL(path, url), init),
      logs,
      stop: () => miniflare.dispose(),
    };
  } catch (cause) {
    await miniflare.dispose().catch(() => {});
    throw new Error([`${folder} does not start: ${cause.message}`, ...logs].join("\n"), { cause });
  }
}

/** Of miniflare's options those without which code is another. */
const bare = ({ compatibilityDate, compatibilityFlags }) => ({
  compatibilityDate,
  compatibilityFlags,
});
