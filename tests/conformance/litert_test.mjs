// Every .tflite network of ../shared/models computes here what it computes in LiteRT: the same bytes
// where it is quantised, nearly the same numbers where it is not; at its end, and after every operator.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { compare } from "./compare.mjs";
import { LiteRtModel } from "./litert.mjs";
import { isImage, makeRandom, noise, photograph } from "./samples.mjs";
import { withOutput, writtenTensors } from "./tflite_file.mjs";
import { runWranglet } from "./wranglet.mjs";

// Beside the source tree, where the runfiles' link to MODULE.bazel leads.
const SHARED = join(dirname(realpathSync("MODULE.bazel")), "../shared");
const MODELS = join(SHARED, "models");
const PHOTOGRAPHS = join(SHARED, "images");

const SEED = 20240607;
// Inputs at a network's end, and after each operator.
const SAMPLES = { noise: 16, photographs: Infinity };
const LAYER_SAMPLES = { noise: 1, photographs: 1 };

// Float sums are taken in another order, and some kernels of XNNPACK contract: relative to the
// largest element of a tensor.
const FLOAT_TOLERANCE = 1e-5;

// Networks with int8 filters and float activations (dynamic-range quantisation), and how far they may
// be off: LiteRT rounds activations to 8 bits before each product, Wranglet computes in float. Relative
// to the largest element; of the operators' outputs it is 1.5e-2 at most, of the network's 1.5e-3.
const DYNAMIC_RANGE = { "kws_dscnn_float.tflite": 3e-2 };

const listFiles = (folder, ending) =>
  existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(ending)) : [];

const photographs = listFiles(PHOTOGRAPHS, ".jpg").map((file) =>
  readFileSync(join(PHOTOGRAPHS, file)),
);

/** Samples of a network's inputs: noise, and photographs if it takes one image. */
function makeSamples({ inputs }, counts) {
  const random = makeRandom(SEED);
  const samples = Array.from({ length: counts.noise }, () =>
    inputs.map((input) => noise(input, random)),
  );
  if (inputs.length !== 1 || !isImage(inputs[0])) return samples;
  const photos = photographs.slice(0, counts.photographs);
  return [...samples, ...photos.map((jpeg) => [photograph(inputs[0], jpeg)])];
}

/** How far Wranglet's outputs are from those of `reference`, which is closed. */
async function compareWith(reference, network, counts) {
  try {
    const { description, samples, outputs } = runWranglet(network, (d) => makeSamples(d, counts));
    const expected = [];
    for (const sample of samples) expected.push(await reference.run(sample));
    const exact = description.outputs.every(({ dtype }) => dtype !== "float32");
    return { ...compare(description.outputs, expected, outputs), exact, samples: samples.length };
  } finally {
    reference.close();
  }
}

const show = ({ differing, bytes, largest, relative, samples }) =>
  `${differing} of ${bytes} bytes differ in ${samples} samples; largest difference ${largest} (relative ${relative.toExponential(1)})`;

function assertClose(difference, tolerance, what) {
  const { exact, differing, relative } = difference;
  const isClose = exact ? differing === 0 : relative <= tolerance;
  assert.ok(isClose, `${what}: ${show(difference)} (seed ${SEED})`);
}

const models = listFiles(MODELS, ".tflite");

test(
  "there are networks",
  { skip: models.length === 0 && `SKIPPED, nothing compared: no ${MODELS}` },
  () => {
    assert.ok(photographs.length > 0, `no photographs in ${PHOTOGRAPHS}`);
  },
);

for (const file of models) {
  test(file, async (t) => {
    const network = readFileSync(join(MODELS, file));
    let reference;
    try {
      reference = await LiteRtModel.load(network);
    } catch (error) {
      t.skip(`SKIPPED, nothing compared: ${error.message}`);
      return;
    }
    const tolerance = DYNAMIC_RANGE[file] ?? FLOAT_TOLERANCE;
    const difference = await compareWith(reference, network, SAMPLES);
    t.diagnostic(`${file}: ${show(difference)}`);

    const layers = writtenTensors(network);
    let differingLayers = 0;
    for (const tensor of layers) {
      const layer = withOutput(network, tensor);
      const ofLayer = await compareWith(await LiteRtModel.load(layer), layer, LAYER_SAMPLES);
      assertClose(ofLayer, tolerance, `tensor ${tensor}`);
      differingLayers += ofLayer.differing > 0;
    }
    t.diagnostic(
      `${file}: ${differingLayers} of ${layers.length} operators' outputs differ in any byte`,
    );
    assertClose(difference, tolerance, "outputs");
  });
}
