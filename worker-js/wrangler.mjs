// Runs wrangler on a copy of the Worker WRANGLET_WORKER, as Bazel's outputs can't be written to; before it ships one,
// tells how it stands against Cloudflare's limits:
//   node wrangler.mjs dev|deploy [wrangler's arguments]

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";

import { costs } from "./costs.mjs";
import { copyFolder } from "./folders.mjs";
import { wranglerCommand } from "./wrangler_cli.mjs";

if (process.argv[2] === "deploy") {
  console.log(`${await costs(process.env.WRANGLET_WORKER, process.env.WRANGLET_PLAN)}\n`);
}

const folder = mkdtempSync(path.join(tmpdir(), "wranglet-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
copyFolder(process.env.WRANGLET_WORKER, folder);

const [program, args, options] = wranglerCommand(process.argv.slice(2));
const wrangler = spawn(program, args, { cwd: folder, ...options });
// A terminal's Ctrl-C reaches wrangler by itself, and it is wrangler that decides when to end.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => wrangler.kill("SIGTERM"));
wrangler.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
