// image.wasm: an encoded image becomes a model's input tensor (docs/architecture.md describes its exports).

import { RequestError } from "./problem.js";
import { Sandbox, Trap, view } from "./sandbox.js";
import { elementBytes, tensorBytes } from "./tensor.js";

/** Images of more pixels are refused by image.wasm before they are decoded. */
export const MAX_PIXELS = 50_000_000;

const COLORS = {
  rgb: { code: 0, channels: 3 },
  bgr: { code: 1, channels: 3 },
  gray: { code: 2, channels: 1 },
};

const CROPS = { center: 0, stretch: 1, letterbox: 2 };

/** An image that can't be converted; `kind` and the message tell its sender why. */
export class ImageError extends RequestError {}

const corrupt = (/** @type {ErrorOptions} */ options) =>
  new ImageError("corrupt-image", "The image can't be decoded; is all of it there?", options);

const outOfMemory = () =>
  new ImageError(
    "image-too-large",
    "Decoding takes more memory than there is. Send a smaller image.",
  );

/** What wranglet_image_convert's statuses mean; 0 is success. @type {Record<number, () => Error>} */
const STATUSES = {
  1: () => new ImageError("unsupported-image", "Send a JPEG, PNG or WebP."),
  2: () => corrupt({}),
  3: () => new ImageError("image-too-large", `Send at most ${MAX_PIXELS} pixels.`),
  4: outOfMemory,
  5: () => new Error("image.wasm was given a bad argument"),
  6: () => new ImageError("image-too-large", "Decoding it takes too long. Send a smaller picture."),
};

/** A model's image input, checked and with its table decoded, once for all its requests. */
export class ImageInput {
  /**
   * @param {import("./tensor.js").TensorSpec} spec
   * @throws {Error} when the manifest asks for what this version can't do
   */
  constructor(spec) {
    const { name, image } = spec;
    if (!image) throw new Error(`input "${name}" is no image`);
    const color = COLORS[image.color];
    const crop = CROPS[image.crop];
    if (!color || crop === undefined) {
      throw new Error(`input "${name}": color "${image.color}" or crop "${image.crop}" is unknown`);
    }
    const elementSize = elementBytes(spec.dtype);
    this.bytes = image.width * image.height * color.channels * elementSize;
    this.table = Uint8Array.from(atob(image.table), (character) => character.charCodeAt(0));
    this.arguments = [image.width, image.height, color.code, crop, elementSize];
    if (this.bytes !== tensorBytes(spec)) {
      throw new Error(`input "${name}": shape [${spec.shape}] is not that of its image`);
    }
    if (this.table.length !== 256 * color.channels * elementSize) {
      throw new Error(`input "${name}": its table has ${this.table.length} bytes`);
    }
  }
}

/** Decodes, crops, resizes and quantises images, one at a time, in a memory of its own. */
export class ImageCodec {
  #sandbox;

  /** @param {WebAssembly.Module} module image.wasm */
  constructor(module) {
    this.#sandbox = new Sandbox("image.wasm", module, [
      "wranglet_image_begin",
      "wranglet_image_table",
      "wranglet_image_convert",
      "wranglet_image_output",
    ]);
  }

  /** Makes the instance now rather than at the first image. */
  prepare() {
    this.#sandbox.use(() => {});
  }

  /**
   * @param {Uint8Array} image an encoded image; hostile ones are welcome
   * @param {ImageInput} input
   * @returns {Uint8Array} a copy of the tensor
   * @throws {ImageError} when the image is to blame. One that made the decoder trap is called corrupt;
   *     the decoder's instance is gone then, and the next image gets a new one.
   */
  convert(image, input) {
    try {
      return this.#sandbox.use((exports) => convert(exports, image, input))();
    } catch (error) {
      throw error instanceof Trap ? corrupt({ cause: error }) : error;
    }
  }
}

/**
 * @param {import("./sandbox.js").Exports} exports
 * @param {Uint8Array} image
 * @param {ImageInput} input
 * @returns {() => Uint8Array} what gives the tensor, or throws what is wrong with the image: outside
 *     of the sandbox, where a refusal does not cost the instance
 */
function convert(exports, image, input) {
  const fail = (/** @type {Error} */ error) => () => {
    throw error;
  };
  const encoded = exports.wranglet_image_begin(image.length);
  if (encoded === 0) return fail(outOfMemory());
  view(exports, encoded, image.length).set(image);
  const table = exports.wranglet_image_table(input.table.length);
  if (table === 0) return fail(outOfMemory());
  view(exports, table, input.table.length).set(input.table);
  const status = exports.wranglet_image_convert(...input.arguments);
  if (status !== 0) return fail(STATUSES[status]?.() ?? new Error(`image.wasm's status ${status}`));
  const tensor = view(exports, exports.wranglet_image_output(), input.bytes).slice();
  return () => tensor;
}
