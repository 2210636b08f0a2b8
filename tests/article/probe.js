// A Worker's code that does one part of its work alone, as often as it is told: what timing from outside takes apart.

import { ImageCodec, ImageInput } from "./wranglet/image.js";
import { Model } from "./wranglet/model.js";
import { view } from "./wranglet/sandbox.js";

/**
 * `POST /PART/COUNT` with a JPEG does that part COUNT times: `start` makes codec and model anew; `weights` the model
 * alone, its weights in its memory; `decode` makes the input tensor of the JPEG; `copy` puts it into the model's
 * memory; `infer` runs the network; `request` is decode, copy, infer and the output's copy as a warm request has them.
 *
 * @param {WebAssembly.Module} image image.wasm
 * @param {import("./wranglet/model.js").ModelFiles} files
 */
export function createProbe(image, files) {
  const input = new ImageInput(files.manifest.inputs[0]);
  const codec = new ImageCodec(image);
  const served = new Model(files);
  const exports = instantiate(files);
  /** @type {Uint8Array | undefined} */
  let tensor;

  const convert = (/** @type {Uint8Array} */ photo) => codec.convert(photo, input);
  const parts = {
    start() {
      new ImageCodec(image).prepare();
      new Model(files).prepare();
    },
    weights: () => new Model(files).prepare(),
    decode: convert,
    copy(/** @type {Uint8Array} */ photo) {
      tensor ??= convert(photo);
      view(exports, exports.wranglet_input(0), tensor.length).set(tensor);
    },
    infer: () => exports.wranglet_infer(),
    request: (/** @type {Uint8Array} */ photo) => served.run([convert(photo)]),
  };
  return {
    /** @param {Request} request */
    async fetch(request) {
      const [, part, count] = new URL(request.url).pathname.split("/");
      const photo = new Uint8Array(await request.arrayBuffer());
      const work = parts[/** @type {keyof typeof parts} */ (part)];
      for (let left = Number(count); left > 0; --left) work(photo);
      return new Response();
    },
  };
}

/** The model's exports themselves, for Model's `run` copies and infers at once. */
function instantiate({ module, weights }) {
  const exports = /** @type {any} */ (new WebAssembly.Instance(module).exports);
  exports._initialize();
  if (weights) {
    view(exports, exports.wranglet_weights(), weights.byteLength).set(new Uint8Array(weights));
  }
  exports.wranglet_prepare();
  return exports;
}
