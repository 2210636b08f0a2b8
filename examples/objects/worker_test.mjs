// The objects Worker in workerd: in int8 it answers about what the float network answers, within 3 MiB.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { startWorker } from "wranglet/testing";

import { folderNeeds } from "../../worker-js/limits.mjs";

const photos = new Map(
  process.env.PHOTOS.split(" ").map((file) => [path.basename(file), readFileSync(file)]),
);
const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n").map(JSON.parse);

/** What 8 bits may move a score by, on photos of none of its classes, where it is least sure. */
const TOLERANCE = 0.15;

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

describe("answers", () => {
  assert.equal(answers.length, photos.size, "one answer of the host for each photo");
  for (const expected of answers) {
    const name = path.basename(expected.file);
    test(`${name}: scores for ten classes, near those of the float network`, async () => {
      const response = await worker.fetch("/classify", { method: "POST", body: photos.get(name) });
      assert.equal(response.status, 200);
      const { classes } = await response.json();
      const scores = new Map(classes.map(({ label, score }) => [label, score]));
      assert.equal(scores.size, 10);
      for (const { label, score } of expected.classes) {
        const difference = Math.abs(scores.get(label) - score);
        assert.ok(difference < TOLERANCE, `${label}: ${scores.get(label)}, in float ${score}`);
      }
    });
  }
});

test("8 bits: two and a half megabytes for two million parameters and all that runs them", () => {
  const { size } = folderNeeds(process.env.WRANGLET_WORKER);
  assert.ok(size < 3 * 2 ** 20, `${size} bytes`);
});
