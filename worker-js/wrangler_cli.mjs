// Wrangler, as the programs here start it.

import path from "node:path";

/**
 * @param {string[]} args
 * @returns {[string, string[], { env: NodeJS.ProcessEnv, stdio: "inherit" }]} what spawn and spawnSync of
 *     node:child_process take; wrangler reports nothing to Cloudflare unless the user's environment says otherwise
 */
export function wranglerCommand(args) {
  const cli = path.join(process.env.WRANGLET_NODE_MODULES, "wrangler/wrangler-dist/cli.js");
  const env = { WRANGLER_SEND_METRICS: "false", ...process.env };
  return [process.execPath, ["--no-warnings", cli, ...args], { env, stdio: "inherit" }];
}
