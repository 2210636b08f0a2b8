// Has the compiler look at a network before a workspace is made for it.

import { spawnSync } from "node:child_process";
import path from "node:path";

import { Refusal } from "./request.mjs";

/**
 * @param {import("./request.mjs").Network} network
 * @returns {"rgb" | "gray"} the images it takes
 * @throws {Refusal} when it can't be compiled, takes no image, or has another number of classes than labels;
 *     with the compiler's own words
 */
export function inspectNetwork(network) {
  const complaint = inspect(network, "rgb");
  if (!complaint) return "rgb";
  if (!inspect(network, "gray")) return "gray";
  throw new Refusal(`this network can't be used:\n${complaint}`);
}

/** @returns {string} what the compiler says against it: nothing if it can be compiled */
function inspect({ file, labels }, color) {
  const compiler = path.resolve(process.env.WRANGLET_COMPILER);
  const { status, stderr, error } = spawnSync(
    compiler,
    ["inspect", file, "--labels", labels, "--color", color, "--json"],
    { encoding: "utf8", maxBuffer: Infinity },
  );
  if (error) throw error;
  return status === 0 ? "" : stderr.trim() || `the compiler ended with status ${status}`;
}
