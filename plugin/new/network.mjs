// Has the compiler look at a network before a workspace is made for it.

import { spawnSync } from "node:child_process";
import path from "node:path";

import { Refusal } from "./request.mjs";

/**
 * @param {import("./request.mjs").Network} network
 * @throws {Refusal} when it can't be compiled, takes no image, or has another number of classes than labels;
 *     with the compiler's own words
 */
export function inspectNetwork({ file, labels }) {
  const compiler = path.resolve(process.env.WRANGLET_COMPILER);
  const { status, stderr, error } = spawnSync(
    compiler,
    ["inspect", file, "--labels", labels, "--json"],
    { encoding: "utf8", maxBuffer: Infinity },
  );
  if (error) throw error;
  if (status !== 0) throw new Refusal(`this network can't be used:\n${stderr.trim()}`);
}
