// The same answer on labelled images: for each of those in ../shared/data (or WRANGLET_COUNT of them), LiteRT.js and
// Wranglet give the same bytes, and the peers that round otherwise put the same class first as often as known.mjs
// says. Prints how often it is the right one.

import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { LEAST_TOP1 } from "./known.mjs";
import { LiteRtModel } from "./litert.mjs";
import { SHARED } from "./models.mjs";
import { describe, runNetwork } from "./programs.mjs";
import { makeRandom, photograph, toChannelsFirst } from "./samples.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const COUNT = Number(process.env.WRANGLET_COUNT ?? Infinity);

/** As ImageNet's networks for PyTorch and ONNX want it, of pixels in [0, 1]. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

const NETWORKS = [
  {
    file: "mobilenet_v2_1.0_224_int8.tflite",
    images: "imagenet_1k_sample",
    firstClass: 1, // its class 0 is "background"
    peers: ["litert", "tflite"],
  },
  {
    file: "vww_96_int8.tflite",
    images: "coco_person",
    firstClass: 0,
    peers: ["litert", "tflite"],
  },
  {
    file: "mobilenetv2-12-qdq.onnx",
    images: "imagenet_1k_sample",
    firstClass: 0,
    normalize: IMAGENET,
    peers: ["onnxruntime"],
  },
];

/** A sample of a folder's images with their classes, which its labels.csv gives. */
function labelledImages(folder) {
  const [header, ...lines] = readFileSync(join(folder, "labels.csv"), "utf8").trim().split("\n");
  const fields = header.split(",");
  const at = (line, ...names) => line.split(",")[fields.findIndex((name) => names.includes(name))];
  const random = makeRandom(SEED);
  return lines
    .map((line) => ({ line, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, COUNT)
    .map(({ line }) => ({
      jpeg: readFileSync(join(folder, at(line, "file"))),
      label: Number(at(line, "class_index", "person")),
    }));
}

/** Float pixels in [0, 1], NHWC, less the mean of their channel and over its deviation. */
function normalized(bytes, { mean, deviation }) {
  const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const values = pixels.map((pixel, i) => (pixel - mean[i % 3]) / deviation[i % 3]);
  return new Uint8Array(values.buffer);
}

const ARRAYS = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array };

/** The samples' outputs in a tensor's bytes of all of them, one after the other. */
function outputsOf(bytes, { dtype }, samples) {
  const Elements = ARRAYS[dtype];
  const count = bytes.length / Elements.BYTES_PER_ELEMENT;
  const values = new Elements(bytes.buffer, bytes.byteOffset, count);
  const classes = values.length / samples;
  return Array.from({ length: samples }, (_, i) => values.subarray(i * classes, (i + 1) * classes));
}

/** The class of the largest score. */
const top1 = (scores) => scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));

/** A network in a folder beside its input's file, of all `images`. */
async function prepare(file, folder, images, normalize) {
  const network = join(folder, file);
  copyFileSync(join(SHARED, "models", file), network);
  const seen = await describe("wranglet", network);
  const { inputs } = file.endsWith(".onnx") ? await describe("onnxruntime", network) : seen;
  const isSwapped = inputs[0].shape.join() !== seen.inputs[0].shape.join();
  const samples = images.map(({ jpeg }) => {
    const pixels = photograph(seen.inputs[0], jpeg);
    const tensor = normalize ? normalized(pixels, normalize) : pixels;
    return isSwapped ? toChannelsFirst(tensor, seen.inputs[0]) : tensor;
  });
  writeFileSync(network.replace(/[^.]*$/, "input0"), Buffer.concat(samples));
  return { file: network, inputs, outputs: seen.outputs, samples };
}

/** LiteRT.js's outputs, an image after the other. */
async function runLiteRt({ file, samples }) {
  const reference = await LiteRtModel.load(readFileSync(file));
  const outputs = [];
  for (const sample of samples) outputs.push((await reference.run([sample]))[0]);
  reference.close();
  return Buffer.concat(outputs);
}

/** The bytes of the only output of all samples, by any of the peers. */
const run = async (by, network) =>
  by === "litert" ? runLiteRt(network) : (await runNetwork(by, network))[0];

for (const { file, images, firstClass, normalize, peers } of NETWORKS) {
  const data = join(SHARED, "data", images);
  const skip = !existsSync(data) && `SKIPPED, nothing compared: no ${data}`;
  test(`${file} on ${images}`, { skip }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "top1-"));
    try {
      const sample = labelledImages(data);
      const network = await prepare(file, folder, sample, normalize);
      const [output] = network.outputs;
      const bytes = await run("wranglet", network);
      const ours = outputsOf(bytes, output, sample.length).map(top1);
      const right = sample.filter(({ label }, i) => ours[i] === firstClass + label).length;
      assert.ok(right > sample.length / 2, `${right} of ${sample.length} right`);
      for (const by of peers) {
        const theirs = await run(by, network);
        if (by === "litert") assert.ok(theirs.equals(bytes), `other bytes, of seed ${SEED}`);
        const same = outputsOf(theirs, output, sample.length).filter((o, i) => top1(o) === ours[i]);
        const text = `${by}: the same class first on ${same.length} of ${sample.length} images`;
        t.diagnostic(`${file}, ${text} of seed ${SEED}; ${right} of them right`);
        const least = LEAST_TOP1[by][file] ?? 1;
        assert.ok(same.length >= least * sample.length, `${text}, fewer than ${least}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
