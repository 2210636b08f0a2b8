// Every operator of every .tflite network of ../shared/models by itself, on noise, against LiteRT.js
// (XNNPACK) and native TensorFlow Lite's own kernels. So what is known of random networks' operators
// is known of these shapes and constants too, and differences do not add up as at a network's end.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { boundOfOperators } from "./known.mjs";
import { modelFiles } from "./models.mjs";
import { describe } from "./programs.mjs";
import { makeRandom, noise } from "./samples.mjs";
import { include, judge, newSurvey } from "./survey.mjs";
import { countOperators, withOnlyOperator } from "./tflite_file.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const SAMPLES = 2;
const PEERS = ["litert", "tflite"];

/** The network of one operator, as a file in a folder beside its inputs'. */
async function prepare(bytes, index, folder) {
  const file = join(folder, `${index}.tflite`);
  await writeFile(file, withOnlyOperator(bytes, index));
  const { inputs, outputs } = await describe("wranglet", file);
  const random = makeRandom(SEED + index);
  for (const [i, input] of inputs.entries()) {
    const samples = Array.from({ length: SAMPLES }, () => noise(input, random));
    await writeFile(join(folder, `${index}.input${i}`), Buffer.concat(samples));
  }
  return { seed: index, file, samples: SAMPLES, inputs, outputs };
}

for (const { name, path } of modelFiles(/\.tflite$/)) {
  test(name, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "operators-"));
    try {
      const bytes = await readFile(path);
      const survey = newSurvey(PEERS);
      const count = countOperators(bytes);
      for (let index = 0; index < count; ++index) {
        await include(survey, await prepare(bytes, index, folder), PEERS);
      }
      const failures = Object.values(survey.refused)
        .flat()
        .map(({ seed, reason }) => `${name}: operator ${seed} is refused: ${reason}`);
      for (const by of PEERS) {
        const { text, isClose } = judge(survey.distances[by], by, boundOfOperators(by, name));
        t.diagnostic(`${name}, each of ${count} operators: ${text}`);
        if (!isClose) failures.push(`${name}: ${text}; operators ${survey.distances[by].seeds}`);
      }
      assert.ok(failures.length === 0, failures.join("\n"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
