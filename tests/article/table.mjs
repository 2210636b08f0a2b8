// The article's experiment:
//   ./bazelw run //examples:table -- [--iterations N] [--rounds N] [--fresh N] [--only TEXT] [--data FOLDER]
//       [--json FILE] [--html FILE] [--markdown FILE]

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { startWorker } from "wranglet/testing";

import { heldOutPhotos, measureAccuracy } from "./accuracy.mjs";
import { networkOf } from "./figures.mjs";
import { measureModels } from "./measure.mjs";
import { toHtml } from "./page.mjs";
import { toMarkdown, toText } from "./report.mjs";
import { sizesOf } from "./sizes.mjs";
import { hasTensorflow, measureTensorflow } from "./tensorflow.mjs";
import { modelsOf } from "./workers.mjs";

const OUTPUTS = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: toHtml,
  markdown: toMarkdown,
};

const { values: options } = parseArgs({
  options: {
    iterations: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
    fresh: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    data: { type: "string" },
    json: { type: "string" },
    html: { type: "string" },
    markdown: { type: "string" },
  },
});

/** Where the user stands, under `bazel run`. */
const fromCaller = (file) => path.resolve(process.env.WRANGLET_CALLER_DIRECTORY, file);
const words = (variable) => (process.env[variable] ?? "").split(" ").filter(Boolean);
const numbers = {};
for (const name of ["iterations", "rounds", "fresh"]) {
  numbers[name] = Number(options[name]);
  if (!(numbers[name] >= 1)) throw new Error(`--${name} ${options[name]} is no number from 1`);
}

const folders = words("WRANGLET_TABLE_WORKERS").filter((folder) =>
  modelsOf(folder)[0].includes(options.only),
);
const photo = process.env.WRANGLET_TABLE_PHOTO;
console.error("measuring the models, one at a time in turn...");
const models = await measureModels(folders, readFileSync(photo), numbers);

const data = options.data
  ? fromCaller(options.data)
  : path.join(process.env.BUILD_WORKSPACE_DIRECTORY ?? ".", "../shared/data");
const worker = await startWorker();
try {
  for (const model of models) {
    const photos = heldOutPhotos(networkOf(model.name), data);
    if (!photos) continue;
    console.error(`measuring the accuracy of ${model.name}...`);
    model.accuracy = await measureAccuracy(worker, model.name, photos);
  }
} finally {
  await worker.stop();
}

const peers = [];
if (hasTensorflow()) {
  for (const plan of words("WRANGLET_TABLE_PLANS")) {
    const network = networkOf(path.basename(path.dirname(plan)));
    if (!models.some(({ name }) => networkOf(name) === network)) continue;
    console.error(`measuring TensorFlow.js with ${network}...`);
    for (const peer of await measureTensorflow(plan, numbers)) peers.push({ network, ...peer });
  }
}

const report = {
  machine: cpus()[0].model,
  ...numbers,
  photo: { name: path.basename(photo), bytes: readFileSync(photo).length },
  models,
  peers,
  worker: { parts: await sizesOf(process.env.WRANGLET_WORKER) },
};
console.log(toText(report));
for (const [option, write] of Object.entries(OUTPUTS)) {
  if (!options[option]) continue;
  const file = fromCaller(options[option]);
  writeFileSync(file, write(report));
  console.log(`wrote ${file}`);
}
