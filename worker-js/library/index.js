// A network as a library for a Worker of one's own; index.d.ts says what is here.

import * as network from "./network/index.js";
import { Classifier } from "./wranglet/classifier.js";
import { ImageCodec, ImageError } from "./wranglet/image.js";
import codec from "./wranglet/image.wasm";

const classifier = new Classifier(network, new ImageCodec(codec));

export const { name, version, labels = [] } = network.manifest;

export { ImageError };

export function classify(image, { top = 10 } = {}) {
  const bytes = ArrayBuffer.isView(image)
    ? new Uint8Array(image.buffer, image.byteOffset, image.byteLength)
    : new Uint8Array(image);
  const { classes } = classifier.classify(bytes);
  const [{ label, score }] = classes;
  return { label, score, classes: classes.slice(0, top) };
}
