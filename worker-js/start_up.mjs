// How long a Worker's modules take to start.

import path from "node:path";

import { startWorker } from "./testing.mjs";
import { readWorkerFolder } from "./worker_folder.mjs";

/** workerd's clock on this machine moves in steps of 1 ms: what is quicker is measured by repeating it. */
const REPEATS = 100;

/**
 * Measures in workerd, by an entry of its own in place of the Worker's: every module instantiated and made
 * ready for its first request, as worker.js does it. Compiling them is not in it: workerd does that
 * before the Worker's code runs.
 *
 * @param {string} folder the Worker's
 * @returns {Promise<{ first: number, again: number }>} milliseconds: in a fresh workerd, and the mean after it
 */
export async function measureStartUp(folder) {
  const worker = await startWorker(folder, { main: probe(readWorkerFolder(folder)) });
  try {
    const milliseconds = async (count) => Number(await (await worker.fetch(`/${count}`)).text());
    return { first: await milliseconds(1), again: (await milliseconds(REPEATS)) / REPEATS };
  } finally {
    await worker.stop();
  }
}

/**
 * @param {import("./worker_folder.mjs").WorkerFolder} folder
 * @returns {string} an ES module: a Worker that starts all modules as often as the path says
 */
function probe({ root, modules }) {
  const names = modules.map((module) => path.relative(root, module.path));
  const models = names.filter((name) => /^models\/[^/]+\/index\.js$/.test(name));
  return `
    import image from "./wranglet/image.wasm";
    import { ImageCodec } from "./wranglet/image.js";
    import { Model } from "./wranglet/model.js";
    ${models.map((name, i) => `import * as model${i} from "./${name}";`).join("\n")}
    const models = [${models.map((_, i) => `model${i}`)}];
    export default {
      fetch({ url }) {
        const start = Date.now();
        for (let left = Number(new URL(url).pathname.slice(1)); left > 0; --left) {
          new ImageCodec(image).prepare();
          for (const model of models) new Model(model).prepare();
        }
        return new Response(String(Date.now() - start));
      },
    };`;
}
