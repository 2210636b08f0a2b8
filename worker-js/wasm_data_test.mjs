import assert from "node:assert/strict";
import { test } from "node:test";

import { dataBytes } from "./wasm_data.mjs";

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const bytes = (count) => Array(count).fill(7);

/** A module of 4 bytes at 1,000, 3 that the module places, and 2 at 70,000, with another section before. */
const MODULE = Uint8Array.from([
  ...HEADER,
  ...[0x00, 0x03, 0x01, 0x61, 0x0b],
  ...[0x0b, 25, 0x03],
  ...[0x00, 0x41, 0xe8, 0x07, 0x0b, 4, ...bytes(4)],
  ...[0x01, 3, ...bytes(3)],
  ...[0x00, 0x41, 0xf0, 0xa2, 0x04, 0x0b, 2, ...bytes(2)],
]);

test("what lies between two addresses is counted", () => {
  assert.ok(WebAssembly.validate(withMemory(MODULE)));
  assert.equal(dataBytes(MODULE, 0, 100_000), 6 + 4 + (7 + 2));
  assert.equal(dataBytes(MODULE, 1000, 1004), 6 + 4);
  assert.equal(dataBytes(MODULE, 1001, 70_001), 6 + 3 + (7 + 1));
  assert.equal(dataBytes(MODULE, 1004, 70_000), 0);
});

test("addresses from 2 GB on are no negative ones", () => {
  const high = Uint8Array.from([
    ...HEADER,
    ...[0x0b, 10, 0x01, 0x00, 0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x0b, 1, 7],
  ]);
  high[9] = high.length - 10;
  assert.equal(dataBytes(high, 2 ** 31, 2 ** 31 + 10), 9 + 1);
  assert.equal(dataBytes(high, 0, 2 ** 31), 0);
});

test("a place that is computed is an error", () => {
  const computed = Uint8Array.from([...HEADER, 0x0b, 6, 0x01, 0x00, 0x23, 0x00, 0x0b, 0]);
  assert.throws(() => dataBytes(computed, 0, 1), /no constant/);
});

/** The module with a memory, whose section comes before the others. */
function withMemory(module) {
  const memory = [0x05, 0x03, 0x01, 0x00, 0x02];
  const rest = module.slice(HEADER.length);
  return Uint8Array.from([...HEADER, ...memory, ...rest]);
}
