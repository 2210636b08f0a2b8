// Puts a model_library, the folder WRANGLET_WORKER, into a user's project: node copy_library.mjs FOLDER

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

import { copyFolder } from "./folders.mjs";

/** @param {string} folder */
function isFree(folder) {
  if (!existsSync(folder)) return true;
  const names = readdirSync(folder);
  return (
    names.length === 0 || ["index.js", "network", "wranglet"].every((name) => names.includes(name))
  );
}

const [given] = process.argv.slice(2);
if (!given) {
  console.error("usage: bazel run //:NAME.copy -- FOLDER");
  process.exit(2);
}
const folder = path.resolve(process.env.WRANGLET_CALLER_DIRECTORY ?? ".", given);
if (!isFree(folder)) {
  console.error(`${folder} holds something else than a model_library; nothing is overwritten`);
  process.exit(1);
}
mkdirSync(path.dirname(folder), { recursive: true });
// Beside its place first, so that a folder that is there is whole.
const copy = mkdtempSync(`${folder}-`);
copyFolder(process.env.WRANGLET_WORKER, copy);
rmSync(folder, { recursive: true, force: true });
renameSync(copy, folder);
