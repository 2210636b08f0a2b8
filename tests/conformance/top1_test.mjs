// The same answer on labelled images: for each of those in ../shared/data (or WRANGLET_COUNT of them),
// LiteRT.js and Wranglet give the same bytes, so the same class comes first. Prints how often it is the
// right one.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { LiteRtModel } from "./litert.mjs";
import { SHARED } from "./models.mjs";
import { makeRandom, photograph } from "./samples.mjs";
import { runWranglet } from "./wranglet.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const COUNT = Number(process.env.WRANGLET_COUNT ?? Infinity);

const NETWORKS = [
  // Its class 0 is "background".
  { file: "mobilenet_v2_1.0_224_int8.tflite", images: "imagenet_1k_sample", firstClass: 1 },
  { file: "vww_96_int8.tflite", images: "coco_person", firstClass: 0 },
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

/** The class of the largest of a tensor's bytes. */
function top1(bytes, dtype) {
  const values =
    dtype === "int8" ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
  return values.indexOf(Math.max(...values));
}

for (const { file, images, firstClass } of NETWORKS) {
  const folder = join(SHARED, "data", images);
  const skip = !existsSync(folder) && `SKIPPED, nothing compared: no ${folder}`;
  test(`${file} on ${images}`, { skip }, async (t) => {
    const network = readFileSync(join(SHARED, "models", file));
    const sample = labelledImages(folder);
    const { description, samples, outputs } = runWranglet(network, ({ inputs }) =>
      sample.map(({ jpeg }) => [photograph(inputs[0], jpeg)]),
    );
    const reference = await LiteRtModel.load(network);
    let right = 0;
    for (const [i, { label }] of sample.entries()) {
      const [expected] = await reference.run(samples[i]);
      assert.deepEqual(outputs[i][0], expected, `image ${i} of seed ${SEED}`);
      right += top1(expected, description.outputs[0].dtype) === firstClass + label;
    }
    reference.close();
    assert.ok(right > sample.length / 2, `${right} of ${sample.length} right`);
    t.diagnostic(
      `${file}: the same bytes on ${sample.length} images of seed ${SEED}, ${right} of them right`,
    );
  });
}
