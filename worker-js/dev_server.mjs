// For tests, in Node.js: a program that serves as `wrangler dev` does, and says where.

import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * @param {string[]} program a Node.js program and its arguments, which end in wrangler's `dev`
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} once it serves, on this machine only
 * @throws {Error} when it ends before, with all it said
 */
export async function startDevServer(program, options) {
  const server = spawn(process.execPath, [...program, "--ip", "127.0.0.1", "--port", "0"], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  const url = await new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk) => {
      said += chunk;
      const found = said.match(/Ready on (http:\/\/[\d.:]+)/);
      if (found) resolve(found[1]);
    };
    server.stdout.on("data", listen);
    server.stderr.on("data", listen);
    server.on("exit", () => reject(new Error(`it ended before it served:\n${said}`)));
  });
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
  };
  return { url, stop };
}
