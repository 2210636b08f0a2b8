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

/** @param {Measured} model */
export const labelOf = ({ name, precision }) => `${networkOf(name)}, ${precision}`;

/**
 * @typedef {object} Section a part of the report
 * @property {string} title
 * @property {string[]} header
 * @property {string[][]} rows
 */

/** @returns {Section} */
function bytes({ models, peers, worker }) {
  const header = ["bytes", "raw", "gzip", "memory"];
  const rows = models.map((model) => [
    labelOf(model),
    ...[model.bytes.raw, model.bytes.gzip, model.memory].map(grouped),
  ]);
  const row = ({ what, raw, gzip }) => [what, grouped(raw), gzip ? grouped(gzip) : "", ""];
  // Without the layers of a network, which differ little: those of the last.
  const runtimes = new Map(peers.map(({ runtime, bytes }) => [runtime, bytes]));
  for (const [what, { raw, gzip }] of runtimes) rows.push(row({ what, raw, gzip }));
  return { title: "Bytes", header, rows: [...rows, ...worker.parts.map(row)] };
}

/** @returns {Section} */
function times({ models, peers }) {
  const header = [
    "ms of CPU",
    "start-up",
    "first request",
    "from outside",
    "weights in",
    "decode",
    "input copy",
    "memory",
    "inference",
    "spread %",
    "warm request",
  ];
  const rows = models.map((model) => {
    const { startUp, first, parts } = model;
    const { memory } = split(model);
    const { weights, decode, copy, infer, request } = parts;
    return [
      labelOf(model),
      ...[
        startUp,
        first.cpu,
        first.wall,
        weights.median,
        decode.median,
        copy.median,
        memory,
        infer.median,
      ].map(ms),
      percent(infer.spread),
      ms(request.median),
    ];
  });
  const peerRows = peers.map(({ network, runtime, startUp, first, infer }) => [
    `${network}, ${runtime}`,
    ms(startUp),
    ms(first.cpu),
    ms(first.wall),
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
      labelOf(model),
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
  const row = (model) => {
    const { right, total } = model.accuracy ?? {};
    return total
      ? [labelOf(model), ((100 * right) / total).toFixed(2), `${right} of ${total}`]
      : [labelOf(model), "not measured", ""];
  };
  return {
    title: "Accuracy",
    header: ["top-1 in workerd", "%", "photos"],
    rows: models.map(row),
  };
}

/** Inference and memory beside the article's. @returns {Section} */
function beside({ models, peers }) {
  const runtimes = runtimesOf(peers);
  const header = ["ms", "the article", ...PRECISIONS, ...runtimes];
  const rows = [];
  for (const [network, published] of Object.entries(PUBLISHED.networks)) {
    const its = models.filter(({ name }) => networkOf(name) === network);
    if (its.length === 0) continue;
    const inPrecisions = (valueOf) =>
      PRECISIONS.map((precision) => its.find((model) => model.precision === precision)).map(
        (model) => (model ? ms(valueOf(model)) : ""),
      );
    const inRuntimes = runtimes
      .map((runtime) => peers.find((peer) => peer.network === network && peer.runtime === runtime))
      .map((peer) => (peer ? ms(peer.infer.median) : ""));
    rows.push(
      [
        `${network}, inference`,
        ms(published.infer),
        ...inPrecisions((model) => model.parts.infer.median),
        ...inRuntimes,
      ],
      [
        `${network}, memory`,
        ms(published.memory),
        ...inPrecisions((model) => split(model).memory),
        ...runtimes.map(() => ""),
      ],
    );
  }
  const title = `Beside the article, whose TensorFlow.js took ${PUBLISHED.tensorflow} ms`;
  return { title, header, rows };
}

const PRECISIONS = ["float32", "int16", "int8"];

const runtimesOf = (peers) => [...new Set(peers.map(({ runtime }) => runtime))];

/** @returns {Section[]} */
export const sectionsOf = (report) =>
  [times, shares, beside, bytes, accuracies].map((section) => section(report));

/** What was measured, and how. */
export function introduction({ machine, iterations, rounds, photo }) {
  return (
    `${machine}. CPU time of workerd: each part at least ${iterations} times in ${rounds} requests, ` +
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
