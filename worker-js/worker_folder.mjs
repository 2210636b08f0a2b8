// A Worker's folder as wrangler_worker makes it: what wrangler.toml says, and its modules.

import { readdirSync } from "node:fs";
import path from "node:path";

import { unstable_getMiniflareWorkerOptions as readConfig } from "wrangler";

/** @typedef {{ type: string, path: string, contents?: string }} WorkerModule */

/**
 * @typedef {object} WorkerFolder
 * @property {string} root what module names are relative to: the folder of the entry
 * @property {WorkerModule[]} modules the entry first
 * @property {Record<string, unknown>} options all else that wrangler.toml says, as miniflare's options
 */

/**
 * @param {string} folder
 * @returns {WorkerFolder}
 * @throws {Error} when it has no valid wrangler.toml
 */
export function readWorkerFolder(folder) {
  const { workerOptions, main } = readConfig(path.resolve(folder, "wrangler.toml"));
  const { modulesRules, ...options } = workerOptions;
  const entry = path.resolve(folder, main);
  const root = path.dirname(entry);
  return { root, modules: modulesBeside(entry, root, modulesRules), options };
}

/**
 * @param {string} entry
 * @param {string} root
 * @param {{ type: string, include: string[] }[]} rules the first that fits decides
 * @returns {WorkerModule[]} those files under `root` that a rule makes modules
 */
function modulesBeside(entry, root, rules) {
  const modules = [];
  for (const name of readdirSync(root, { recursive: true }).sort()) {
    const rule = rules.find(({ include }) => include.some((glob) => path.matchesGlob(name, glob)));
    if (rule) modules.push({ type: rule.type, path: path.join(root, name) });
  }
  return modules.sort((a, b) => Number(b.path === entry) - Number(a.path === entry));
}
