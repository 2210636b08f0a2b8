// The same networks in workerd, whose clock stands still while a Worker computes: timed from outside,
// many inferences a request.

import { startWorker } from "wranglet/testing";

import { inputFor } from "./inputs.mjs";
import { median } from "./statistics.mjs";

const REPEATS = 10;

/** A Worker that runs the model /NAME/COUNT times on the inputs it is sent, one after the other. */
const MAIN = (names) => `
  import { Model } from "./wranglet/model.js";
  import { tensorBytes } from "./wranglet/tensor.js";
  ${names.map((name, i) => `import * as model${i} from "./models/${name}/index.js";`).join("\n")}
  const models = { ${names.map((name, i) => `${name}: new Model(model${i})`).join(", ")} };
  export default {
    async fetch(request) {
      const [, name, count] = new URL(request.url).pathname.split("/");
      const model = models[name];
      const body = await request.arrayBuffer();
      let end = 0;
      const inputs = model.manifest.inputs.map((input) => {
        const begin = end;
        end += tensorBytes(input);
        return new Uint8Array(body, begin, end - begin);
      });
      for (let left = Number(count); left > 0; --left) model.run(inputs);
      return new Response();
    },
  };`;

/**
 * @param {import("./networks.mjs").Network} network
 * @param {number} rounds inferences in a request
 * @returns {Promise<{ first: number, warm: number }>} milliseconds: of the first request with one
 *     inference, HTTP included; of one inference of many, when workerd has done with optimising
 */
export async function measureInWorkerd({ model, inputs }, rounds) {
  const body = Buffer.concat(inputs.map(inputFor));
  const worker = await startWorker(undefined, { main: MAIN([model]) });
  const milliseconds = async (count) => {
    const start = performance.now();
    const response = await worker.fetch(`/${model}/${count}`, { method: "POST", body });
    if (!response.ok)
      throw new Error(`workerd: status ${response.status}\n${worker.logs.join("\n")}`);
    return performance.now() - start;
  };
  try {
    const first = await milliseconds(1);
    await milliseconds(rounds);
    const samples = [];
    for (let i = 0; i < REPEATS; ++i) {
      const one = await milliseconds(1);
      samples.push(((await milliseconds(rounds + 1)) - one) / rounds);
    }
    return { first, warm: median(samples) };
  } finally {
    await worker.stop();
  }
}
