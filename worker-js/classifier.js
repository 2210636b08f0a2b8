// An image classifier: encoded image in, classes out. What the Worker serves, without HTTP.

import { classify } from "./classify.js";
import { ImageInput } from "./image.js";
import { Model } from "./model.js";

/**
 * @typedef {object} Classification
 * @property {import("./classify.js").Class[]} classes the highest score first
 * @property {{ decode: number, infer: number }} timing milliseconds. Workers' clock stands still while
 *     code runs, as a defence against timing attacks: in production both are 0 by design, and
 *     only a local workerd shows what the steps take.
 */

/** A model whose input is one image and whose first output is classes. */
export class Classifier {
  #model;
  #codec;
  #input;

  /**
   * @param {import("./model.js").ModelFiles} files
   * @param {import("./image.js").ImageCodec} codec
   * @throws {Error} when the files do not belong together, or are not an image classifier's
   */
  constructor(files, codec) {
    const { name, inputs, outputs } = files.manifest;
    if (inputs.length !== 1 || !inputs[0].image || outputs.length === 0) {
      throw new Error(`model "${name}" must have one input, an image, and an output to be served`);
    }
    this.manifest = files.manifest;
    this.#model = new Model(files);
    this.#codec = codec;
    this.#input = new ImageInput(inputs[0]);
  }

  /** Makes the model ready now rather than at the first image. */
  prepare() {
    this.#model.prepare();
  }

  /**
   * @param {Uint8Array} image an encoded image
   * @returns {Classification}
   * @throws {import("./image.js").ImageError} when the image is to blame
   * @throws {import("./sandbox.js").Trap} when the network failed
   */
  classify(image) {
    const start = performance.now();
    const tensor = this.#codec.convert(image, this.#input);
    const decoded = performance.now();
    const [output] = this.#model.run([tensor]);
    const inferred = performance.now();
    return {
      classes: classify(output, this.manifest.outputs[0], this.manifest.labels),
      timing: { decode: milliseconds(decoded - start), infer: milliseconds(inferred - decoded) },
    };
  }
}

/** @param {number} duration */
function milliseconds(duration) {
  return Math.round(duration * 1000) / 1000;
}
