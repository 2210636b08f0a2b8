// A test over random networks: what Wranglet computes against what its peers do. WRANGLET_SEED,
// WRANGLET_COUNT (networks of each operator in each precision) and WRANGLET_ONLY (a regular expression) choose others.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { boundOf, findStale, refusalOf } from "./known.mjs";
import { generate } from "./programs.mjs";
import { NAMES, judge, nameOf, survey } from "./survey.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const COUNT = Number(process.env.WRANGLET_COUNT ?? 4);
const ONLY = new RegExp(process.env.WRANGLET_ONLY ?? "");
// These networks are the ones that show all that known.mjs says.
const IS_USUAL = !["WRANGLET_SEED", "WRANGLET_COUNT", "WRANGLET_ONLY"].some(
  (name) => name in process.env,
);

function declare(name, { networks, distances, refused }) {
  test(name, (t) => {
    for (const [by, list] of Object.entries(refused)) {
      if (list.length === 0) continue;
      const [{ seed, reason }] = list;
      t.diagnostic(
        `${name}: ${NAMES[by]} REFUSES ${list.length} of ${networks.length}, as seed ${seed}: ${reason}`,
      );
    }
    const failures = [];
    for (const [by, distance] of Object.entries(distances)) {
      const { text, isClose } = judge(distance, by, boundOf(by, name));
      t.diagnostic(`${name}, ${distance.networks} networks: ${text}`);
      if (!isClose) failures.push(`${name}: ${text}; seeds ${distance.seeds.slice(0, 9)}`);
    }
    if (refused.wranglet.length > 0 && !refusalOf(name)) {
      failures.push(
        `${name}: Wranglet refuses what it is not known to: ${refused.wranglet[0].reason}`,
      );
    }
    assert.ok(failures.length === 0, failures.join("\n"));
  });
}

/**
 * Makes networks, runs them, and declares a test for each operator and precision.
 *
 * @param {"tflite" | "onnx"} format
 * @param {import("./survey.mjs").Peer[]} peers the first must take some network
 */
export async function testRandomNetworks(format, peers) {
  const folder = mkdtempSync(join(tmpdir(), "random-networks-"));
  try {
    const networks = await generate(SEED, COUNT, folder, format);
    const chosen = networks.filter((network) => ONLY.test(nameOf(network)));
    const surveys = await survey(chosen, peers);
    for (const [name, found] of surveys) declare(name, found);
    test("known.mjs says only what is so", { skip: !IS_USUAL }, () => {
      assert.deepEqual(findStale(surveys, judge), [], "take these off known.mjs");
    });
    test("networks were compared", (t) => {
      const sum = (count) =>
        [...surveys.values()].reduce((total, found) => total + count(found), 0);
      const compared = peers.map((by) => sum(({ distances }) => distances[by].networks));
      t.diagnostic(
        `seed ${SEED}: ${chosen.length} networks; Wranglet refuses ${sum(({ refused }) => refused.wranglet.length)}; ` +
          peers.map((by, i) => `${compared[i]} compared with ${NAMES[by]}`).join(", "),
      );
      assert.ok(compared[0] > 0, "nothing was compared");
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
