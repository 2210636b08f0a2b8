// A codec and a model for tests, tiny modules with the exports of the real ones, and a Worker of them.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { buildWasm, op } from "./wasm_builder.mjs";

const HERE = import.meta.dirname;
const constant = (value) => ({ results: 1, body: op.const(value) });
const nothing = { body: [] };

const ENCODED = 4096;
const LARGEST = 32768;
const TABLE = ENCODED + LARGEST;

/** What every byte of the manifest's table is. */
const TABLE_VALUE = 7;

/** The first byte of an "image" tells the codec what to do; the rest of it is the tensor. */
export const TRAP = 255;
export const image = (command, ...tensor) => Uint8Array.of(command, ...tensor);

/**
 * A codec: returns the image's first byte as its status, or traps; has no memory for large images,
 * and takes no table but the manifest's.
 */
export const codecWasm = buildWasm({
  _initialize: nothing,
  wranglet_image_begin: {
    parameters: 1,
    results: 1,
    body: [
      ...op.if(op.greater(op.get(0), op.const(LARGEST)), [...op.const(0), ...op.return]),
      ...op.const(ENCODED),
    ],
  },
  wranglet_image_table: { parameters: 1, results: 1, body: op.const(TABLE) },
  wranglet_image_convert: {
    parameters: 5,
    results: 1,
    body: [
      ...op.if(op.equal(op.load8(ENCODED), op.const(TRAP)), op.unreachable),
      ...op.if(op.equal(op.load8(TABLE + 767), op.const(TABLE_VALUE)), [
        ...op.load8(ENCODED),
        ...op.return,
      ]),
      ...op.const(5),
    ],
  },
  wranglet_image_output: constant(ENCODED + 1),
});

const [INPUT, OUTPUT, WEIGHTS, RUNS] = [16, 32, 48, 64];

/** An input that makes the model trap. */
export const POISON = 99;

/**
 * A model: three bytes in, three out: the first input plus the weight, the second input, and how many
 * inferences its instance has done. Traps on POISON.
 */
export const modelFunctions = {
  _initialize: nothing,
  wranglet_abi: constant(1),
  wranglet_weights: constant(WEIGHTS),
  wranglet_prepare: nothing,
  wranglet_input: { parameters: 1, results: 1, body: op.const(INPUT) },
  wranglet_output: { parameters: 1, results: 1, body: op.const(OUTPUT) },
  wranglet_infer: {
    body: [
      ...op.store8(RUNS, op.add(op.load8(RUNS), op.const(1))),
      ...op.if(op.equal(op.load8(INPUT), op.const(POISON)), op.unreachable),
      ...op.store8(OUTPUT, op.add(op.load8(INPUT), op.load8(WEIGHTS))),
      ...op.store8(OUTPUT + 1, op.load8(INPUT + 1)),
      ...op.store8(OUTPUT + 2, op.load8(RUNS)),
    ],
  },
};
export const modelWasm = buildWasm(modelFunctions);

/** The model's manifest, with `changes`. */
export const manifest = (changes = {}) => ({
  format: 1,
  name: "fake",
  version: "0123456789abcdef",
  precision: "int8",
  simd: "simd128",
  weights: { storage: "embedded", bytes: 0 },
  memory: { arena: 64, arenaLowerBound: 64 },
  macs: 3,
  inputs: [
    {
      name: "image",
      shape: [1, 1, 1, 3],
      dtype: "int8",
      scale: 1,
      zeroPoint: 0,
      image: {
        width: 1,
        height: 1,
        color: "rgb",
        crop: "center",
        table: Buffer.alloc(768, TABLE_VALUE).toString("base64"),
      },
    },
  ],
  outputs: [
    {
      name: "scores",
      shape: [1, 3],
      dtype: "int8",
      scale: 0.5,
      zeroPoint: 0,
      kind: "probabilities",
    },
  ],
  labels: ["cat", "dog", "runs"],
  compiler: "wranglet test",
  ...changes,
});

/** The bytes of the model's weights.bin, for manifests with external weights. */
export const WEIGHTS_BIN = Uint8Array.of(5);

/** What of a manifest says that the weights are in a file of their own: by default in WEIGHTS_BIN. */
export const external = (bytes = WEIGHTS_BIN) => ({
  weights: {
    storage: "external",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  },
});

/**
 * Writes a Worker as wrangler_worker does.
 *
 * @param {string} folder
 * @param {ReturnType<typeof manifest>[]} manifests one a model; external weights are WEIGHTS_BIN, in modules
 * @param {object} [options] createWorker's
 * @param {string} [settings] more of wrangler.toml
 */
export function writeWorker(folder, manifests, options = {}, settings = "") {
  const isFetched = (options.weights ?? "modules") !== "modules";
  const files = {
    "wrangler.toml": template.replaceAll("{NAME}", "fake-worker").replace("{SETTINGS}", settings),
    "src/index.js": entry(
      manifests.map(({ name }) => name),
      options,
    ),
    "src/wranglet/image.wasm": codecWasm,
  };
  for (const file of readdirSync(HERE).filter((name) => name.endsWith(".js"))) {
    files[`src/wranglet/${file}`] = readFileSync(path.join(HERE, file));
  }
  for (const description of manifests) {
    const isInModules = description.weights.storage === "external" && !isFetched;
    const model = `src/models/${description.name}`;
    files[`${model}/model.wasm`] = modelWasm;
    files[`${model}/manifest.js`] = `export default ${JSON.stringify(description)};\n`;
    files[`${model}/index.js`] = [
      'export { default as manifest } from "./manifest.js";',
      'export { default as module } from "./model.wasm";',
      isInModules ? 'export { default as weights } from "./weights.bin";' : "",
    ].join("\n");
    if (isInModules) files[`${model}/weights.bin`] = WEIGHTS_BIN;
  }
  for (const [file, content] of Object.entries(files)) writeFile(path.join(folder, file), content);
}

/**
 * @param {string} file in a folder that may not exist yet
 * @param {string | Uint8Array} content
 */
export function writeFile(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const template = readFileSync(path.join(HERE, "../templates/wrangler.toml.tpl"), "utf8");

const entry = (names, options) =>
  [
    'import { WorkerEntrypoint } from "cloudflare:workers";',
    'import image from "./wranglet/image.wasm";',
    'import { createWorker } from "./wranglet/worker.js";',
    ...names.map((name, i) => `import * as model${i} from "./models/${name}/index.js";`),
    `const models = [${names.map((_, i) => `model${i}`)}];`,
    `const worker = createWorker({ image, models, options: ${JSON.stringify(options)} });`,
    "export default class extends WorkerEntrypoint {",
    "  fetch(request) { return worker.fetch(request, this.env, this.ctx); }",
    "  classify(image, options) { return worker.classify(image, options, this.env, this.ctx); }",
    "}",
  ].join("\n");
