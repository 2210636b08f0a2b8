// The table as a page that needs nothing else.

import { stackedBars } from "./chart.mjs";
import { networkOf } from "./figures.mjs";
import { PUBLISHED } from "./published.mjs";
import { introduction, labelOf, sectionsOf } from "./report.mjs";

const escape = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const PARTS = ["weights", "decode", "copy", "infer"];

/** Plots of each network apart, for they differ tenfold: where time goes, inference beside others', and bytes. */
export function plotsOf({ models, peers }) {
  const networks = [...new Set(models.map(({ name }) => networkOf(name)))];
  return networks.flatMap((network) => {
    const its = models.filter(({ name }) => networkOf(name) === network);
    const others = peers.filter((peer) => peer.network === network);
    return [
      stackedBars({
        title: `${network}: what an isolate's first inference takes, compiling apart`,
        unit: "ms",
        parts: ["weights in", "decode", "input copy", "inference"],
        rows: its.map((model) => ({
          label: labelOf(model),
          values: PARTS.map((part) => model.parts[part].median),
        })),
      }),
      stackedBars({
        title: `${network}: inference, beside TensorFlow.js here and the article's own`,
        unit: "ms",
        parts: ["inference"],
        rows: [
          ...its.map((model) => ({ label: labelOf(model), values: [model.parts.infer.median] })),
          ...others.map(({ runtime, infer }) => ({ label: runtime, values: [infer.median] })),
          { label: PUBLISHED.title, values: [PUBLISHED.networks[network].infer] },
        ],
      }),
      stackedBars({
        title: `${network}: bytes of the module with its weights, compressed`,
        unit: "MB",
        parts: ["gzip"],
        rows: its.map((model) => ({ label: labelOf(model), values: [model.bytes.gzip / 1e6] })),
      }),
    ];
  });
}

const tableOf = ({ title, header, rows }) => `<h2>${escape(title)}</h2>
<div class="scroll"><table><thead><tr>${header.map((cell) => `<th scope="col">${escape(cell)}</th>`).join("")}</tr></thead>
<tbody>${rows
  .map(
    ([first, ...rest]) =>
      `<tr><th scope="row">${escape(first)}</th>${rest.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`,
  )
  .join("\n")}</tbody></table></div>`;

/**
 * @param {string} title
 * @param {string} what
 * @param {string[]} plots SVG
 * @param {import("./report.mjs").Section[]} sections
 * @returns {string} HTML
 */
export const pageOf = (title, what, plots, sections) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; }
  th, td { padding: 0.2rem 0.6rem; white-space: nowrap; font-weight: normal; text-align: right; }
  th:first-child { text-align: left; }
  thead { border-bottom: 1px solid #8888; }
  .scroll { overflow-x: auto; }
  svg { max-width: 100%; height: auto; display: block; margin: 1rem 0; }
</style>
<h1>${escape(title)}</h1>
<p>${escape(what)}</p>
${plots.join("\n")}
${sections.map(tableOf).join("\n")}
</html>
`;

/** The report as a page. */
export const toHtml = (report) =>
  pageOf(
    "The article's experiment",
    introduction(report),
    plotsOf(report),
    sectionsOf(report).filter(({ rows }) => rows.length > 0),
  );
