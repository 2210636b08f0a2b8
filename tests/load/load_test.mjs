// Some seconds of load: every answer is right, and all are counted. Nothing here is timed; load.mjs is for that.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { startWorker } from "wranglet/testing";

import { drive, Tally } from "./drive.mjs";
import { sampled } from "./memory.mjs";
import { mix } from "./mix.mjs";
import { startWorkerd } from "./workerd.mjs";

const [ROUNDS, HUGE_ROUNDS] = [25, 3];

const { usual, huge } = mix();

describe("under load", () => {
  test("good, bad and huge requests at once get the right answers, all of them", async (t) => {
    const worker = await startWorkerd(process.env.WRANGLET_WORKER);
    t.after(() => worker.stop());
    const tally = new Tally();
    const [runs, samples] = await sampled(worker.id, worker.collectGarbage, 500, () =>
      Promise.all([
        drive(worker.url, usual, { connections: 8, amount: ROUNDS * usual.length }, tally),
        drive(worker.url, huge, { connections: 2, amount: HUGE_ROUNDS * huge.length }, tally),
      ]),
    );
    assert.deepEqual(tally.examples, []);
    assert.deepEqual(
      runs.map(({ errors }) => errors),
      [0, 0],
    );
    assert.equal(tally.total, ROUNDS * usual.length + HUGE_ROUNDS * huge.length);
    const answered = new Set(tally.counts.keys());
    assert.deepEqual(
      answered,
      new Set([...usual, ...huge].map(({ name, status }) => `${name} ${status}`)),
    );
    assert.ok(samples.length >= 2 && samples.every((bytes) => bytes > 0));
  });

  test("a Worker that is wrong now and then is found out", async (t) => {
    const worker = await startWorker(undefined, { main: LIAR });
    t.after(() => worker.stop());
    const tally = new Tally();
    const photos = usual.filter(({ name }) => name === "photo");
    await drive(worker.url, photos, { connections: 2, amount: 20 }, tally);
    assert.equal(tally.wrong, 20);
    assert.equal(tally.examples.length, 10);
    assert.equal(tally.counts.get("photo 500"), 10);
    assert.equal(tally.counts.get("photo 200"), 10);
  });
});

/** Every other answer is a 500, and the rest are of some other picture. */
const LIAR = `
  let requests = 0;
  const classes = [{ label: "person", index: 1, score: 1 }];
  const answer = { model: "person", version: "", label: "person", score: 1, classes, timing: {} };
  export default {
    async fetch(request) {
      await request.arrayBuffer();
      return Response.json(answer, { status: ++requests % 2 ? 500 : 200 });
    },
  };`;
