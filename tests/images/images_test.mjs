// What the codec stands: sizes within its memory, files that ask for much, and traps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ImageCodec, ImageInput } from "../../worker-js/image.js";
import { Trap } from "../../worker-js/sandbox.js";
import { BOMBS } from "./bombs.mjs";
import { convert, module, OK, writeImage } from "./pictures.mjs";

const OUT_OF_MEMORY = 4;
const MB = 1e6;
const MOST_MEMORY = 64 * 1024 * 1024;
const SIDE = 96;

for (const format of ["jpeg", "jpeg-progressive", "webp"]) {
  test(`24 megapixels of ${format} within 40 MB, or refused`, () => {
    const image = writeImage(format, 6000, 4000);
    for (const side of [96, 224, 640]) {
      const { status, memory } = convert(image, side);
      // Of a progressive picture more than an eighth of the size takes all coefficients.
      assert.equal(status, format === "jpeg-progressive" && side > 500 ? OUT_OF_MEMORY : OK);
      assert.ok(memory <= 40 * MB, `${format} takes ${memory / MB} MB`);
    }
  });
}

const input = new ImageInput({
  name: "image",
  shape: [1, SIDE, SIDE, 3],
  dtype: "uint8",
  image: {
    width: SIDE,
    height: SIDE,
    color: "rgb",
    crop: "center",
    table: Buffer.from(Uint8Array.from({ length: 768 }, (_, i) => i)).toString("base64"),
  },
});

/**
 * @param {(made: WebAssembly.Instance[]) => void} work is given the same list, to look at meanwhile
 * @returns {WebAssembly.Instance[]} the instances of WebAssembly that `work` made
 */
function instancesMade(work) {
  const made = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      made.push(this);
    }
  };
  try {
    work(made);
  } finally {
    WebAssembly.Instance = Instance;
  }
  return made;
}

test("files that ask for much are refused or converted, in one instance", () => {
  const codec = new ImageCodec(module);
  const good = writeImage("png", 120, 100);
  const [instance, ...more] = instancesMade(() => {
    const expected = codec.convert(good, input);
    for (const [name, bomb] of Object.entries(BOMBS)) {
      try {
        codec.convert(bomb(), input);
      } catch (error) {
        assert.match(error.kind ?? "", /^(image-too-large|corrupt-image)$/, `${name}: ${error}`);
        assert.ok(!(error.cause instanceof Trap), name);
      }
      assert.deepEqual(codec.convert(good, input), expected, name);
    }
  });
  assert.deepEqual(more, []);
  assert.ok(instance.exports.memory.buffer.byteLength <= MOST_MEMORY);
});

test("a codec that trapped is replaced", () => {
  const codec = new ImageCodec(module);
  const good = writeImage("jpeg", 120, 100);
  const all = instancesMade((made) => {
    const expected = codec.convert(good, input);
    // What a defect could do at worst: every pointer the module keeps leads nowhere.
    new Uint8Array(made[0].exports.memory.buffer).fill(0xee);
    assert.throws(() => codec.convert(good, input), { kind: "corrupt-image" });
    assert.deepEqual(codec.convert(good, input), expected);
  });
  assert.equal(all.length, 2);
});
