// What the codec takes at most: 24 megapixels within 40 MB, read from the wasm memory itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import { convert, writeImage } from "./pictures.mjs";

const OK = 0;
const OUT_OF_MEMORY = 4;
const MB = 1e6;

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
