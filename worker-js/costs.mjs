// What a Worker weighs and takes, against Cloudflare's limits, as text.

import { folderNeeds, LIMITS, LIMITS_PAGE, mebibytes, megabytes, PLANS } from "./limits.mjs";
import { workerSizes } from "./sizes.mjs";
import { table } from "./table.mjs";
import { measureTimes } from "./times.mjs";

/**
 * Measures start-up and inference in workerd, on this machine.
 *
 * @param {string} folder the Worker's
 * @param {keyof typeof PLANS} [plan]
 * @returns {Promise<string>} two tables and where the limits are published
 */
export async function costs(folder, plan = "free") {
  const bytes = (count) => count?.toLocaleString("en") ?? "";
  const sizes = await workerSizes(folder);
  const rows = sizes.map(({ what, raw, gzip }) => [what, bytes(raw), bytes(gzip)]);
  return [
    table(["bytes", "raw", "gzip"], rows),
    "",
    limitsTable(folderNeeds(folder), await measureTimes(folder), plan),
    `(${LIMITS_PAGE}; times are this machine's)`,
  ].join("\n");
}

/**
 * @param {Pick<import("./limits.mjs").Needs, "size" | "memory">} needs
 * @param {import("./times.mjs").Times} times
 * @param {keyof typeof PLANS} plan
 */
export function limitsTable({ size, memory }, { first, again, inference }, plan) {
  const milliseconds = (value) => `${value.toLocaleString("en", { maximumFractionDigits: 2 })} ms`;
  // Local workerd's clock moves in whole milliseconds.
  const startUp = `${first === 0 ? "under 1 ms" : milliseconds(first)}, again ${milliseconds(again)}`;
  const row = (what, value, limit, show, shown = show(value)) => [
    what,
    shown,
    show(limit),
    value > limit ? "over it" : "",
  ];
  return table(
    ["limit", "this Worker", `Cloudflare, ${plan} plan`, ""],
    [
      row("size", size, LIMITS.size, mebibytes),
      row("memory, at least", memory, LIMITS.memory, megabytes),
      row("start-up", first, LIMITS.startUp, milliseconds, startUp),
      row("CPU time of an inference", inference, PLANS[plan].cpu, milliseconds),
    ],
  );
}
