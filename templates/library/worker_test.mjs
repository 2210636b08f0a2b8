// The Worker as wrangler bundles and serves it: its model answers what the network answers on this machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { startProject } from "wranglet/testing";

const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n");

let worker;
// The model is the one that Bazel has just built, at the place that wrangler.toml's build copies it to.
before(async () => (worker = await startProject({ "src/model": process.env.WRANGLET_WORKER })));
after(() => worker?.stop());

const classify = (body) => worker.fetch("/", { method: "POST", body });

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
  assert.equal((await classify("this is no photo")).status, 422);
});
