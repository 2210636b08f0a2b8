import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { countFor, timeInTurn } from "./timing.mjs";

/** Work that takes `each` ms, requests `http` ms; counts what it is asked for. */
function fake(each, http = 2) {
  const counts = [];
  return { counts, post: async (count) => (counts.push(count), http + each * count) };
}

describe("how often a request repeats its work", () => {
  test("slow work as often as asked", async () => {
    const work = fake(50);
    assert.equal(await countFor(work, 20), 20);
    assert.deepEqual(work.counts, [20]);
  });

  test("quick work until a request takes 50 ms", async () => {
    const count = await countFor(fake(0.01), 20);
    assert.ok(2 + 0.01 * count >= 50, String(count));
    assert.ok(count < 50_000, String(count));
  });

  test("work that takes no time at all, not forever", async () => {
    assert.equal(await countFor(fake(0), 20), 1e6);
  });
});

describe("timing in turn", () => {
  test("HTTP's own time is taken off", async () => {
    const [slow, quick] = await timeInTurn([fake(50, 7), fake(0.125, 3)], {
      iterations: 100,
      rounds: 5,
    });
    assert.equal(slow.median, 50);
    assert.equal(slow.iterations, 100);
    assert.ok(Math.abs(quick.median - 0.125) < 1e-9);
    assert.ok(quick.iterations >= 100);
  });

  test("each has its share of every round", async () => {
    const order = [];
    const named = (name) => ({
      post: async (count) => (count > 0 && order.push(name), 100 * count),
    });
    await timeInTurn([named("a"), named("b")], { iterations: 2, rounds: 2 });
    assert.deepEqual(order, ["a", "b", "a", "b", "a", "b"]);
  });

  test("one slow round does not move the median", async () => {
    let calls = 0;
    const post = async (count) => (count && ++calls === 3 ? 1000 : 10 * count);
    const [{ median, spread }] = await timeInTurn([{ post }], { iterations: 50, rounds: 5 });
    assert.equal(median, 10);
    assert.equal(spread, 0);
  });
});
