// What a Worker's folder weighs.

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { dataBytes } from "./wasm_data.mjs";
import { readWorkerFolder } from "./worker_folder.mjs";

/** @typedef {{ what: string, raw: number, gzip?: number }} Size in bytes; gzip: as Cloudflare counts */

/**
 * @param {string} folder
 * @returns {Promise<Size[]>} of each model's parts, the JavaScript, the codec, and the Worker but the codec
 */
export async function workerSizes(folder) {
  const { root, modules } = readWorkerFolder(folder);
  const files = modules.map(({ type, path: file }) => {
    const content = readFileSync(file);
    const name = path.relative(root, file);
    return { name, type, content, raw: content.length, gzip: gzipSync(content).length };
  });
  const sum = (what, isMeant) => {
    const meant = files.filter(isMeant);
    const total = (key) => meant.reduce((bytes, file) => bytes + file[key], 0);
    return { what, raw: total("raw"), gzip: total("gzip") };
  };
  const isCodec = ({ name }) => name === path.join("wranglet", "image.wasm");
  const sizes = [];
  for (const file of files.filter(({ name }) => path.basename(name) === "manifest.js")) {
    const isIn = (base) => (other) => other.name === path.join(path.dirname(file.name), base);
    const wasm = files.find(isIn("model.wasm"));
    sizes.push(...modelSizes(await evaluate(file.content), wasm.content, sum, isIn));
  }
  return [
    ...sizes,
    sum("JavaScript", ({ type }) => type === "ESModule"),
    sum("Worker without the image codec", (file) => !isCodec(file)),
    sum("image codec", isCodec),
  ];
}

/**
 * @param {import("./model.js").Manifest & { memory: { arena: number } }} manifest
 * @param {Uint8Array<ArrayBuffer>} module
 * @param {(what: string, isMeant: (file: any) => boolean) => Size} sum
 * @param {(base: string) => (file: any) => boolean} isIn tells the file of this name beside the manifest
 * @returns {Size[]}
 */
function modelSizes({ name, weights, memory }, module, sum, isIn) {
  const wasm = sum(`${name}: wasm`, isIn("model.wasm"));
  const parts =
    weights.storage === "external"
      ? [externalWeights(name, weights, sum(`${name}: weights`, isIn("weights.bin")))]
      : embeddedWeights(name, weights, module);
  return [wasm, ...parts, { what: `${name}: arena, in memory`, raw: memory.arena }];
}

/** Those of a module: runs of zeros among them take no bytes of its file. */
function embeddedWeights(name, { bytes }, module) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  const start = exports.wranglet_weights();
  const raw = dataBytes(module, start, start + bytes);
  return [
    { what: `${name}: wasm, of this weights`, raw },
    { what: `${name}: wasm, of this all else`, raw: module.length - raw },
  ];
}

/** Those among the modules or, when none are there, what is fetched from elsewhere. */
function externalWeights(name, { bytes }, inModules) {
  return inModules.raw > 0 ? inModules : { what: `${name}: weights, fetched`, raw: bytes };
}

/** The default export of an ES module that imports nothing, from its text: whatever its folder says of types. */
async function evaluate(text) {
  const url = `data:text/javascript;base64,${text.toString("base64")}`;
  return (await import(url)).default;
}
