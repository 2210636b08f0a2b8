import assert from "node:assert/strict";
import { test } from "node:test";

import { networkOf, split } from "./figures.mjs";

const timing = (median) => ({ median, spread: 0, iterations: 100 });

test("memory is weights, decoding and the input's copy; warm requests have no weights", () => {
  const parts = {
    weights: timing(5),
    decode: timing(2),
    copy: timing(1),
    infer: timing(12),
    request: timing(15),
  };
  assert.deepEqual(split({ parts }), {
    memory: 8,
    infer: 12,
    memoryShare: 0.4,
    warm: 3,
    warmShare: 0.2,
  });
});

test("a model's network is told by its name", () => {
  assert.equal(networkOf("objects"), "objects");
  assert.equal(networkOf("person_int16"), "person");
});
