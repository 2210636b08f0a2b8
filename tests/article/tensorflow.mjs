// TensorFlow.js in workerd: a bundle of its own, with esbuild as wrangler would make it.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

import { timeInTurn } from "./timing.mjs";
import { measurePost, startMeasured } from "./workers.mjs";

const ENTRY = path.join(import.meta.dirname, "tensorflow_worker.js");
const COMPATIBILITY_DATE = "2026-10-01";

/**
 * @typedef {object} Peer
 * @property {string} runtime
 * @property {{ raw: number, gzip: number }} bytes of the runtime, without the network
 * @property {number} startUp milliseconds of CPU of making runtime and network ready, HTTP included
 * @property {{ cpu: number, wall: number }} first inference, in milliseconds, HTTP included
 * @property {import("./timing.mjs").Timing} infer
 */

/** Whether TensorFlow.js is at hand: only the table brings it, for it is large. */
export const hasTensorflow = () => existsSync(process.env.WRANGLET_BENCH_PACKAGES ?? "");

/**
 * @param {string} plan the network's steps.cc, in float32
 * @param {{ iterations: number, rounds: number }} options
 * @returns {Promise<Peer[]>} on each of TensorFlow.js's backends that a Worker can have
 */
export async function measureTensorflow(plan, options) {
  // Not before it is known that the packages are there.
  const { layersOf, WASM } = await import("../bench/contenders/tfjs.mjs");
  const layers = layersOf(plan);
  const peers = [];
  for (const backend of ["wasm", "cpu"]) {
    const modules = [
      { type: "ESModule", path: "/index.js", contents: await bundle(backend, layers) },
    ];
    if (backend === "wasm") {
      modules.push({ type: "CompiledWasm", path: "/tfjs.wasm", contents: readFileSync(WASM) });
    }
    peers.push({
      runtime: `TensorFlow.js ${backend}`,
      bytes: {
        raw: modules.reduce((sum, { contents }) => sum + contents.length, 0),
        gzip: modules.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0),
      },
      ...(await measure(modules, options)),
    });
  }
  return peers;
}

/** The Worker's one script: TensorFlow.js, one backend of it, and the layers. */
async function bundle(backend, layers) {
  const packages = path.resolve(process.env.WRANGLET_BENCH_PACKAGES);
  const parts = {
    name: "parts",
    setup(build) {
      const file = path.join(path.dirname(ENTRY), `tensorflow_${backend}.js`);
      build.onResolve({ filter: /^backend$/ }, () => ({ path: file }));
      build.onResolve({ filter: /^layers$/ }, () => ({ path: "layers", namespace: "layers" }));
      build.onLoad({ filter: /.*/, namespace: "layers" }, () => ({
        contents: JSON.stringify(layers),
        loader: "json",
      }));
    },
  };
  const { outputFiles } = await esbuild().build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    nodePaths: [packages],
    mainFields: ["module", "main"],
    external: ["./tfjs.wasm"],
    // workerd looks like Node.js to TensorFlow.js, which would then read files.
    define: { process: "undefined" },
    plugins: [parts],
  });
  return outputFiles[0].text;
}

/** esbuild is wrangler's. */
function esbuild() {
  const packages = path.resolve(process.env.WRANGLET_NODE_MODULES);
  return createRequire(path.join(packages, "wrangler/package.json"))("esbuild");
}

async function measure(modules, options) {
  const worker = await startMeasured(() => start(modules));
  const post = (count) => measurePost(worker, `/infer/${count}`);
  try {
    const { cpu: startUp } = await post(0);
    const first = await post(1);
    const work = { post: async (count) => (await post(count)).cpu };
    const [infer] = await timeInTurn([work], options);
    return { startUp, first, infer };
  } finally {
    await worker.stop();
  }
}

/** workerd with these modules. */
async function start(modules) {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules,
      modulesRoot: "/",
      compatibilityDate: COMPATIBILITY_DATE,
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
    }),
  );
  const url = await miniflare.ready;
  return {
    url,
    fetch: (place, init) => fetch(new URL(place, url), init),
    logs: [],
    stop: () => miniflare.dispose(),
  };
}
