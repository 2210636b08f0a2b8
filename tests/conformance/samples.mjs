// What networks are given in tests: noise, and photographs.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Numbers in [0, 1) that depend on the seed only (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Stores numbers in [0, 1) as a tensor's elements: an integer type's whole range; itself for a float. */
const STORE = {
  float32: (values) => new Uint8Array(Float32Array.from(values).buffer),
  int8: (values) => new Uint8Array(Int8Array.from(values, (v) => Math.floor(v * 256) - 128).buffer),
  int16: (values) =>
    new Uint8Array(Int16Array.from(values, (v) => Math.floor(v * 65536) - 32768).buffer),
  uint8: (values) => Uint8Array.from(values, (v) => Math.floor(v * 256)),
};

/**
 * Noise about a level, both as strong and as high as chance will have it: neither all of a network's
 * activations nor none are then at the ends of their ranges.
 *
 * @param {{ dtype: string, shape: number[] }} tensor
 * @param {() => number} random
 * @returns {Uint8Array}
 */
export function noise(tensor, random) {
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  const strength = random();
  const level = random() * (1 - strength);
  return STORE[tensor.dtype](Array.from({ length: elements }, () => level + strength * random()));
}

/** Whether the tensor can be a colour image. */
export const isImage = ({ shape }) => shape.length === 4 && shape[0] === 1 && shape[3] === 3;

let imageModule;

/**
 * A photograph's pixels as the tensor, black its least value and white its largest (of a float tensor, 1).
 *
 * @param {{ dtype: string, shape: number[] }} tensor
 * @param {Uint8Array} jpeg
 * @returns {Uint8Array}
 */
export function photograph({ dtype, shape: [, height, width] }, jpeg) {
  imageModule ??= new WebAssembly.Module(readFileSync(resolve(process.env.WRANGLET_IMAGE_WASM)));
  const { exports } = new WebAssembly.Instance(imageModule, {});
  exports._initialize();
  const put = (bytes, place) => new Uint8Array(exports.memory.buffer).set(bytes, place);
  put(jpeg, exports.wranglet_image_begin(jpeg.length));
  const table = Uint8Array.from({ length: 3 * 256 }, (_, i) => i);
  put(table, exports.wranglet_image_table(table.length));
  const status = exports.wranglet_image_convert(width, height, 0, 0, 1);
  if (status !== 0) throw new Error(`the photograph does not convert: status ${status}`);
  const pixels = new Uint8Array(
    exports.memory.buffer,
    exports.wranglet_image_output(),
    width * height * 3,
  );
  return STORE[dtype](
    Float32Array.from(pixels, (pixel) => pixel / (dtype === "float32" ? 255 : 256)),
  );
}

/**
 * One image, NHWC, as NCHW.
 *
 * @param {Uint8Array} bytes
 * @param {{ shape: number[] }} tensor
 * @returns {Uint8Array}
 */
export function toChannelsFirst(bytes, { shape: [, height, width, channels] }) {
  const pixels = height * width;
  const size = bytes.length / (pixels * channels);
  return bytes.map((_, i) => {
    const [element, byte] = [Math.floor(i / size), i % size];
    const [channel, pixel] = [Math.floor(element / pixels), element % pixels];
    return bytes[(pixel * channels + channel) * size + byte];
  });
}
