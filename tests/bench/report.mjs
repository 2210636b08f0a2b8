// Results as text, Markdown and a page.

/** @typedef {import("./measure.mjs").Result} Result */

export const HEADER = [
  "runtime",
  "load ms",
  "first ms",
  "warm ms",
  "p95",
  "spread %",
  "x ours",
  "GMAC/s",
  "% of limit",
  "bytes",
  "gzip",
  "memory",
];

const grouped = (count) => count.toLocaleString("en-US");

const percentOf = (gmacs, limit) => ((100 * gmacs) / limit).toFixed(0);

/**
 * @param {Result} result
 * @param {number} limit of the network's precision, in GMAC/s
 * @returns {string[]} its cells, under HEADER
 */
export function rowOf(result, limit) {
  return [
    result.contender,
    result.load.toFixed(1),
    result.first.toFixed(2),
    result.median.toFixed(3),
    result.p95.toFixed(3),
    (100 * result.spread).toFixed(1),
    result.ratio.toFixed(2),
    result.gmacs.toFixed(2),
    percentOf(result.gmacs, limit),
    grouped(result.bytes),
    grouped(result.gzip),
    result.memory === undefined ? "" : grouped(result.memory),
  ];
}

export const STEP_HEADER = ["step", "ms", "share %", "GMAC/s", "% of limit"];

/**
 * @param {{ step: string, milliseconds: number, share: number, gmacs: number }} step
 * @param {number} limit as rowOf's
 * @returns {string[]} its cells, under STEP_HEADER
 */
export const stepRowOf = ({ step, milliseconds, share, gmacs }, limit) => [
  step,
  milliseconds.toFixed(3),
  (100 * share).toFixed(1),
  ...(gmacs > 0 ? [gmacs.toFixed(1), percentOf(gmacs, limit)] : ["", ""]),
];

const markdownTable = (header, rows) =>
  [header, header.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const tableOf = (header, items, toRow, limit) =>
  markdownTable(
    header,
    items.map((item) => toRow(item, limit)),
  );

/** What a page shows when it is asked for. */
const folded = (summary, content) =>
  `\n\n<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;

/** The report as sections of docs/performance.md. */
export function toMarkdown({ machine, rounds, ceilings, networks }) {
  const sections = networks.map(
    ({ name, macs, limit, results, workerd, steps }) =>
      `### ${name}\n\n${(macs / 1e6).toFixed(1)} million multiply-accumulates. In workerd: first request ` +
      `${workerd.first.toFixed(1)} ms, warm ${workerd.warm.toFixed(2)} ms.\n\n` +
      tableOf(HEADER, results, rowOf, limit) +
      (steps.length > 0
        ? folded("Step by step", tableOf(STEP_HEADER, steps, stepRowOf, limit))
        : ""),
  );
  const limits = markdownTable(
    ["instructions", "GMAC/s"],
    ceilings.map(({ instruction, gmacs }) => [instruction, gmacs.toFixed(1)]),
  );
  return (
    `Measured on ${machine}: medians of ${rounds} interleaved inferences, one thread.\n\n` +
    `### What registers alone can do\n\n${limits}\n\n${sections.join("\n\n")}\n`
  );
}

const escape = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

/** One bar a runtime, as long as its median beside the slowest. */
function bars(results) {
  const slowest = Math.max(...results.map((result) => result.median));
  const row = ({ contender, median, ratio }) =>
    `<tr><th scope="row">${escape(contender)}</th><td><div class="bar" style="width:` +
    `${((100 * median) / slowest).toFixed(1)}%"></div></td><td>${median.toFixed(3)} ms</td>` +
    `<td>${ratio.toFixed(2)} x</td></tr>`;
  return `<table><thead><tr><th>runtime</th><th class="wide">warm inference</th><th>median</th>
    <th>to ours</th></tr></thead><tbody>${results.map(row).join("\n")}</tbody></table>`;
}

/** The report as a page that needs nothing else. */
export function toHtml({ machine, rounds, networks }) {
  const sections = networks.map(
    ({ name, results }) => `<h2>${escape(name)}</h2>\n${bars(results)}`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Wranglet beside its peers</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; padding: 0.2rem 0.6rem; white-space: nowrap; font-weight: normal; }
  .wide { width: 60%; }
  .bar { background: #2878c8; height: 1rem; border-radius: 0.2rem; }
</style>
<h1>Wranglet beside its peers</h1>
<p>${escape(machine)}; medians of ${rounds} interleaved inferences, one thread.</p>
${sections.join("\n")}
</html>
`;
}
