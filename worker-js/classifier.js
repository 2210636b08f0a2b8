// A classifier: encoded image in, classes out. What the Worker serves, without HTTP.

import { classify } from "./classify.js";
import { ImageInput } from "./image.js";
import { Model } from "./model.js";

/**
 * @typedef {object} Classification
 * @property {import("./classify.js").Class[]} classes the highest score first
 * @property {Timing} timing
 */

/**
 * Milliseconds. Workers' clock stands still while code runs, as a defence against timing attacks: in production all of
 * them but `load`, which waits, are 0 by design, and only a local workerd shows what the steps take.
 * @typedef {{ decode: number, load: number, infer: number }} Timing
 */

/** A model whose first output is classes; and whose input, if it is to take images, is one image. */
export class Classifier {
  #codec;
  #input;

  /**
   * @param {import("./model.js").ModelFiles} files
   * @param {import("./image.js").ImageCodec} codec
   * @param {{ isFetched?: boolean }} [options] of Model
   * @throws {Error} when the files do not belong together, or have no input or output
   */
  constructor(files, codec, options) {
    const { name, inputs, outputs } = files.manifest;
    if (inputs.length === 0 || outputs.length === 0) {
      throw new Error(`model "${name}" must have an input and an output to be served`);
    }
    this.manifest = files.manifest;
    this.model = new Model(files, options);
    this.#codec = codec;
    this.#input = inputs.length === 1 && inputs[0].image ? new ImageInput(inputs[0]) : undefined;
  }

  /** Makes the model ready now rather than at the first image. */
  prepare() {
    this.model.prepare();
  }

  /** Whether its input is one image: others take tensors only. */
  get takesImages() {
    return this.#input !== undefined;
  }

  /**
   * @param {Uint8Array} image an encoded image
   * @returns {Uint8Array[]} the model's inputs
   * @throws {import("./image.js").ImageError} when the image is to blame
   */
  toTensors(image) {
    if (!this.#input) throw new Error(`model "${this.manifest.name}" takes no image`);
    return [this.#codec.convert(image, this.#input)];
  }

  /**
   * @param {Uint8Array[]} outputs the model's
   * @returns {import("./classify.js").Class[]} the highest score first
   */
  toClasses([output]) {
    return classify(output, this.manifest.outputs[0], this.manifest.labels);
  }

  /**
   * All of it at once, for a model whose weights are at hand.
   *
   * @param {Uint8Array} image an encoded image
   * @returns {Classification}
   * @throws {import("./image.js").ImageError} when the image is to blame
   * @throws {import("./sandbox.js").Trap} when the network failed
   */
  classify(image) {
    const watch = stopwatch();
    const tensors = this.toTensors(image);
    const decode = watch();
    const outputs = this.model.run(tensors);
    return { classes: this.toClasses(outputs), timing: { decode, load: 0, infer: watch() } };
  }
}

/** @returns {() => number} milliseconds since it was last called, to the microsecond */
export function stopwatch() {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = Math.round((now - last) * 1000) / 1000;
    last = now;
    return passed;
  };
}
