// A Worker of more models than its budget of memory holds, in workerd: every answer is its own model's, whatever is
// loaded and unloaded meanwhile and whoever breaks off.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { startWorker } from "wranglet/testing";

import { external, image, manifest, POISON, writeFile, writeWorker } from "./fakes.mjs";

const MODELS = 12;
const READY = 4;
const REQUESTS = 10_000;
const AT_ONCE = 50;

/** A fake model's memory once it is ready, and what a model of its manifest is taken for before. */
const [MEASURED, ESTIMATED] = [65536, 3 * 65536 + 64 + 1];
const BUDGET = (READY - 1) * MEASURED + ESTIMATED;

const ASSETS = `
[assets]
directory = "./weights"
binding = "WEIGHTS"
run_worker_first = true
`;

/** Model i adds its weight, i + 1, to the input. */
const models = Array.from({ length: MODELS }, (_, i) => {
  const bytes = Uint8Array.of(i + 1);
  return { bytes, manifest: manifest({ name: `model${i}`, ...external(bytes) }) };
});

const folder = mkdtempSync(path.join(tmpdir(), "wranglet-many-test-"));
before(() => {
  const manifests = models.map((model) => model.manifest);
  writeWorker(folder, manifests, { weights: "assets", memoryBudget: BUDGET }, ASSETS);
  for (const { bytes, manifest } of models) {
    writeFile(path.join(folder, "weights", manifest.name, `${manifest.weights.sha256}.bin`), bytes);
  }
});
after(() => rmSync(folder, { recursive: true }));

describe(`${MODELS} models under a budget for ${READY}`, () => {
  let worker;
  before(async () => (worker = await startWorker(folder)));
  after(() => worker?.stop());

  const ask = (i, ...tensor) =>
    worker.fetch(`/classify/model${i}`, { method: "POST", body: image(0, ...tensor) });
  const metric = (text, name) =>
    [...text.matchAll(new RegExp(`^wranglet_${name}(?:\\{.*\\})? (\\d+)$`, "gm"))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );

  /** One of the mixed requests; which, is the same in every run. Some models are asked far more often than others. */
  async function mixed(n) {
    const share = ((n * 7919) % 9973) / 9973;
    const i = Math.floor(MODELS * share ** 3);
    const value = n % 50;
    if (n % 97 === 0) {
      assert.equal((await ask(i, POISON, 0, 0)).status, 500, "a trap");
      return;
    }
    if (n % 89 === 0) {
      assert.equal((await worker.fetch("/classify/none", { method: "POST" })).status, 404);
      return;
    }
    const response = await ask(i, value, 0, 0);
    assert.equal(response.status, 200);
    const { model, classes } = await response.json();
    assert.equal(model, `model${i}`);
    const cat = classes.find(({ label }) => label === "cat");
    assert.equal(cat.score, (value + i + 1) / 2, `model ${i} of ${value}`);
  }

  test(`answers ${REQUESTS} mixed requests, ${AT_ONCE} at a time, every one right`, async () => {
    let next = 0;
    const client = async () => {
      while (next < REQUESTS) await mixed(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    const text = await (await worker.fetch("/metrics")).text();
    assert.ok(metric(text, "model_evictions_total") >= MODELS - READY);
    assert.equal(metric(text, "model_load_failures_total"), 0);
    assert.ok(metric(text, "models_ready") <= READY);
    assert.ok(metric(text, "memory_bytes") <= BUDGET);
    const traps = Math.ceil(REQUESTS / 97);
    assert.equal(metric(text, "traps_total"), traps);
    assert.equal(
      metric(text, "inferences_total"),
      Array.from({ length: REQUESTS }, (_, n) => n).filter((n) => n % 97 && n % 89).length,
    );
  });

  test("goes on after clients that broke off while their model was loaded", async () => {
    for (let round = 0; round < 5; ++round) {
      await Promise.all(models.map((_, i) => breakOff(`/classify/model${i}`)));
      const answers = await Promise.all(models.map((_, i) => ask(i, 1, 0, 0)));
      for (const answer of answers) {
        assert.equal(answer.status, 200);
        await answer.arrayBuffer();
      }
    }
  });

  /** Sends a request and closes its connection at once. */
  function breakOff(route) {
    return new Promise((resolve) => {
      const body = Buffer.from(image(0, 1, 0, 0));
      const options = { method: "POST", headers: { "content-length": body.length } };
      const sent = request(new URL(route, worker.url), options);
      sent.on("error", () => {});
      sent.on("close", resolve);
      sent.end(body, () => sent.destroy());
    });
  }
});
