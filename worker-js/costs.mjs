// Prints what a Worker weighs and takes, against Cloudflare's limits.

import { folderNeeds, LIMITS, LIMITS_PAGE, mebibytes, megabytes, PLANS } from "./limits.mjs";
import { workerSizes } from "./sizes.mjs";
import { measureTimes } from "./times.mjs";
import { table } from "./table.mjs";

/**
 * Measures start-up and inference in workerd, on this machine.
 *
 * @param {string} folder the Worker's
 * @param {keyof typeof PLANS} [plan]
 * @returns {Promise<string>} two tables and where the limits are published
 */
export async function costs(folder, plan = "free") {
  const bytes = (count) => count?.toLocaleString("en") ?? "";
  const sizes = (await workerSizes(folder)).map(({ what, raw, gzip }) => [
    what,
    bytes(raw),
    bytes(gzip),
  ]);
  return [
    table(["bytes", "raw", "gzip"], sizes),
    "",
    table(["limit", "this Worker", `Cloudflare, ${plan} plan`], await limitRows(folder, plan)),
    `(${LIMITS_PAGE}; times are this machine's)`,
  ].join("\n");
}

/**
 * @param {string} folder
 * @param {keyof typeof PLANS} plan
 */
async function limitRows(folder, plan) {
  const { size, memory } = folderNeeds(folder);
  const { first, again, inference } = await measureTimes(folder);
  const milliseconds = (value) => `${value.toLocaleString("en", { maximumFractionDigits: 2 })} ms`;
  // Local workerd's clock moves in whole milliseconds.
  const startUp = `${first === 0 ? "under 1 ms" : milliseconds(first)}, again ${milliseconds(again)}`;
  return [
    ["size", mebibytes(size), mebibytes(LIMITS.size)],
    ["memory, at least", megabytes(memory), megabytes(LIMITS.memory)],
    ["start-up", startUp, milliseconds(LIMITS.startUp)],
    ["CPU time of an inference", milliseconds(inference), milliseconds(PLANS[plan].cpu)],
  ];
}
