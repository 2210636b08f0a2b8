// Flags of V8 for everything that is measured: Node.js, the fresh processes it starts, and workerd.

import { spawnSync } from "node:child_process";

/**
 * Runs this program anew with `flags`, unless it has them, and ends as that does. V8 asks which instructions the CPU
 * has when it starts; --no-enable-avx-vnni makes it one without vpdpbusd.
 *
 * @param {string} flags with spaces between them
 */
export function restartWith(flags) {
  const wanted = flags.split(" ").filter(Boolean);
  if (wanted.every((flag) => process.execArgv.includes(flag))) return;
  const { status } = spawnSync(process.execPath, [...wanted, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, MINIFLARE_WORKERD_V8_FLAGS: wanted.join(" ") },
  });
  process.exit(status ?? 1);
}
