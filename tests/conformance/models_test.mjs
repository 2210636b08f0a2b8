// Every network of ../shared/models, end to end: how many bytes of its outputs differ from LiteRT.js's
// (XNNPACK) and native TensorFlow Lite's own kernels, and an .onnx file's from ONNX Runtime's.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { test } from "node:test";

import { boundOfModel } from "./known.mjs";
import { SHARED, modelFiles, photographs } from "./models.mjs";
import { describe } from "./programs.mjs";
import { isImage, makeRandom, noise, photograph, toChannelsFirst } from "./samples.mjs";
import { include, judge, newSurvey } from "./survey.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const NOISE = 16;

const PEERS = { ".tflite": ["litert", "tflite"], ".onnx": ["onnxruntime"] };

const photos = photographs();

/**
 * Samples of a network's inputs: noise, and photographs if it takes one image. The file may have it
 * NCHW, where Wranglet sees NHWC.
 */
function makeSamples(inputs, seen) {
  const random = makeRandom(SEED);
  const samples = Array.from({ length: NOISE }, () => inputs.map((input) => noise(input, random)));
  if (inputs.length !== 1 || !isImage(seen[0])) return samples;
  const isSwapped = inputs[0].shape.join() !== seen[0].shape.join();
  const images = photos.map((jpeg) => photograph(seen[0], jpeg));
  return [
    ...samples,
    ...images.map((pixels) => [isSwapped ? toChannelsFirst(pixels, seen[0]) : pixels]),
  ];
}

/** The network in a folder beside its inputs' files. */
async function prepare(path, folder) {
  const file = join(folder, `model${extname(path)}`);
  await writeFile(file, await readFile(path));
  const seen = await describe("wranglet", file);
  const { inputs } = extname(path) === ".onnx" ? await describe("onnxruntime", file) : seen;
  const samples = makeSamples(inputs, seen.inputs);
  for (const i of inputs.keys()) {
    await writeFile(join(folder, `model.input${i}`), Buffer.concat(samples.map((one) => one[i])));
  }
  return { seed: SEED, file, samples: samples.length, inputs, outputs: seen.outputs };
}

const models = modelFiles(/\.(tflite|onnx)$/);

test(
  "there are networks",
  { skip: models.length === 0 && `SKIPPED, nothing compared: no models in ${SHARED}` },
  () => {
    assert.ok(photos.length > 0, `no photographs in ${SHARED}`);
  },
);

for (const { name, path } of models) {
  test(name, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "models-"));
    try {
      const peers = PEERS[extname(path)];
      const survey = newSurvey(peers);
      await include(survey, await prepare(path, folder), peers);
      const failures = Object.values(survey.refused)
        .flat()
        .map(({ reason }) => `${name} is refused: ${reason}`);
      for (const by of peers) {
        const { text, isClose } = judge(survey.distances[by], by, boundOfModel(by, name));
        t.diagnostic(`${name}, ${survey.networks[0].samples} samples: ${text}`);
        if (!isClose) failures.push(`${name}: ${text} (seed ${SEED})`);
      }
      assert.ok(failures.length === 0, failures.join("\n"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
