// Runs wrangler on a copy of the Worker WRANGLET_WORKER, as Bazel's outputs can't be written to; before it ships one,
// tells how it stands against Cloudflare's limits:
//   node wrangler.mjs dev|deploy [wrangler's arguments]
// The local variables and secrets of the user's package, WRANGLET_PACKAGE, are there by links: .dev.vars and .env.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
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
linkVariables(folder);

const [program, args, options] = wranglerCommand(process.argv.slice(2));
const wrangler = spawn(program, args, { cwd: folder, ...options });
// A terminal's Ctrl-C reaches wrangler by itself, and it is wrangler that decides when to end.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => wrangler.kill("SIGTERM"));
wrangler.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));

/** @param {string} folder gets links to .dev.vars, .dev.vars.ENVIRONMENT, .env and the like of the user's package */
function linkVariables(folder) {
  const { BUILD_WORKSPACE_DIRECTORY: workspace, WRANGLET_PACKAGE: place = "" } = process.env;
  if (!workspace) return; // not by `bazel run`
  const source = path.join(workspace, place);
  for (const name of readdirSync(source)) {
    if (/^\.(dev\.vars|env)(\.|$)/.test(name)) {
      symlinkSync(path.join(source, name), path.join(folder, name));
    }
  }
}
