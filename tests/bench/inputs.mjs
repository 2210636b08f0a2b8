// What networks are timed with: a photograph where they take an image, for how long some products take depends on it;
// noise elsewhere.

import { readFileSync } from "node:fs";

import {
  isImage,
  makeRandom,
  noise,
  photograph,
  toChannelsFirst,
} from "../conformance/samples.mjs";

const jpeg = readFileSync(process.env.WRANGLET_BENCH_PHOTO);

/**
 * The same for every runtime, but for its type and layout.
 *
 * @param {import("./contender.mjs").TensorSpec} tensor
 * @returns {Uint8Array}
 */
export function inputFor(tensor) {
  const { dtype, shape } = tensor;
  if (isImage(tensor)) return photograph(tensor, jpeg);
  const [batch, channels, height, width] = shape;
  const channelsLast = { dtype, shape: [batch, height, width, channels] };
  if (isImage(channelsLast)) return toChannelsFirst(photograph(channelsLast, jpeg), channelsLast);
  return noise(tensor, makeRandom(1));
}
