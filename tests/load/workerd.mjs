// A Worker's folder in workerd alone, without miniflare, which puts Workers of its own before it: their memory is not
// the Worker's.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import { readWorkerFolder } from "../../worker-js/worker_folder.mjs";

const packages = createRequire(path.resolve(process.env.WRANGLET_NODE_MODULES, "here.js"));

/** What workerd's configuration calls a module of each type. */
const MODULE_TYPES = { ESModule: "esModule", CompiledWasm: "wasm", Data: "data", Text: "text" };

/** So many requests are made for garbage to be collected. */
const MOST_TRIES = 500;

/**
 * @typedef {object} Workerd
 * @property {URL} url
 * @property {number} id of the process
 * @property {() => Promise<void>} collectGarbage frees what the Worker does not hold
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} folder as wrangler_worker makes it, of a Worker without bindings
 * @returns {Promise<Workerd>}
 * @throws {Error} when workerd ends at once; it says why on standard error
 */
export async function startWorkerd(folder) {
  const temporary = mkdtempSync(path.join(tmpdir(), "wranglet-load-"));
  const worker = readWorkerFolder(folder);
  const file = path.join(temporary, "config.capnp");
  cpSync(worker.root, temporary, { recursive: true, dereference: true });
  writeFileSync(file, configuration(worker));
  const { default: binary } = packages("workerd");
  const workerd = spawn(binary, ["serve", "--control-fd=3", "--inspector-addr=127.0.0.1:0", file], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = new Promise((resolve) => workerd.once("exit", resolve));
  const stop = async () => {
    workerd.kill("SIGKILL"); // at SIGTERM it waits for connections to end, of which the inspector's is one
    await ended;
    rmSync(temporary, { recursive: true });
  };
  const ports = await Promise.race([listening(workerd.stdio[3]), ended.then(() => undefined)]);
  if (ports === undefined) {
    await stop();
    throw new Error(`workerd does not start ${folder}`);
  }
  const url = new URL(`http://127.0.0.1:${ports.listen}`);
  const collectGarbage = await garbageCollector(ports["listen-inspector"], url);
  return { url, id: workerd.pid, collectGarbage, stop };
}

/**
 * @param {import("node:stream").Readable} control workerd's messages, a JSON a line
 * @returns {Promise<Record<string, number>>} the ports it listens at: of HTTP as `listen`, of `listen-inspector`
 */
async function listening(control) {
  const ports = {};
  for await (const line of createInterface({ input: control })) {
    const { event, port } = JSON.parse(line);
    ports[event] = port;
    if (ports.listen && ports["listen-inspector"]) return ports;
  }
  return new Promise(() => {}); // it has ended, which is told otherwise
}

/**
 * @param {number} port of the inspector
 * @param {URL} url of the Worker
 * @returns {Promise<() => Promise<void>>}
 */
async function garbageCollector(port, url) {
  const [{ webSocketDebuggerUrl }] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, "open");
  let [asked, answered] = [0, 0];
  socket.addEventListener("message", ({ data }) => (answered = JSON.parse(data).id ?? answered));
  return async () => {
    socket.send(JSON.stringify({ id: ++asked, method: "HeapProfiler.collectGarbage" }));
    // workerd does it at the next turn of the Worker's event loop, which only requests make.
    for (let tries = 0; answered < asked; ++tries) {
      if (tries === MOST_TRIES) throw new Error("workerd does not collect garbage");
      await (await fetch(url)).arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

/** @param {import("../../worker-js/worker_folder.mjs").WorkerFolder} folder */
function configuration({ root, modules, options }) {
  const texts = modules.map(({ type, path: file }) => {
    const name = JSON.stringify(path.relative(root, file));
    return `(name = ${name}, ${MODULE_TYPES[type]} = embed ${name})`;
  });
  return `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .worker)],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (
      modules = [${texts.join(", ")}],
      compatibilityDate = ${JSON.stringify(options.compatibilityDate)},
    );`;
}
