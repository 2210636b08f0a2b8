// Puts a model_library, the folder WRANGLET_WORKER, into a user's project: node copy_library.mjs FOLDER

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";

import { copyFolder } from "./folders.mjs";

/** What a library has. */
const PARTS = ["index.d.ts", "index.js", "network", "wranglet"];

/** Whether nothing is there but, at most, an earlier copy. */
function isFree(folder) {
  if (!existsSync(folder)) return true;
  if (!statSync(folder).isDirectory()) return false;
  const names = readdirSync(folder);
  const isLibrary = ["network", "wranglet"].every((name) => names.includes(name));
  return names.length === 0 || (isLibrary && names.every((name) => PARTS.includes(name)));
}

/** Makes the copy beside its place, so that what is there is whole. */
function replace(folder, library) {
  mkdirSync(path.dirname(folder), { recursive: true });
  const copy = mkdtempSync(`${folder}-`);
  try {
    copyFolder(library, copy);
    chmodSync(copy, 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(copy, folder);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
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
replace(folder, process.env.WRANGLET_WORKER);
