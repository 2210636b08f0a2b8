// How cost grows with a network: MobileNetV2s of many widths and input sizes, with random weights.
//   ./bazelw run //examples:scaling -- [--iterations N] [--rounds N] [--fresh N] [--only TEXT]
//       [--json FILE] [--markdown FILE] [--html FILE] [--time-svg FILE] [--bytes-svg FILE]

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { table } from "../../worker-js/table.mjs";
import { logLog } from "./chart.mjs";
import { split } from "./figures.mjs";
import { measureModels } from "./measure.mjs";
import { pageOf } from "./page.mjs";
import { markdownTable, ms } from "./report.mjs";
import { modelsOf } from "./workers.mjs";

const HEADER = [
  "network",
  "million MACs",
  "bytes",
  "gzip",
  "memory",
  "start-up ms",
  "first ms",
  "memory ms",
  "inference ms",
  "GMAC/s",
];

const number = (value) => value.toLocaleString("en-US");

/** @param {import("./measure.mjs").Measured} model */
const rowOf = (model) => {
  const { name, macs, bytes, memory, startUp, first, parts } = model;
  return [
    labelOf(name),
    (macs / 1e6).toFixed(1),
    ...[bytes.raw, bytes.gzip, memory].map(number),
    ...[startUp, first.cpu, split(model).memory, parts.infer.median].map(ms),
    (macs / parts.infer.median / 1e6).toFixed(1),
  ];
};

/** "width_0.35_96_int8" as "0.35, 96, int8". */
const labelOf = (name) => name.split("_").slice(1).join(", ");

/** A series a precision. */
function plot(models, title, xName, x, yName, y) {
  const precisions = [...new Set(models.map(({ precision }) => precision))];
  const series = precisions.map((precision) => ({
    name: precision,
    points: models
      .filter((model) => model.precision === precision)
      .map((model) => ({ x: x(model), y: y(model), label: labelOf(model.name) })),
  }));
  return logLog({ title, x: xName, y: yName, series });
}

const PLOTS = {
  "time-svg": ({ models }) =>
    plot(
      models,
      "Inference in workerd",
      "million multiply-accumulates",
      ({ macs }) => macs / 1e6,
      "ms",
      ({ parts }) => parts.infer.median,
    ),
  "bytes-svg": ({ models }) =>
    plot(
      models,
      "Getting weights in: an instance made ready",
      "megabytes of module and weights",
      ({ bytes }) => bytes.raw / 1e6,
      "ms",
      ({ parts }) => parts.weights.median,
    ),
};

const introduction = ({ machine, iterations, rounds }) =>
  `${machine}. MobileNetV2 of width and input size as named, with random weights and 10 classes; CPU time ` +
  `of workerd: each part at least ${iterations} times in ${rounds} requests, medians.`;

const OUTPUTS = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: (report) =>
    `${introduction(report)}\n\n${markdownTable(HEADER, report.models.map(rowOf))}\n`,
  html: (report) =>
    pageOf(
      "How cost grows",
      introduction(report),
      Object.values(PLOTS).map((draw) => draw(report)),
      [{ title: "Networks", header: HEADER, rows: report.models.map(rowOf) }],
    ),
  ...PLOTS,
};

const { values: options } = parseArgs({
  options: {
    iterations: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
    fresh: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    ...Object.fromEntries(Object.keys(OUTPUTS).map((name) => [name, { type: "string" }])),
  },
});

const folders = process.env.WRANGLET_TABLE_WORKERS.split(" ");
const photo = readFileSync(process.env.WRANGLET_TABLE_PHOTO);
const numbers = Object.fromEntries(
  ["iterations", "rounds", "fresh"].map((name) => [name, Number(options[name])]),
);
const models = [];
// One at a time: all of them at once would not fit into memory.
for (const folder of folders) {
  const [name] = modelsOf(folder);
  if (!name.includes(options.only)) continue;
  console.error(`measuring ${labelOf(name)}...`);
  models.push(...(await measureModels([folder], photo, numbers)));
}
models.sort((a, b) => a.precision.localeCompare(b.precision) || a.macs - b.macs);
const report = { machine: cpus()[0].model, ...numbers, models };
console.log(`${introduction(report)}\n\n${table(HEADER, models.map(rowOf))}\n`);
for (const [option, write] of Object.entries(OUTPUTS)) {
  if (!options[option]) continue;
  const file = path.resolve(process.env.WRANGLET_CALLER_DIRECTORY, options[option]);
  writeFileSync(file, write(report));
  console.log(`wrote ${file}`);
}
