import assert from "node:assert/strict";
import { test } from "node:test";

import { layersOf, macsOf, Stopwatch } from "./profile.mjs";

test("a step multiplies every output by as many weights as a channel has", () => {
  assert.equal(macsOf("Conv2D 1x96x96x3, 16x3x3x3, 16 -> 1x48x48x16"), 48 * 48 * 16 * 27);
  assert.equal(macsOf("DepthwiseConv2D 1x8x8x6, 1x3x3x6 -> 1x4x4x6"), 4 * 4 * 6 * 9);
  assert.equal(macsOf("FullyConnected 1x64, 10x64, 10 -> 1x10"), 640);
  assert.equal(macsOf("Add 1x4, 1x4 -> 1x4"), 0);
});

test("layers are found in their source, each once however many steps it has", () => {
  const source = `
void wranglet_infer() {
  WRANGLET_STEP(0)  // a: Add 1x4, 1x4 -> 1x4
  AddInt8({}, Arena<int8_t>(0));
  WRANGLET_STEP(1)  // a: Add 1x4, 1x4 -> 1x4
  for (size_t round = 0; round < 2; ++round) {
  WRANGLET_STEP(2)  // b: Softmax 1x4 -> 1x4
  WRANGLET_STEP(1)  // a: Add 1x4, 1x4 -> 1x4
  }
}`;
  const add = "a: Add 1x4, 1x4 -> 1x4";
  assert.deepEqual(layersOf(source), [add, add, "b: Softmax 1x4 -> 1x4"]);
});

test("a layer's time is that of all its steps", () => {
  const watch = new Stopwatch(2);
  for (const [layer, now] of [
    [0, 10],
    [1, 13],
    [0, 14],
    [Infinity, 20],
  ]) {
    watch.begin(layer, now);
  }
  assert.deepEqual(watch.take(), [9, 1]);
  watch.begin(1, 30);
  watch.begin(Infinity, 31);
  assert.deepEqual(watch.take(), [0, 1], "what was taken is gone");
});
