import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { toHtml } from "./page.mjs";
import { markdownTable, ms, sectionsOf, toMarkdown, toText } from "./report.mjs";

const timing = (median) => ({ median, spread: 0.02, iterations: 100 });
const model = (name, precision, more = {}) => ({
  name,
  precision,
  macs: 3e8,
  bytes: { raw: 2_000_000, gzip: 1_500_000 },
  memory: 5_242_880,
  startUp: 4,
  first: { cpu: 40, wall: 90 },
  parts: {
    weights: timing(6),
    decode: timing(1.5),
    copy: timing(0.5),
    infer: timing(8),
    request: timing(10.5),
  },
  ...more,
});
const report = {
  machine: "a machine",
  iterations: 100,
  rounds: 5,
  fresh: 5,
  photo: { name: "photo.jpg", bytes: 74_962 },
  models: [
    model("objects_float32", "float32", { accuracy: { right: 441, total: 500 } }),
    model("objects", "int8"),
  ],
  peers: [
    {
      network: "objects",
      runtime: "TensorFlow.js <wasm>",
      bytes: { raw: 800_000, gzip: 250_000 },
      startUp: 38,
      first: { cpu: 90, wall: 120 },
      infer: timing(33.25),
    },
  ],
  worker: { parts: [{ what: "limit", raw: 64, gzip: 10 }] },
};
const section = (title) => sectionsOf(report).find((each) => each.title.startsWith(title));
const rowOf = (title, first) => section(title).rows.find(([name]) => name === first);

test("milliseconds have three digits, and no more than three behind the point", () => {
  assert.deepEqual([123.4, 12.345, 1.2345, 0.12345, 0.0004].map(ms), [
    "123",
    "12.3",
    "1.23",
    "0.123",
    "0.000",
  ]);
});

describe("sections", () => {
  test("times: memory is the sum of its parts", () => {
    const { header } = section("Times");
    const row = rowOf("Times", "objects, int8");
    assert.equal(row[header.indexOf("memory")], "8.00");
    assert.equal(row[header.indexOf("from outside")], "90.0");
  });

  test("shares: with weights and without, beside the article's", () => {
    assert.deepEqual(rowOf("Shares", "objects, int8").slice(1), ["50", "50", "20", "80"]);
    assert.deepEqual(rowOf("Shares", "the article, before 8 bits").slice(1, 3), ["48", "52"]);
  });

  test("beside the article: a column a precision, empty where there is none", () => {
    assert.deepEqual(section("Beside").header.slice(1), [
      "the article",
      "float32",
      "int16",
      "int8",
      "TensorFlow.js <wasm>",
    ]);
    assert.deepEqual(rowOf("Beside", "objects, inference").slice(1), [
      "189",
      "8.00",
      "",
      "8.00",
      "33.3",
    ]);
    assert.equal(rowOf("Beside", "person, inference"), undefined);
  });

  test("accuracy is in percent, or said not to be measured", () => {
    assert.deepEqual(rowOf("Accuracy", "objects, float32").slice(1), ["88.20", "441 of 500"]);
    assert.equal(rowOf("Accuracy", "objects, int8")[1], "not measured");
  });

  test("every row has a cell for each column", () => {
    for (const { title, header, rows } of sectionsOf(report)) {
      for (const row of rows) assert.equal(row.length, header.length, `${title}: ${row[0]}`);
    }
  });
});

test("each form holds every section", () => {
  for (const { title } of sectionsOf(report)) {
    for (const written of [toText(report), toMarkdown(report), toHtml(report)]) {
      assert.ok(written.includes(title), title);
    }
  }
});

test("Markdown's numbers stand to the right", () => {
  assert.equal(markdownTable(["a", "b"], [["c", "1"]]), "| a | b |\n| --- | ---: |\n| c | 1 |");
});

test("the page has plots of times, of inference beside others and of bytes for a network, and escapes", () => {
  const page = toHtml(report);
  assert.equal(page.match(/<svg /g).length, 3);
  assert.match(page, /TensorFlow\.js &lt;wasm&gt;/);
  assert.doesNotMatch(page, /<wasm>/);
});
