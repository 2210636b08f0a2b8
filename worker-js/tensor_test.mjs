import assert from "node:assert/strict";
import { test } from "node:test";

import { elementBytes, realValues, tensorBytes } from "./tensor.js";

test("a tensor's bytes are its shape times its element", () => {
  assert.equal(tensorBytes({ name: "t", shape: [1, 2, 3], dtype: "int16" }), 12);
  assert.equal(tensorBytes({ name: "t", shape: [], dtype: "float32" }), 4);
});

for (const [dtype, bytes, expected] of [
  ["int8", [0x80, 0xff, 0x7f], [-64.5, -1, 63]],
  ["uint8", [0x80, 0xff, 0x00], [63.5, 127, -0.5]],
  ["int16", [0x00, 0x80, 0xff, 0x7f], [-16384.5, 16383]],
  ["int32", [0xff, 0xff, 0xff, 0xff], [-1]],
  ["int64", [0x04, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [1.5, -1]],
  ["float32", [0x00, 0x00, 0xc0, 0x3f], [0.25]],
]) {
  test(`${dtype}: real = scale * (stored - zeroPoint)`, () => {
    const spec = { name: "t", shape: [expected.length], dtype, scale: 0.5, zeroPoint: 1 };
    assert.deepEqual(realValues(Uint8Array.from(bytes), spec), expected);
  });
}

test("without scale and zeroPoint the stored numbers are the real ones", () => {
  const spec = { name: "t", shape: [1], dtype: "float32" };
  assert.deepEqual(realValues(Uint8Array.of(0, 0, 0xc0, 0x3f), spec), [1.5]);
});

test("a tensor may start anywhere in its buffer", () => {
  const odd = Uint8Array.of(9, 1, 0, 2, 0).subarray(1);
  assert.deepEqual(realValues(odd, { name: "t", shape: [2], dtype: "int16" }), [1, 2]);
});

test("an unknown dtype is refused by name", () => {
  assert.throws(() => elementBytes("float8"), /"float8"/);
});
