import assert from "node:assert/strict";
import { test } from "node:test";

import { macsOf, stepsOf } from "./profile.mjs";

test("a step multiplies every output by as many weights as a channel has", () => {
  assert.equal(macsOf("Conv2D 1x96x96x3, 16x3x3x3, 16 -> 1x48x48x16"), 48 * 48 * 16 * 27);
  assert.equal(macsOf("DepthwiseConv2D 1x8x8x6, 1x3x3x6 -> 1x4x4x6"), 4 * 4 * 6 * 9);
  assert.equal(macsOf("FullyConnected 1x64, 10x64, 10 -> 1x10"), 640);
  assert.equal(macsOf("Add 1x4, 1x4 -> 1x4"), 0);
});

test("steps are found in their source", () => {
  const source = `
void wranglet_infer() {
  WRANGLET_STEP(0)  // a: Add 1x4, 1x4 -> 1x4
  AddInt8({}, Arena<int8_t>(0));
  WRANGLET_STEP(1)  // b: Softmax 1x4 -> 1x4
}`;
  assert.deepEqual(stepsOf(source), ["a: Add 1x4, 1x4 -> 1x4", "b: Softmax 1x4 -> 1x4"]);
});
