import assert from "node:assert/strict";
import { test } from "node:test";

import { limitOf } from "./ceilings.mjs";
import { HEADER, rowOf, STEP_HEADER, stepRowOf, toMarkdown } from "./report.mjs";

const RESULT = {
  contender: "Wranglet",
  load: 1,
  first: 2,
  median: 0.5,
  p95: 0.625,
  spread: 0.015625,
  ratio: 1,
  gmacs: 30,
  bytes: 1234567,
  gzip: 1000,
};
const STEP = { step: "a: Conv2D", milliseconds: 0.25, share: 0.5, gmacs: 45 };

test("a precision's limit is the fastest instruction that multiplies any network of it", () => {
  const ceilings = [
    { name: "dot_i16x8", gmacs: 50 },
    { name: "relaxed_dot_add_i8x16", gmacs: 40 },
    { name: "relaxed_dot_i8x16", gmacs: 100 }, // of filters that fit, alone
    { name: "relaxed_madd_f32x4", gmacs: 25 },
  ];
  assert.equal(limitOf(ceilings, "int8"), 50);
  assert.equal(limitOf([...ceilings, { name: "relaxed_dot_add_i8x16", gmacs: 110 }], "int8"), 110);
  assert.equal(limitOf(ceilings, "int16"), 50);
  assert.equal(limitOf(ceilings, "float32"), 25);
});

test("a row has a cell under each heading", () => {
  const cells = Object.fromEntries(rowOf(RESULT, 50).map((cell, i) => [HEADER[i], cell]));
  assert.deepEqual(cells, {
    runtime: "Wranglet",
    "load ms": "1.0",
    "first ms": "2.00",
    "warm ms": "0.500",
    p95: "0.625",
    "spread %": "1.6",
    "x ours": "1.00",
    "GMAC/s": "30.00",
    "% of limit": "60",
    bytes: "1,234,567",
    gzip: "1,000",
    memory: "",
  });
});

test("a step that multiplies by no filter has no share of the limit", () => {
  assert.deepEqual(stepRowOf(STEP, 50), ["a: Conv2D", "0.250", "50.0", "45.0", "90"]);
  assert.deepEqual(stepRowOf({ ...STEP, gmacs: 0 }, 50), ["a: Conv2D", "0.250", "50.0", "", ""]);
  assert.equal(stepRowOf(STEP, 50).length, STEP_HEADER.length);
});

test("Markdown has a table of runtimes, and one of steps that is shown when asked for", () => {
  const network = {
    name: "tiny",
    macs: 15e6,
    limit: 50,
    results: [RESULT],
    workerd: { first: 3, warm: 0.75 },
    steps: [STEP],
  };
  const report = { machine: "here", rounds: 8, ceilings: [{ instruction: "dot", gmacs: 50 }] };
  const text = toMarkdown({ ...report, networks: [network] });
  assert.match(text, /### tiny\n\n15\.0 million .* first request 3\.0 ms, warm 0\.75 ms\./);
  assert.match(text, /\| Wranglet \| 1\.0 \| .* \| 30\.00 \| 60 \| 1,234,567 \|/);
  assert.match(text, /<details>\n<summary>Step by step<\/summary>\n\n\| step [^]*<\/details>\n$/);
  assert.doesNotMatch(toMarkdown({ ...report, networks: [{ ...network, steps: [] }] }), /details/);
});
