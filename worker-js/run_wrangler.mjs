// Wrangler as it is, in the folder where the caller stands: node run_wrangler.mjs [wrangler's arguments]

import { spawnSync } from "node:child_process";

import { wranglerCommand } from "./wrangler_cli.mjs";

const [program, args, options] = wranglerCommand(process.argv.slice(2));
const cwd = process.env.WRANGLET_CALLER_DIRECTORY;
process.exit(spawnSync(program, args, { cwd, ...options }).status ?? 1);
