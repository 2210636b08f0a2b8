// image.wasm as worker-js meets it: its exports, what each status is for, and that it forgets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const module = new WebAssembly.Module(readFileSync(process.env.IMAGE_WASM));

const RGB = 0;
const CENTER = 0;
const OK = 0;
const UNKNOWN_FORMAT = 1;
const CORRUPT = 2;
const TOO_MANY_PIXELS = 3;
const BAD_ARGUMENT = 5;

// A grey JPEG of 8x8, all of its pixels 128: every coefficient is zero.
const GRAY_JPEG = Uint8Array.from([
  ...[0xff, 0xd8], // start of image
  ...[0xff, 0xdb, 0, 67, 0, ...new Array(64).fill(1)], // quantisation table 0
  ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0], // frame: 8 bits, 8x8, one component
  ...[0xff, 0xc4, 0, 20, 0x00, 1, ...new Array(15).fill(0), 0], // DC codes: "0" is a difference of no bits
  ...[0xff, 0xc4, 0, 20, 0x10, 1, ...new Array(15).fill(0), 0], // AC codes: "0" is the end of the block
  ...[0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 63, 0], // scan
  ...[0x3f], // "0", "0", and ones to the end of the byte
  ...[0xff, 0xd9], // end of image
]);

function withSize(jpeg, width, height) {
  const sized = jpeg.slice();
  const frame = sized.indexOf(0xc0, 2) + 4;
  sized.set([height >> 8, height & 255, width >> 8, width & 255], frame);
  return sized;
}

function instantiate() {
  const { exports } = new WebAssembly.Instance(module, {});
  exports._initialize();
  const put = (bytes, place) => new Uint8Array(exports.memory.buffer).set(bytes, place);
  const identity = Uint8Array.from({ length: 768 }, (_, i) => i);
  return {
    exports,
    /** Runs one image through, to 4x4 RGB bytes by default. */
    convert(jpeg, { width = 4, height = 4, table = identity, elementSize = 1 } = {}) {
      put(jpeg, exports.wranglet_image_begin(jpeg.length));
      put(table, exports.wranglet_image_table(table.length));
      return exports.wranglet_image_convert(width, height, RGB, CENTER, elementSize);
    },
    output: (bytes) =>
      new Uint8Array(exports.memory.buffer, exports.wranglet_image_output(), bytes).slice(),
  };
}

test("imports nothing", () => assert.deepEqual(WebAssembly.Module.imports(module), []));

test("converts an image, and tells its size", () => {
  const image = instantiate();
  assert.equal(image.convert(GRAY_JPEG), OK);
  assert.deepEqual([...image.output(48)], new Array(48).fill(128));
  assert.equal(image.exports.wranglet_image_source_width(), 8);
  assert.equal(image.exports.wranglet_image_source_height(), 8);
});

test("tells apart what can be wrong, and works on", () => {
  const image = instantiate();
  assert.equal(image.convert(Uint8Array.from([1, 2, 3, 4])), UNKNOWN_FORMAT);
  assert.equal(image.convert(GRAY_JPEG.subarray(0, -3)), CORRUPT);
  assert.equal(image.convert(withSize(GRAY_JPEG, 10000, 5001)), TOO_MANY_PIXELS);
  assert.equal(image.convert(GRAY_JPEG, { width: 0 }), BAD_ARGUMENT);
  assert.equal(image.convert(GRAY_JPEG, { elementSize: 3 }), BAD_ARGUMENT);
  assert.equal(image.convert(GRAY_JPEG, { table: new Uint8Array(256) }), BAD_ARGUMENT);
  assert.equal(image.convert(GRAY_JPEG), OK);
});

test("has no buffer for what cannot fit, and works on", () => {
  const image = instantiate();
  assert.equal(image.exports.wranglet_image_begin(100e6), 0);
  assert.equal(image.convert(GRAY_JPEG), OK);
});

test("forgets every image, good or bad", () => {
  const image = instantiate();
  const big = new Uint8Array(20e6); // the largest body a Worker takes
  big.set(withSize(GRAY_JPEG, 7000, 7000));
  image.convert(big);
  const { byteLength } = image.exports.memory.buffer;
  for (let i = 0; i < 20; i++) {
    image.convert(i % 2 ? big : GRAY_JPEG);
    image.convert(big.subarray(0, 100));
  }
  assert.equal(image.exports.memory.buffer.byteLength, byteLength);
});
