// The table's program, with two iterations: it measures every model and writes every form of its report.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";

const NAMES = ["float32", "int16", "int8"].flatMap((precision) =>
  ["objects", "person"].map((network) => [network, precision]),
);

const folder = mkdtempSync(path.join(tmpdir(), "table-"));
after(() => rmSync(folder, { recursive: true }));
const file = (name) => path.join(folder, name);
const read = (name) => readFileSync(file(name), "utf8");

let text;
let report;
before(() => {
  const program = path.join(import.meta.dirname, "table.mjs");
  const few = ["--iterations", "2", "--rounds", "1", "--fresh", "1", "--data", file("nothing")];
  const outputs = ["json", "html", "markdown"].flatMap((kind) => [`--${kind}`, file(kind)]);
  text = execFileSync(process.execPath, [program, ...few, ...outputs], { encoding: "utf8" });
  report = JSON.parse(read("json"));
});

describe("the report", () => {
  test("has both networks in all three precisions", () => {
    const measured = report.models.map(({ name, precision }) => [name.split("_")[0], precision]);
    assert.deepEqual(measured.sort(), NAMES.sort());
  });

  test("tells of each what it takes", () => {
    for (const { name, macs, bytes, memory, startUp, first, parts } of report.models) {
      assert.ok(bytes.raw > bytes.gzip && bytes.gzip > 100_000, name);
      assert.ok(memory > bytes.raw / 2, name);
      assert.ok(macs > 1e6, name);
      assert.ok(startUp >= 0 && first.cpu > 0 && first.wall > 0, name);
      for (const [part, { median, iterations }] of Object.entries(parts)) {
        // What a copy takes may be less than what HTTP differs by, in one round.
        assert.ok(median >= 0 && iterations >= 2, `${name}: ${part}`);
      }
      assert.ok(parts.infer.median > 0 && parts.decode.median > 0, name);
    }
  });

  test("8 bits make the weights a quarter", () => {
    const raw = (name) => report.models.find((model) => model.name === name).bytes.raw;
    assert.ok(raw("objects") < raw("objects_float32") / 3);
    assert.ok(raw("person") < raw("person_float32") / 2);
  });

  test("says what was not measured", () => assert.match(text, /not measured/));
});

test("text, page and Markdown name every model", () => {
  for (const { name, precision } of report.models) {
    const row = `${name.split("_")[0]}, ${precision}`;
    for (const written of [text, read("html"), read("markdown")]) {
      assert.ok(written.includes(row), row);
    }
  }
  assert.match(read("html"), /<svg /);
});
