// How long a Worker's modules take to start, and to infer.

import path from "node:path";

import { startWorker } from "./testing.mjs";
import { readWorkerFolder } from "./worker_folder.mjs";

/** workerd's clock on this machine moves in steps of 1 ms: what is quicker is measured by repeating it. */
const REPEATS = 100;

/** Enough that V8 has optimised what it will, before and while it is timed. */
const INFERENCES = 20;

/**
 * @typedef {object} Times in milliseconds
 * @property {number} first start-up in a fresh workerd
 * @property {number} again the mean start-up after it
 * @property {number} inference of the slowest model, warm, the mean
 */

/**
 * Measures in workerd, by an entry of its own in place of the Worker's: every module instantiated and made
 * ready for its first request, as worker.js does it. Compiling them is not in it: workerd does that
 * before the Worker's code runs.
 *
 * @param {string} folder the Worker's
 * @returns {Promise<Times>}
 */
export async function measureTimes(folder) {
  const worker = await startWorker(folder, {
    main: probe(readWorkerFolder(folder)),
    isBare: true,
  });
  try {
    const ask = async (path) => Number(await (await worker.fetch(path)).text());
    const first = await ask("/start/1");
    const again = (await ask(`/start/${REPEATS}`)) / REPEATS;
    await ask(`/infer/${INFERENCES}`);
    return { first, again, inference: (await ask(`/infer/${INFERENCES}`)) / INFERENCES };
  } finally {
    await worker.stop();
  }
}

/**
 * @param {import("./worker_folder.mjs").WorkerFolder} folder
 * @returns {string} an ES module: a Worker that starts all modules, or infers, as often as the path says
 */
function probe({ root, modules }) {
  const names = modules.map((module) => path.relative(root, module.path));
  const models = names
    .filter((name) => /^models\/[^/]+\/manifest\.js$/.test(name))
    .map((name) => path.dirname(name));
  // Weights that are fetched from elsewhere are as quick when they are 0.
  const isBeside = (model) => names.includes(`${model}/weights.bin`);
  const imports = models.map(
    (model, i) => `
    import manifest${i} from "./${model}/manifest.js";
    import module${i} from "./${model}/model.wasm";
    ${isBeside(model) ? `import weights${i} from "./${model}/weights.bin";` : `const weights${i} = zeros(manifest${i});`}`,
  );
  return `
    import image from "./wranglet/image.wasm";
    import { ImageCodec } from "./wranglet/image.js";
    import { Model } from "./wranglet/model.js";
    import { tensorBytes } from "./wranglet/tensor.js";
    ${imports.join("\n")}
    const models = [${models.map((_, i) => `{ manifest: manifest${i}, module: module${i}, weights: weights${i} }`)}];

    function zeros({ weights: { storage, bytes } }) {
      return storage === "external" ? new ArrayBuffer(bytes) : undefined;
    }

    function timed(times, work) {
      const start = Date.now();
      for (let left = times; left > 0; --left) work();
      return Date.now() - start;
    }

    const start = (times) => timed(times, () => {
      new ImageCodec(image).prepare();
      for (const model of models) new Model(model).prepare();
    });

    const infer = (times) => Math.max(...models.map((files) => {
      const model = new Model(files);
      const inputs = files.manifest.inputs.map((spec) => new Uint8Array(tensorBytes(spec)));
      model.prepare();
      return timed(times, () => model.run(inputs));
    }));

    export default {
      fetch({ url }) {
        const [, what, times] = new URL(url).pathname.split("/");
        return new Response(String({ start, infer }[what](Number(times))));
      },
    };`;
}
