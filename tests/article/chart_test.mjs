import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { logAxis, logLog, stackedBars } from "./chart.mjs";

describe("logarithmic axes", () => {
  test("ticks at 1, 2 and 5 around all values", () => {
    assert.deepEqual(logAxis([3, 40]).ticks, [2, 5, 10, 20, 50]);
    assert.deepEqual(logAxis([0.005, 0.3]).ticks, [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]);
  });

  test("places go from 0 to 1, by ratios", () => {
    const { place } = logAxis([1, 100]);
    assert.equal(place(1), 0);
    assert.ok(Math.abs(place(10) - 0.5) < 1e-12);
    assert.equal(place(100), 1);
  });

  test("one value is no division by zero", () => {
    assert.ok(Number.isFinite(logAxis([5]).place(5)));
  });
});

const numbers = (source, pattern) => Array.from(source.matchAll(pattern), ([, n]) => Number(n));

test("a bar's parts lie behind each other, as long as their values", () => {
  const plot = stackedBars({
    title: "t",
    unit: "ms",
    parts: ["a", "b"],
    rows: [
      { label: "whole", values: [1, 3] },
      { label: "half", values: [2, 0] },
    ],
  });
  const widths = numbers(plot, /width="([\d.]+)" height="16"/g);
  assert.equal(widths.length, 4);
  assert.ok(Math.abs(widths[1] - 3 * widths[0]) < 0.2);
  assert.ok(Math.abs(widths[2] - 2 * widths[0]) < 0.2);
  assert.equal(widths[3], 0);
  const starts = numbers(plot, /x="([\d.]+)" y="\d+" width="[\d.]+" height="16"/g);
  assert.ok(Math.abs(starts[0] + widths[0] - starts[1]) < 0.2);
});

test("points lie inside of the plot, and names are escaped", () => {
  const points = [
    { x: 1, y: 100, label: "<a>" },
    { x: 10, y: 1000, label: "b" },
  ];
  const plot = logLog({ title: "t", x: "x", y: "y", series: [{ name: "s", points }] });
  const xs = numbers(plot, /cx="([\d.]+)"/g);
  const ys = numbers(plot, /cy="([\d.]+)"/g);
  assert.ok(xs[0] < xs[1] && ys[0] > ys[1]);
  assert.ok(xs.every((x) => x >= 0 && x <= 560) && ys.every((y) => y >= 0 && y <= 400));
  assert.match(plot, /&lt;a&gt;, s: 100/);
  assert.doesNotMatch(plot, /<a>/);
});
