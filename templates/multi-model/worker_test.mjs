// The Worker in workerd, the real Workers runtime: each model answers what its network answers on this machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { startWorker } from "wranglet/testing";

/** By model: what its network answers, a photo each. */
const answers = process.env.ANSWERS.split(" ").map((file) => ({
  model: path.basename(file, ".answers.jsonl"),
  photos: readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)),
}));

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

const classify = (path, body) => worker.fetch(path, { method: "POST", body });
const scores = (classes) => classes.map(({ label, score }) => ({ label, score }));

for (const { model, photos } of answers) {
  describe(model, () => {
    for (const { file, classes: expected } of photos) {
      test(`${file} has the classes and scores that it has on this machine`, async () => {
        const response = await classify(`/classify/${model}`, readFileSync(file));
        assert.equal(response.status, 200);
        const { classes } = await response.json();
        assert.deepEqual(scores(classes), scores(expected.slice(0, classes.length)));
      });
    }
  });
}

test("the first model answers where no name is given, and an unknown one is refused", async () => {
  const [{ model, photos }] = answers;
  const photo = readFileSync(photos[0].file);
  assert.equal((await (await classify("/classify", photo)).json()).model, model);
  assert.equal((await classify("/classify/no-such-model", photo)).status, 404);
});
