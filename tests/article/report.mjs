// The table as text and as Markdown.

import { table } from "../../worker-js/table.mjs";
import { networkOf, split } from "./figures.mjs";
import { PUBLISHED } from "./published.mjs";

/** @typedef {import("./measure.mjs").Measured} Measured */

const grouped = (count) => count.toLocaleString("en-US");
const percent = (share) => (100 * share).toFixed(0);
/** Three significant digits, but no more than three behind the point. */
export const ms = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toPrecision(3) : value.toFixed(3);

/**
 * @typedef {object} Section a part of the report
 * @property {string} title
 * @property {string[]} header
 * @property {string[][]} rows
 */

/** @returns {Section} */
function bytes({ models, peers, worker }) {
  const header = ["bytes", "raw", "gzip", "memory"];
  const rows = models.map(({ name, precision, bytes: { raw, gzip }, memory }) => [
    `${name}, ${precision}`,
    grouped(raw),
    grouped(gzip),
    grouped(memory),
  ]);
  const row = ({ what, raw, gzip }) => [what, grouped(raw), grouped(gzip), ""];
  // Without the layers of a network, which differ little: those of the last.
  const runtimes = new Map(peers.map(({ runtime, bytes }) => [runtime, bytes]));
  for (const [what, { raw, gzip }] of runtimes) rows.push(row({ what, raw, gzip }));
  return { title: "Bytes", header, rows: [...rows, ...worker.parts.map(row)] };
}

/** @returns {Section} */
function times({ models, peers }) {
  const header = [
    "ms",
    "start-up",
    "first request",
    "weights in",
    "decode",
    "input copy",
    "memory",
    "inference",
    "spread %",
    "warm request",
  ];
  const rows = models.map((model) => {
    const { name, precision, startUp, first, parts } = model;
    const { memory } = split(model);
    const { weights, decode, copy, infer, request } = parts;
    return [
      `${name}, ${precision}`,
      ...[startUp, first, weights.median, decode.median, copy.median, memory, infer.median].map(ms),
      percent(infer.spread),
      ms(request.median),
    ];
  });
  const peerRows = peers.map(({ network, runtime, startUp, first, infer }) => [
    `${network}, ${runtime}`,
    ms(startUp),
    ms(first),
    "",
    "",
    "",
    "",
    ms(infer.median),
    percent(infer.spread),
    "",
  ]);
  return { title: "Times", header, rows: [...rows, ...peerRows] };
}

/** @returns {Section} */
function shares({ models }) {
  const header = ["shares of time, %", "memory", "inference", "warm: memory", "warm: inference"];
  const rows = models.map((model) => {
    const { memoryShare, warmShare } = split(model);
    return [
      `${model.name}, ${model.precision}`,
      ...[memoryShare, 1 - memoryShare, warmShare, 1 - warmShare].map(percent),
    ];
  });
  const { before, after } = PUBLISHED.memoryShare;
  const published = [
    ["the article, before 8 bits", before],
    ["the article, weights of 8 bits", after],
  ].map(([what, share]) => [what, percent(share), percent(1 - share), "", ""]);
  return { title: "Shares", header, rows: [...rows, ...published] };
}

/** @returns {Section} */
function accuracies({ models }) {
  const row = ({ name, precision, accuracy }) => [
    `${name}, ${precision}`,
    accuracy ? ((100 * accuracy.right) / accuracy.total).toFixed(2) : "not measured",
    accuracy ? `${accuracy.right} of ${accuracy.total}` : "",
  ];
  return {
    title: "Accuracy",
    header: ["top-1 in workerd", "%", "photos"],
    rows: models.map(row),
  };
}

/** Inference beside the article's. @returns {Section} */
function beside({ models, peers }) {
  const inference = (name) => models.find((model) => model.name === name)?.parts.infer.median;
  const header = ["inference, ms", "the article", "float32", "int16", "int8", ...runtimesOf(peers)];
  const rows = Object.entries(PUBLISHED.networks)
    .filter(([network]) => models.some(({ name }) => networkOf(name) === network))
    .map(([network, { infer }]) => [
      network,
      ms(infer),
      ...[`${network}_float32`, `${network}_int16`, network].map((name) => {
        const median = inference(name);
        return median === undefined ? "" : ms(median);
      }),
      ...runtimesOf(peers).map((runtime) => {
        const peer = peers.find((each) => each.network === network && each.runtime === runtime);
        return peer ? ms(peer.infer.median) : "";
      }),
    ]);
  return {
    title: `Beside the article (its TensorFlow.js: ${PUBLISHED.tensorflow} ms, memory: ${Object.values(
      PUBLISHED.networks,
    )
      .map(({ memory }) => `${memory} ms`)
      .join(" and ")})`,
    header,
    rows,
  };
}

const runtimesOf = (peers) => [...new Set(peers.map(({ runtime }) => runtime))];

/** @returns {Section[]} */
export const sectionsOf = (report) =>
  [times, shares, beside, bytes, accuracies].map((section) => section(report));

/** What was measured, and how. */
export function introduction({ machine, iterations, rounds, photo }) {
  return (
    `${machine}. In workerd, timed from outside: each part at least ${iterations} times in ${rounds} requests, ` +
    `medians. The photo is ${photo.name}, ${grouped(photo.bytes)} bytes.`
  );
}

/** The report as text. */
export const toText = (report) =>
  [
    introduction(report),
    ...sectionsOf(report).map(({ title, header, rows }) => `${title}\n\n${table(header, rows)}`),
  ].join("\n\n") + "\n";

/**
 * @param {string[]} header
 * @param {string[][]} rows
 */
export const markdownTable = (header, rows) =>
  [header, header.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** The report as the results of docs/article.md. */
export const toMarkdown = (report) =>
  [
    introduction(report),
    ...sectionsOf(report).map(
      ({ title, header, rows }) => `### ${title}\n\n${markdownTable(header, rows)}`,
    ),
  ].join("\n\n") + "\n";
