import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { codecWasm, image, manifest, TRAP } from "./fakes.mjs";
import { ImageCodec, ImageError, ImageInput } from "./image.js";

const module = new WebAssembly.Module(codecWasm);
const [spec] = manifest().inputs;
const input = new ImageInput(spec);
const kindOf = (work) => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ImageError, String(error));
    return error.kind;
  }
};

describe("convert", () => {
  test("gives the tensor", () => {
    const tensor = new ImageCodec(module).convert(image(0, 4, 5, 6), input);
    assert.deepEqual(tensor, Uint8Array.of(4, 5, 6));
  });

  for (const [status, kind] of [
    [1, "unsupported-image"],
    [2, "corrupt-image"],
    [3, "image-too-large"],
    [4, "image-too-large"],
    [6, "image-too-large"],
    [TRAP, "corrupt-image"],
  ]) {
    test(`status ${status}${status === TRAP ? " (a trap)" : ""} is ${kind}, and the next image is converted`, () => {
      const codec = new ImageCodec(module);
      assert.equal(
        kindOf(() => codec.convert(image(status), input)),
        kind,
      );
      assert.deepEqual(codec.convert(image(0, 4, 5, 6), input), Uint8Array.of(4, 5, 6));
    });
  }

  test("an image that there is no memory for is too large", () => {
    const codec = new ImageCodec(module);
    assert.equal(
      kindOf(() => codec.convert(new Uint8Array(60000), input)),
      "image-too-large",
    );
  });

  for (const status of [5, 77]) {
    test(`status ${status} is a defect, not the image's fault`, () => {
      assert.throws(
        () => new ImageCodec(module).convert(image(status), input),
        (error) => !(error instanceof ImageError),
      );
    });
  }
});

describe("an input of a manifest is refused", () => {
  for (const [what, changes, message] of [
    ["when its color is unknown", { color: "cmyk" }, /"cmyk"/],
    ["when its crop is unknown", { crop: "smart" }, /"smart"/],
    ["when its shape is another", { width: 2 }, /shape \[1,1,1,3\]/],
    ["when its table is too short", { table: "AAAA" }, /table has 3 bytes/],
  ]) {
    test(what, () => {
      const changed = { ...spec, image: { ...spec.image, ...changes } };
      assert.throws(() => new ImageInput(changed), message);
    });
  }
});
