// Puts the weights of the Worker WRANGLET_WORKER into the KV namespace or R2 bucket that its wrangler.toml names:
//   node upload.mjs [wrangler's arguments, such as --local --persist-to FOLDER]

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

import { WEIGHTS_BINDING } from "./weights.js";
import { readWorkerFolder } from "./worker_folder.mjs";
import { wranglerCommand } from "./wrangler_cli.mjs";

const folder = process.env.WRANGLET_WORKER;
const config = path.join(folder, "wrangler.toml");
const weights = path.join(folder, "weights");
const { options } = readWorkerFolder(folder);
const bucket = nameOf(options.r2Buckets?.[WEIGHTS_BINDING]);
const place = process.argv.includes("--local") ? [] : ["--remote"];

/** Of a binding as miniflare's options have it: its name or an object with it. */
function nameOf(binding) {
  return typeof binding === "object" ? binding.id : binding;
}

/** @param {string} key */
function command(key) {
  const file = path.join(weights, key);
  return bucket
    ? ["r2", "object", "put", `${bucket}/${key}`, "--file", file]
    : ["kv", "key", "put", key, "--path", file, "--binding", WEIGHTS_BINDING];
}

const keys = readdirSync(weights, { recursive: true }).filter((name) => name.endsWith(".bin"));
for (const key of keys) {
  const args = [...command(key), "--config", config, ...place, ...process.argv.slice(2)];
  const { status } = spawnSync(...wranglerCommand(args));
  if (status !== 0) process.exit(status ?? 1);
}
