// A Worker that hosts one network built in every way: each answers what the host computes for it, and the
// int8 ones agree, whatever their instructions and wherever their weights lie.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { startWorker } from "wranglet/testing";

const VARIANTS = ["auto", "external", "float32", "int16", "relaxed", "simd128"];
const photos = new Map(
  process.env.PHOTOS.split(" ").map((file) => [path.basename(file), readFileSync(file)]),
);
const expected = (variant) =>
  readFileSync(process.env[variant], "utf8").trim().split("\n").map(JSON.parse);

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

for (const variant of VARIANTS) {
  test(`${variant}: the Worker's scores are the host's`, async () => {
    const answers = expected(variant);
    assert.equal(answers.length, photos.size);
    for (const { file, classes } of answers) {
      const body = photos.get(path.basename(file));
      const response = await worker.fetch(`/classify/${variant}`, { method: "POST", body });
      assert.equal(response.status, 200);
      const scores = (await response.json()).classes.map(({ label, score }) => [label, score]);
      assert.deepEqual(
        scores,
        classes.map(({ label, score }) => [label, score]),
        file,
      );
    }
  });
}

test("the int8 variants compute the same bytes", () => {
  const outputs = (variant) => expected(variant).map(({ output }) => output);
  assert.deepEqual(outputs("simd128"), outputs("relaxed"));
  assert.deepEqual(outputs("external"), outputs("relaxed"));
  assert.notDeepEqual(outputs("float32"), outputs("relaxed"));
});

test("int16 is nearer to float32 than int8 is", () => {
  const scores = (variant) =>
    expected(variant).flatMap(({ classes }) =>
      classes.toSorted((a, b) => a.index - b.index).map(({ score }) => score),
    );
  const exact = scores("float32");
  const error = (variant) =>
    scores(variant).reduce((most, score, i) => Math.max(most, Math.abs(score - exact[i])), 0);
  assert.ok(error("int16") < 0.02, `int16 is ${error("int16")} off`);
  assert.ok(error("int16") < error("relaxed"), `int8 is ${error("relaxed")} off`);
});

test("external weights lie beside their module, embedded ones in it", () => {
  const file = (variant, name) =>
    path.join(process.env.WRANGLET_WORKER, "src/models", variant, name);
  assert.ok(existsSync(file("external", "weights.bin")));
  assert.ok(!existsSync(file("relaxed", "weights.bin")));
  const size = (variant, name = "model.wasm") => readFileSync(file(variant, name)).length;
  assert.ok(size("external") < 80_000);
  // Runs of zeros are not stored.
  assert.ok(size("relaxed") > size("external") + 0.9 * size("external", "weights.bin"));
});
