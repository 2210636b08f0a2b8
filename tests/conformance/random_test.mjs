// Random networks, each operator by itself in each precision, and chains of operators: Wranglet's
// outputs against those of LiteRT.js (XNNPACK's kernels where it has one) and of native TensorFlow Lite.
// WRANGLET_SEED, WRANGLET_COUNT (networks of each) and WRANGLET_ONLY (a regular expression) choose others.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { boundOf } from "./known.mjs";
import { generateTflite } from "./programs.mjs";
import { nameOf, survey } from "./survey.mjs";

const SEED = Number(process.env.WRANGLET_SEED ?? 20240607);
const COUNT = Number(process.env.WRANGLET_COUNT ?? 4);
const ONLY = new RegExp(process.env.WRANGLET_ONLY ?? "");

const NAMES = { litert: "LiteRT.js", tflite: "TensorFlow Lite" };

const folder = mkdtempSync(join(tmpdir(), "random-networks-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const networks = await generateTflite(SEED, COUNT, folder);
const surveys = await survey(networks.filter((network) => ONLY.test(nameOf(network))));

const isFloat = ({ outputs }) => outputs[0].dtype === "float32";

function show({ networks: count, bytes, differing, largest, relative }, float) {
  if (count === 0) return "nothing compared";
  const size = float ? `relative ${relative.toExponential(1)}` : `at most ${largest}`;
  return `${differing} of ${bytes} bytes in ${count} networks differ${differing > 0 ? `, ${size}` : ""}`;
}

for (const [name, found] of surveys) {
  test(name, (t) => {
    const float = isFloat(found.networks[0]);
    for (const by of ["wranglet", "litert", "tflite"]) {
      const refused = found.refused[by];
      if (refused.length === 0) continue;
      const who = NAMES[by] ?? "Wranglet";
      t.diagnostic(
        `${name}: ${who} REFUSES ${refused.length} of ${found.networks.length}, as seed ${refused[0].seed}: ${refused[0].reason}`,
      );
    }
    for (const by of ["litert", "tflite"]) {
      const distance = found[by];
      const text = `${name}: ${NAMES[by]}: ${show(distance, float)}`;
      t.diagnostic(text);
      const bound = boundOf(by, name);
      const isClose = float
        ? distance.relative <= bound.relative
        : distance.largest <= bound.largest;
      assert.ok(isClose, `${text}; seeds ${distance.seeds.slice(0, 9)}`);
    }
  });
}

test("networks were compared", (t) => {
  const all = [...surveys.values()];
  const sum = (count) => all.reduce((total, found) => total + count(found), 0);
  const refused = sum((found) => found.refused.wranglet.length);
  const made = sum((found) => found.networks.length);
  t.diagnostic(
    `seed ${SEED}: ${made} networks; Wranglet refuses ${refused}; ` +
      ["litert", "tflite"]
        .map((by) => `${sum((found) => found[by].networks)} compared with ${NAMES[by]}`)
        .join(", "),
  );
  assert.ok(sum((found) => found.litert.networks) > 0, "nothing was compared");
});
