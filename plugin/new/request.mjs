// What the user asked for, checked before anything is written.

import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

export const TEMPLATES = ["image-classifier", "presence-detector", "multi-model", "library"];

export const USAGE = `usage: ./bazelw run //:new -- NAME --template TEMPLATE [--model FILE --labels FILE]

  NAME       the new folder; its last part is the Worker's name
  TEMPLATE   ${TEMPLATES.join(", ")}
  --model    a trained network, .onnx or .tflite; without it, one that tells whether there is a person
  --labels   its classes, one a line, in the order of its output

multi-model takes several pairs of --model and --labels.`;

/** Something that can't be done, for a reason that the user can mend. */
export class Refusal extends Error {
  /**
   * @param {string} message what is wrong, and what to do
   * @param {{ isMisuse?: boolean }} [options] isMisuse: of the command line, so that usage helps
   */
  constructor(message, { isMisuse = false } = {}) {
    super(message);
    this.isMisuse = isMisuse;
  }
}

const misuse = (message) => new Refusal(message, { isMisuse: true });

/**
 * @typedef {object} Network
 * @property {string} name the wasm_model's, and so the model's in URLs
 * @property {string} stem what its files are called in the workspace, but for what follows the dot
 * @property {string} file the .onnx or .tflite file
 * @property {string} labels the file of its classes
 * @property {"center" | "letterbox"} crop
 * @property {"rgb" | "gray"} [color] once it has been inspected
 */

/**
 * @typedef {object} WorkspaceRequest
 * @property {string} folder absolute, either not there or empty
 * @property {string} name the Worker's
 * @property {string} template
 * @property {Network[]} networks
 */

/**
 * @param {string[]} words the command line's
 * @param {string} place the folder that its paths are relative to
 * @returns {WorkspaceRequest}
 * @throws {Refusal}
 */
export function readRequest(words, place) {
  const { values, positionals } = parse(words);
  if (positionals.length !== 1) throw misuse("give one NAME");
  if (!TEMPLATES.includes(values.template)) {
    throw misuse(`give --template one of ${TEMPLATES.join(", ")}`);
  }
  const folder = path.resolve(place, positionals[0]);
  const name = path.basename(folder);
  checkName(name);
  checkFolder(folder);
  const networks = readNetworks(values, place);
  if (networks.length > 1 && values.template !== "multi-model") {
    throw misuse("only multi-model takes more than one --model");
  }
  return {
    folder,
    name,
    template: values.template,
    networks: networks.length > 0 ? networks : personNetworks(values.template),
  };
}

/** @param {string[]} words */
function parse(words) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        template: { type: "string" },
        model: { type: "string", multiple: true, default: [] },
        labels: { type: "string", multiple: true, default: [] },
      },
    });
  } catch (error) {
    throw misuse(error.message);
  }
}

/** Wrangler's rules for names of Workers, which become parts of host names. */
function checkName(name) {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw misuse(
    `"${name}" cannot be a Worker's name: use at most 63 lower-case letters, digits and, between them, dashes`,
  );
}

/** @param {string} folder */
function checkFolder(folder) {
  const parent = path.dirname(folder);
  if (!isFolder(parent)) throw new Refusal(`there is no folder ${parent}; make it first`);
  if (!existsSync(folder)) return;
  if (!isFolder(folder)) throw new Refusal(`${folder} is a file; choose another NAME`);
  if (readdirSync(folder).length > 0) {
    throw new Refusal(`${folder} is not empty, and nothing is overwritten; choose another NAME`);
  }
}

const isFolder = (folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * @param {{ model: string[], labels: string[] }} values
 * @param {string} place
 * @returns {Network[]} none, if the user brings none
 */
function readNetworks({ model, labels }, place) {
  if (model.length !== labels.length) {
    throw misuse("--model and --labels go together: give the file of the network's classes, too");
  }
  const networks = model.map((given, i) => {
    const file = path.resolve(place, given);
    if (!/\.(onnx|tflite)$/.test(file)) throw misuse(`${given} is neither .onnx nor .tflite`);
    const name = modelName(path.parse(file).name);
    return { name, stem: name, file, labels: path.resolve(place, labels[i]), crop: "center" };
  });
  for (const file of networks.flatMap((network) => [network.file, network.labels])) {
    if (!isFile(file)) throw new Refusal(`there is no file ${file}`);
  }
  const names = networks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new Refusal(`two networks are called "${twice}"; rename one's file`);
  return networks;
}

/** Names that a workspace's BUILD.bazel gives to targets of its own. */
const TAKEN = new Set(["worker", "worker_test", "model"]);

/** @param {string} file a file's name, which may have any characters */
function modelName(file) {
  const name = file.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "") || "network";
  return TAKEN.has(name) ? `${name}-network` : name;
}

/**
 * The network that comes with Wranglet; for many models, with two views of a photo.
 *
 * @param {string} template
 * @returns {Network[]}
 */
function personNetworks(template) {
  const files = {
    stem: "person",
    file: path.resolve(process.env.WRANGLET_PERSON_NETWORK),
    labels: path.resolve(process.env.WRANGLET_PERSON_LABELS),
  };
  if (template !== "multi-model") return [{ ...files, name: "person", crop: "center" }];
  return [
    { ...files, name: "person-middle", crop: "center" },
    { ...files, name: "person-whole", crop: "letterbox" },
  ];
}
