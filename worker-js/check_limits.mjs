// Fails for a Worker that Cloudflare would not take, and says why: node check_limits.mjs TARGET FOLDER REPORT
// REPORT is written when all is well.

import { writeFileSync } from "node:fs";

import { breaches, folderNeeds, LIMITS, LIMITS_PAGE, mebibytes, megabytes } from "./limits.mjs";

const [, , target, folder, report] = process.argv;
const needs = folderNeeds(folder);
const found = breaches(needs);
if (found.length > 0) {
  for (const breach of found) console.error(`${target}: ${breach}`);
  console.error(`Cloudflare's limits: ${LIMITS_PAGE}`);
  process.exit(1);
}
const { size, memory } = needs;
writeFileSync(
  report,
  `size ${mebibytes(size)} of ${mebibytes(LIMITS.size)}\n` +
    `memory, at least ${megabytes(memory)} of ${megabytes(LIMITS.memory)}\n`,
);
