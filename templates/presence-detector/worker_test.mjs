// The Worker in workerd, the real Workers runtime: what is there by the network's scores on this machine is there by
// the Worker's answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { startWorker } from "wranglet/testing";

const answers = readFileSync(process.env.ANSWERS, "utf8").trim().split("\n");

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

const ask = (path, init) => worker.fetch(path, init);
const detect = (body) => ask("/presence", { method: "POST", body });

for (const { file, classes } of answers.map((line) => JSON.parse(line))) {
  test(`${file}: present if its score reaches the threshold`, async () => {
    const response = await detect(readFileSync(file));
    assert.equal(response.status, 200);
    const answer = await response.json();
    const expected = classes.find(({ label }) => label === answer.class);
    assert.equal(answer.score, expected?.score ?? 0);
    assert.equal(answer.present, answer.score >= answer.threshold);
  });
}

test("what is no image is refused, and so is another method", async () => {
  assert.equal((await detect("this is no photo")).status, 415);
  assert.equal((await ask("/presence", { method: "PUT", body: "x" })).status, 405);
});

test("the service itself is there, too", async () => {
  const [{ file }] = answers.map((line) => JSON.parse(line));
  const response = await ask("/classify", { method: "POST", body: readFileSync(file) });
  assert.equal(response.status, 200);
});
