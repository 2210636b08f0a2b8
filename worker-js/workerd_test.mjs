// What only the real runtime can tell: the deployed folder starts in workerd.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { kCurrentWorker } from "miniflare";

import { startWorker } from "wranglet/testing";

import { external, image, manifest, POISON, TRAP, WEIGHTS_BIN, writeWorker } from "./fakes.mjs";
import { workerSizes } from "./sizes.mjs";
import { measureTimes } from "./times.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "wranglet-workerd-test-"));
before(() => writeWorker(folder, [manifest(), manifest({ ...external(), name: "heavy" })]));
after(() => rmSync(folder, { recursive: true }));

describe("a Worker in workerd", () => {
  let worker;
  before(async () => (worker = await startWorker(folder)));
  after(() => worker?.stop());
  const post = (body, path = "/classify") => worker.fetch(path, { method: "POST", body });

  test("answers, by embedded and by external weights", async () => {
    assert.equal((await (await post(image(0, 8, 2, 3))).json()).classes[0].score, 4);
    const heavy = await (await post(image(0, 8, 2, 3), "/classify/heavy")).json();
    assert.equal(heavy.classes[0].score, (8 + WEIGHTS_BIN[0]) / 2);
  });

  test("replaces a codec and a model that trapped, and logs the model's", async () => {
    assert.equal((await post(image(TRAP))).status, 422);
    const failed = await post(image(0, POISON, 0, 0));
    assert.equal(failed.status, 500);
    const { instance } = await failed.json();
    const answer = await (await post(image(0, 1, 2, 3))).json();
    const runs = answer.classes.find(({ label }) => label === "runs");
    assert.equal(runs.score, 0.5, "a new instance's first run");
    assert.ok(worker.logs.some((line) => line.includes(instance)));
  });

  test("refuses 20 MiB and a byte, announced or not, and its sender gets to know", async () => {
    const bytes = new Uint8Array(20 * 1024 * 1024 + 1);
    const streamed = { body: new Blob([bytes]).stream(), duplex: "half" };
    for (const init of [{ body: bytes }, streamed]) {
      assert.equal((await worker.fetch("/classify", { method: "POST", ...init })).status, 413);
      assert.equal((await post(image(0, 1, 2, 3))).status, 200);
    }
  });
});

test("a Worker that fails at start says why", async (t) => {
  const broken = mkdtempSync(path.join(tmpdir(), "wranglet-workerd-test-"));
  t.after(() => rmSync(broken, { recursive: true }));
  writeWorker(broken, [manifest({ format: 2 })]);
  await assert.rejects(startWorker(broken), /manifest format 2 is not 1/);
});

test("options reach the Worker, and another entry may take its place", async () => {
  const main = "export default { fetch: (request, env) => new Response(env.WORD) };";
  const worker = await startWorker(folder, { main, options: { bindings: { WORD: "bound" } } });
  try {
    assert.equal(await (await worker.fetch("/")).text(), "bound");
  } finally {
    await worker.stop();
  }
});

test("a service binding calls classify(), without HTTP", async () => {
  const file = (name) => path.join(folder, "src", name);
  copyFileSync(file("index.js"), file("callee.js"));
  const main = `
    export { default as Callee } from "./callee.js";
    export default {
      async fetch(request, env) {
        const answer = await env.CALLEE.classify(request.body, { model: "heavy", top: 1 });
        const failure = await env.CALLEE.classify(new Uint8Array([1]), {}).catch(String);
        return Response.json({ answer, failure });
      },
    };`;
  const serviceBindings = { CALLEE: { name: kCurrentWorker, entrypoint: "Callee" } };
  const worker = await startWorker(folder, { main, options: { serviceBindings } });
  try {
    const body = image(0, 8, 2, 3);
    const { answer, failure } = await (await worker.fetch("/", { method: "POST", body })).json();
    const { timing, ...rest } = answer;
    const classes = [{ label: "cat", index: 0, score: (8 + WEIGHTS_BIN[0]) / 2 }];
    const { label, score } = classes[0];
    assert.deepEqual(rest, { model: "heavy", version: "0123456789abcdef", label, score, classes });
    assert.match(failure, /Send a/);
  } finally {
    await worker.stop();
    rmSync(file("callee.js"));
  }
});

test("start-up and inference are measured in workerd", async () => {
  const { first, again, inference } = await measureTimes(folder);
  assert.ok(first >= 0 && first < 1000, `first ${first} ms`);
  assert.ok(again > 0 && again < 100, `again ${again} ms`);
  assert.ok(inference >= 0 && inference < 10, `an inference ${inference} ms`);
});

test("sizes are those of the modules", async () => {
  const sizes = Object.fromEntries(
    (await workerSizes(folder)).map(({ what, ...bytes }) => [what, bytes]),
  );
  assert.equal(sizes["heavy: weights"].raw, WEIGHTS_BIN.length);
  assert.equal(sizes["fake: arena, in memory"].raw, 64);
  const total = sizes["Worker without the image codec"];
  const wasm = sizes["fake: wasm"].raw + sizes["heavy: wasm"].raw;
  assert.equal(total.raw, wasm + sizes["heavy: weights"].raw + sizes["JavaScript"].raw);
  assert.ok(total.gzip < total.raw);
});
