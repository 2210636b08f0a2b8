// The Worker in workerd, the real Workers runtime: it answers what the network answers on this machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { startWorker } from "wranglet/testing";

const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n");

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

const classify = (body) => worker.fetch("/classify", { method: "POST", body });

for (const { file, classes: expected } of answers.map((line) => JSON.parse(line))) {
  test(`${file} has the classes and scores that it has on this machine`, async () => {
    const response = await classify(readFileSync(file));
    assert.equal(response.status, 200);
    const { classes } = await response.json();
    assert.deepEqual(
      classes.map(({ label, score }) => ({ label, score })),
      expected.slice(0, classes.length).map(({ label, score }) => ({ label, score })),
    );
  });
}

test("what is no image is refused", async () => {
  assert.equal((await classify("this is no photo")).status, 415);
});
