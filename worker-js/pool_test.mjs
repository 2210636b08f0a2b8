import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { manifest, modelWasm, POISON } from "./fakes.mjs";
import { Metrics } from "./metrics.js";
import { Model } from "./model.js";
import { ModelPool } from "./pool.js";
import { Trap } from "./sandbox.js";
import { sha256, WeightsError } from "./weights.js";

const PAGE = 65536;
const module = new WebAssembly.Module(modelWasm);

/** A model whose weight is one byte, to be fetched. */
async function external(name, weight) {
  const weights = {
    storage: "external",
    bytes: 1,
    sha256: await sha256(Uint8Array.of(weight)),
  };
  return new Model({ manifest: manifest({ name, weights }), module }, { isFetched: true });
}

const streamOf = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** What a request can do: weights by model's name, counted; each is held back until `release` is called. */
function store(weights, { isHeld = false } = {}) {
  const opened = [];
  const held = [];
  const open = async ({ name }) => {
    opened.push(name);
    if (isHeld) await new Promise((resolve) => held.push(resolve));
    return streamOf(Uint8Array.of(weights[name]));
  };
  const release = () => held.splice(0).forEach((resolve) => resolve());
  return { loading: { open, waitUntil: () => {} }, opened, release };
}

/** Starts what a request does, of which workerd runs nothing more: neither its timers nor what it awaits. */
function cancelled(t, start) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  start().catch(() => {});
  t.mock.timers.reset();
}

const run = (model) => model.run([Uint8Array.of(1, 2, 3)])[0][0];
const poolOf = (models, budget = 100 * PAGE, loadSeconds = 30) =>
  new ModelPool(models, { budget, metrics: new Metrics(), loadSeconds });

describe("a model", () => {
  test("is loaded at its first use and kept", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model]);
    const { loading, opened } = store({ a: 10 });
    assert.equal(pool.ready, 0);
    for (let i = 0; i < 3; ++i) assert.equal(await pool.use(model, loading, run), 11);
    assert.deepEqual(opened, ["a"]);
    assert.equal(pool.ready, 1);
    assert.equal(pool.bytes, PAGE);
  });

  test("is fetched once, however many requests wait", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model]);
    const { loading, opened, release } = store({ a: 10 }, { isHeld: true });
    const answers = Array.from({ length: 50 }, () => pool.use(model, loading, run));
    await new Promise(setImmediate);
    release();
    assert.deepEqual(await Promise.all(answers), Array(50).fill(11));
    assert.deepEqual(opened, ["a"]);
  });

  test("that could not be loaded is tried again by the next request, and all who waited get to know", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model]);
    const broken = { open: async () => streamOf(), waitUntil: () => {} };
    const failed = await Promise.allSettled([1, 2].map(() => pool.use(model, broken, run)));
    for (const { reason } of failed) assert.ok(reason instanceof WeightsError);
    assert.equal(pool.bytes, 0, "nothing stays reserved");
    assert.equal(await pool.use(model, store({ a: 10 }).loading, run), 11);
  });

  test("whose load never ends is given up, and another request may load it", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model], 100 * PAGE, 0.1);
    const { loading } = store({ a: 10 }, { isHeld: true });
    await assert.rejects(pool.use(model, loading, run), WeightsError);
    assert.equal(await pool.use(model, store({ a: 10 }).loading, run), 11);
    assert.equal(pool.bytes, PAGE);
  });

  test("whose request is cancelled is loaded by one who waits", async (t) => {
    const model = await external("a", 10);
    const pool = poolOf([model], 100 * PAGE, 3);
    cancelled(t, () => pool.use(model, store({ a: 10 }, { isHeld: true }).loading, run));
    assert.ok(pool.bytes > 0, "it is on its way");
    const { loading, opened } = store({ a: 10 });
    assert.deepEqual(await Promise.all([1, 2].map(() => pool.use(model, loading, run))), [11, 11]);
    assert.deepEqual(opened, ["a"]);
  });

  test("that comes slowly is left to the request that loads it", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model], 100 * PAGE, 3);
    const { loading, opened, release } = store({ a: 10 }, { isHeld: true });
    const answers = [1, 2].map(() => pool.use(model, loading, run));
    setTimeout(release, 1000); // more than three signs of life
    assert.deepEqual(await Promise.all(answers), [11, 11]);
    assert.deepEqual(opened, ["a"]);
  });

  test("that trapped is loaded again, also for those who waited with the one who did it", async () => {
    const model = await external("a", 10);
    const pool = poolOf([model]);
    const { loading, opened, release } = store({ a: 10 }, { isHeld: true });
    const poison = pool.use(model, loading, (ready) => ready.run([Uint8Array.of(POISON, 0, 0)]));
    const good = pool.use(model, loading, run);
    const opening = setInterval(release, 1);
    await assert.rejects(poison, Trap);
    assert.equal(await good, 11);
    clearInterval(opening);
    assert.deepEqual(opened, ["a", "a"]);
  });

  test("keeps loading when its request goes: its load is handed to waitUntil", async () => {
    const model = await external("a", 10);
    const kept = [];
    const { loading } = store({ a: 10 });
    await poolOf([model]).use(
      model,
      { ...loading, waitUntil: (promise) => kept.push(promise) },
      run,
    );
    assert.equal(kept.length, 1);
  });
});

describe("a budget", () => {
  const NAMES = ["a", "b", "c", "d"];
  const weights = { a: 10, b: 20, c: 30, d: 40 };
  const four = () => Promise.all(NAMES.map((name) => external(name, weights[name])));

  test("unloads who was used least recently", async () => {
    const [a, b, c] = await four();
    // A page each when ready; what is not yet is taken for more.
    const pool = poolOf([a, b, c], PAGE + c.memoryBytes);
    const { loading, opened } = store(weights);
    for (const model of [a, b, a, c]) await pool.use(model, loading, run);
    assert.deepEqual(
      [a, b, c].map((model) => model.isReady),
      [true, false, true],
    );
    assert.equal(await pool.use(b, loading, run), 21, "it comes back");
    assert.deepEqual(opened, ["a", "b", "c", "b"]);
    assert.equal(a.isReady, false);
  });

  test("is kept while many wait for many, and all get their own model's answer", async () => {
    const models = await four();
    const budget = 2 * PAGE + models[0].memoryBytes;
    const pool = poolOf(models, budget);
    const { loading, release } = store(weights, { isHeld: true });
    let most = 0;
    const opening = setInterval(() => {
      most = Math.max(most, pool.bytes);
      release();
    }, 1);
    const asked = Array.from({ length: 200 }, (_, i) => i % 4);
    const answers = await Promise.all(asked.map((i) => pool.use(models[i], loading, run)));
    clearInterval(opening);
    assert.deepEqual(
      answers,
      asked.map((i) => 1 + weights[NAMES[i]]),
    );
    assert.ok(most > 0 && most <= budget, `${most} of ${budget}`);
  });

  test("is free again of what a cancelled request held", async (t) => {
    const [a, b] = await four();
    const pool = poolOf([a, b], a.memoryBytes, 3);
    cancelled(t, () => pool.use(a, store(weights, { isHeld: true }).loading, run));
    assert.equal(await pool.use(a, store(weights).loading, run), 11);
    assert.equal(await pool.use(b, store(weights).loading, run), 21);
    assert.equal(a.isReady, false);
  });

  test("that a model alone would break is refused", async () => {
    const model = await external("a", 10);
    assert.throws(() => poolOf([model], PAGE), /"a" takes 196673 bytes of memory, more than/);
  });
});
