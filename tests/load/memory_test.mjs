import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, residentBytes, sampled } from "./memory.mjs";

const MIB = 1024 * 1024;

test("memory that grows at first, or for a moment, is flat; that of a leak is not", () => {
  const steady = Array.from({ length: 100 }, (_, i) => (i < 25 ? 50 + 2 * i : 100));
  assert.deepEqual(judge(steady), { start: 50, second: 100, last: 100, peak: 100, isFlat: true });
  const moment = steady.with(80, 1000).with(99, 1000);
  assert.deepEqual(judge(moment), { start: 50, second: 100, last: 100, peak: 1000, isFlat: true });
  const leak = steady.map((bytes, i) => bytes + i / 2);
  assert.equal(judge(leak).isFlat, false);
});

test("a process's memory is sampled before, while and after it works, each time without garbage", async () => {
  const kept = [];
  let collected = 0;
  const collectGarbage = async () => void ++collected;
  const [done, samples] = await sampled(process.pid, collectGarbage, 20, async () => {
    for (let i = 0; i < 5; ++i) {
      kept.push(Buffer.alloc(16 * MIB, i + 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return "done";
  });
  assert.equal(done, "done");
  assert.ok(samples.length >= 3, `${samples.length} samples`);
  assert.equal(collected, samples.length);
  assert.ok(samples.at(-1) - samples[0] > 64 * MIB, `${samples}`);
  assert.ok(residentBytes(process.pid) >= kept.length * 16 * MIB);
});

test("what fails ends the sampling, and is told", async () => {
  const fail = () => Promise.reject(new Error("failed"));
  await assert.rejects(
    sampled(process.pid, async () => {}, 1, fail),
    /failed/,
  );
});
