// One Worker hosts both networks in three precisions: all answer alike, within Cloudflare's limits.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { startWorker } from "wranglet/testing";

import { folderNeeds, LIMITS } from "../../worker-js/limits.mjs";

const photo = readFileSync(process.env.PHOTO);
const LABELS = { objects: 10, person: 2 };
/** What 8 bits may move a score by. */
const TOLERANCE = 0.15;

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

/** The scores a model gives the photo, by label. */
async function scoresOf(model) {
  const response = await worker.fetch(`/classify/${model}`, { method: "POST", body: photo });
  assert.equal(response.status, 200, model);
  const { classes } = await response.json();
  return new Map(classes.map(({ label, score }) => [label, score]));
}

for (const [network, labels] of Object.entries(LABELS)) {
  describe(network, () => {
    for (const model of [network, `${network}_int16`]) {
      test(`${model} answers as float32 does`, async () => {
        const exact = await scoresOf(`${network}_float32`);
        assert.equal(exact.size, labels);
        for (const [label, score] of await scoresOf(model)) {
          const difference = Math.abs(score - exact.get(label));
          assert.ok(difference < TOLERANCE, `${label}: ${score}, in float ${exact.get(label)}`);
        }
      });
    }
  });
}

test("all six fit into one Worker, in size and in memory", () => {
  const { size, memory } = folderNeeds(process.env.WRANGLET_WORKER);
  assert.ok(size > 10e6 && size < LIMITS.size, `${size} bytes`);
  assert.ok(memory < LIMITS.memory, `${memory} bytes`);
});
