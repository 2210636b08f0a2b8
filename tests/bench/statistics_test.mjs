import assert from "node:assert/strict";
import { test } from "node:test";

import { median, quantile, spread } from "./statistics.mjs";

test("a median lies between the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 1, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
});

test("quantiles go from the least to the greatest", () => {
  const samples = [5, 1, 4, 2, 3];
  assert.equal(quantile(samples, 0), 1);
  assert.equal(quantile(samples, 1), 5);
  assert.equal(quantile(samples, 0.25), 2);
  assert.ok(Math.abs(quantile(samples, 0.95) - 4.8) < 1e-12);
  assert.deepEqual(samples, [5, 1, 4, 2, 3]);
});

test("the spread is relative", () => {
  assert.equal(spread([10, 10, 10]), 0);
  assert.equal(spread([8, 9, 10, 11, 12]), 0.1);
});
