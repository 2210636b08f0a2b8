// Lays out a new workspace: a template's files, with its networks and photos.

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

import { projectConfig } from "../../worker-js/wrangler_config.mjs";

/** Files that may lie in any template, and are parts of others rather than files of the workspace. */
const PARTS = { vars: "vars.toml", network: "wasm_model.bzl.tpl" };

/**
 * Writes the workspace beside its place and moves it there when it is whole.
 *
 * @param {import("./request.mjs").WorkspaceRequest} request
 */
export function writeWorkspace(request) {
  const { folder, name } = request;
  const unfinished = mkdtempSync(path.join(path.dirname(folder), `.${name}-`));
  try {
    for (const [place, content] of Object.entries(workspaceFiles(request))) {
      write(path.join(unfinished, place), content);
    }
    chmodSync(path.join(unfinished, "bazelw"), 0o755);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, folder); // onto an empty folder, too
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** @typedef {string | { copyOf: string }} Content a text, or a file's */

/**
 * @param {string} file
 * @param {Content} content
 */
function write(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  if (typeof content === "string") writeFileSync(file, content);
  else {
    copyFileSync(content.copyOf, file);
    chmodSync(file, 0o644); // what Bazel gives is read-only
  }
}

/**
 * @param {import("./request.mjs").WorkspaceRequest} request
 * @returns {Record<string, Content>} by place in the workspace
 */
function workspaceFiles({ name, template, networks }) {
  const config = process.env.WRANGLET_CONFIG_TEMPLATE;
  const templates = path.dirname(config);
  const fill = filler(name, networks, path.join(templates, "common", PARTS.network));
  const files = {
    bazelw: { copyOf: process.env.WRANGLET_BAZELW },
    "wrangler.toml": projectConfig(fill(readFileSync(config, "utf8"))),
    ...templateFiles(path.join(templates, "common"), fill),
    ...templateFiles(path.join(templates, template), fill),
  };
  if (files[PARTS.vars]) files["wrangler.toml"] += `\n${files[PARTS.vars]}`;
  delete files[PARTS.vars];

  for (const network of networks) {
    files[`models/${networkName(network)}`] = { copyOf: network.file };
    files[`models/${labelsName(network)}`] = { copyOf: network.labels };
  }
  for (const photo of process.env.WRANGLET_PHOTOS.split(" ")) {
    files[`photos/${path.basename(photo)}`] = { copyOf: photo };
  }
  return files;
}

const networkName = ({ stem, file }) => stem + path.extname(file);
const labelsName = ({ stem }) => `${stem}.labels.txt`;

/**
 * @param {string} folder a template's
 * @param {(text: string) => string} fill
 * @returns {Record<string, string>} its files as they will be: NAME.tpl is NAME with its placeholders filled in,
 *     dot.NAME is .NAME
 */
function templateFiles(folder, fill) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && entry.name !== PARTS.network);
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const text = readFileSync(path.join(parentPath, name), "utf8");
      const place = name.replace(/\.tpl$/, "").replace(/^dot\./, ".");
      return [
        path.join(path.relative(folder, parentPath), place),
        name.endsWith(".tpl") ? fill(text) : text,
      ];
    }),
  );
}

/**
 * @param {string} name
 * @param {import("./request.mjs").Network[]} networks
 * @param {string} networkTemplate
 * @returns {(text: string) => string} what fills in a template's placeholders
 */
function filler(name, networks, networkTemplate) {
  const replace = (text, values) =>
    text.replaceAll(/\{([A-Z]+)\}/g, (all, key) => values[key] ?? all);
  const block = readFileSync(networkTemplate, "utf8");
  const blocks = networks.map((network) =>
    replace(block, {
      MODEL: network.name,
      FILE: networkName(network),
      LABELS: labelsName(network),
      COLOR: network.color,
      CROP: network.crop,
    }),
  );
  const [first] = networks;
  const values = {
    NAME: name,
    SETTINGS: "",
    WRANGLET: path.dirname(realpathSync(process.env.WRANGLET_MODULE)),
    NETWORKS: blocks.join("\n"),
    MODEL: first.name,
    MODELS: networks.map((network) => `"${network.name}"`).join(", "),
    // What a detector looks for, until its user says otherwise: of two classes mostly the second is the presence.
    CLASS: JSON.stringify(readFileSync(first.labels, "utf8").trim().split(/\r?\n/).at(-1)),
  };
  return (text) => replace(text, values);
}
