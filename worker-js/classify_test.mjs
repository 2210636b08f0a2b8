import assert from "node:assert/strict";
import { test } from "node:test";

import { classify, softmax } from "./classify.js";

const spec = (changes) => ({ name: "o", shape: [1, 3], dtype: "int8", scale: 0.5, ...changes });

test("probabilities are the numbers themselves, the highest first", () => {
  assert.deepEqual(
    classify(Uint8Array.of(1, 3, 2), spec({ kind: "probabilities" }), ["a", "b", "c"]),
    [
      { label: "b", index: 1, score: 1.5 },
      { label: "c", index: 2, score: 1 },
      { label: "a", index: 0, score: 0.5 },
    ],
  );
});

test("of equal scores the lower index comes first", () => {
  const classes = classify(Uint8Array.of(1, 2, 2), spec({ kind: "probabilities" }));
  assert.deepEqual(
    classes.map(({ index }) => index),
    [1, 2, 0],
  );
});

test("a class without a label is called by its index", () => {
  const [first, second] = classify(Uint8Array.of(2, 1), spec({ kind: "tensor" }), ["a"]);
  assert.equal(first.label, "a");
  assert.equal(second.label, "1");
});

test("logits become probabilities by softmax", () => {
  const [highest, , lowest] = classify(Uint8Array.of(2, 0, 4), spec({ kind: "logits" }));
  const sum = 1 + Math.E + Math.E ** 2;
  assert.ok(Math.abs(highest.score - Math.E ** 2 / sum) < 1e-15);
  assert.ok(Math.abs(lowest.score - 1 / sum) < 1e-15);
  assert.equal(highest.index, 2);
});

test("softmax does not overflow", () => {
  assert.deepEqual(softmax([10000, 10000]), [0.5, 0.5]);
  assert.deepEqual(softmax([-10000, 0]), [0, 1]);
});
