// Images to measure the codec with, made when they are asked for, and the codec by itself in Node.js.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const OK = 0;

const RGB = 0;
const CENTER = 0;

/**
 * @param {string} format as write_image knows it
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} a file of slopes and noise
 */
export function writeImage(format, width, height) {
  const folder = mkdtempSync(path.join(tmpdir(), "wranglet-images-"));
  try {
    const file = path.join(folder, "image");
    execFileSync(process.env.WRITE_IMAGE, [format, `${width}`, `${height}`, file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const module = new WebAssembly.Module(readFileSync(process.env.IMAGE_WASM));

/**
 * Converts an image in a fresh instance, to an RGB input of `side` by `side`.
 *
 * @param {Uint8Array} image
 * @param {number} side
 * @returns {{ status: number, memory: number }} image.wasm's status, and the bytes its memory has grown to:
 *     memories never shrink, so that this is the most it took
 */
export function convert(image, side) {
  const { exports } = new WebAssembly.Instance(module);
  exports._initialize();
  const put = (bytes, place) => new Uint8Array(exports.memory.buffer).set(bytes, place);
  put(image, exports.wranglet_image_begin(image.length));
  put(new Uint8Array(768), exports.wranglet_image_table(768));
  const status = exports.wranglet_image_convert(side, side, RGB, CENTER, 1);
  return { status, memory: exports.memory.buffer.byteLength };
}
