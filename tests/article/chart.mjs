// Plots as SVG, without any library: readable on light and dark grounds, and to who cannot see them.

export const COLORS = ["#2878c8", "#e07b28", "#3c9d5a", "#a04fb0", "#8a8a8a"];

const FONT = 'font-family="system-ui, sans-serif" font-size="12"';
const LABEL = 'fill="#808080"';

const escape = (text) =>
  String(text).replace(
    /[&<>"]/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c],
  );

const svg = (width, height, title, content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ${FONT} role="img">\n` +
  `<title>${escape(title)}</title>\n${content.join("\n")}\n</svg>\n`;

const text = (x, y, content, more = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${LABEL} ${more}>${escape(content)}</text>`;

const legend = (names, x, y) =>
  names.flatMap((name, i) => [
    `<rect x="${x + 150 * i}" y="${y - 10}" width="12" height="12" fill="${COLORS[i]}"/>`,
    text(x + 150 * i + 18, y, name),
  ]);

/**
 * One bar a row, its parts one behind the other.
 *
 * @param {object} plot
 * @param {string} plot.title
 * @param {string} plot.unit
 * @param {string[]} plot.parts their names
 * @param {{ label: string, values: number[] }[]} plot.rows one value a part
 * @returns {string}
 */
export function stackedBars({ title, unit, parts, rows }) {
  const [left, width, row, top] = [190, 760, 24, parts.length > 1 ? 50 : 28];
  const total = ({ values }) => values.reduce((sum, value) => sum + value, 0);
  const scale = (width - left - 90) / Math.max(...rows.map(total));
  const content = [text(8, 14, title, 'font-weight="bold"')];
  if (parts.length > 1) content.push(...legend(parts, left, 36));
  for (const [i, { label, values }] of rows.entries()) {
    const y = top + row * i;
    content.push(text(left - 8, y + 13, label, 'text-anchor="end"'));
    let x = left;
    for (const [part, value] of values.entries()) {
      const length = value * scale;
      content.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="16" fill="${COLORS[part]}"/>`,
      );
      x += length;
    }
    content.push(text(x + 6, y + 13, `${total({ values }).toPrecision(3)} ${unit}`));
  }
  return svg(width, top + row * rows.length + 6, title, content);
}

/**
 * Points of several series with both axes logarithmic: what grows in proportion lies on a line of slope 1.
 *
 * @param {object} plot
 * @param {string} plot.title
 * @param {string} plot.x name of the axis
 * @param {string} plot.y
 * @param {{ name: string, points: { x: number, y: number, label: string }[] }[]} plot.series
 * @returns {string}
 */
export function logLog({ title, x: xName, y: yName, series }) {
  const [width, height, left, right, top, bottom] = [560, 400, 64, 24, 40, 44];
  const all = series.flatMap(({ points }) => points);
  const xAxis = logAxis(all.map(({ x }) => x));
  const yAxis = logAxis(all.map(({ y }) => y));
  const toX = (value) => left + (width - left - right) * xAxis.place(value);
  const toY = (value) => height - bottom - (height - top - bottom) * yAxis.place(value);
  const line = (x1, y1, x2, y2) =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#8886"/>`;
  const content = [
    text(width / 2, 14, title, 'text-anchor="middle" font-weight="bold"'),
    ...legend(
      series.map(({ name }) => name),
      left,
      32,
    ),
    ...xAxis.ticks.flatMap((tick) => [
      line(toX(tick), top, toX(tick), height - bottom),
      text(toX(tick), height - bottom + 16, tick, 'text-anchor="middle"'),
    ]),
    ...yAxis.ticks.flatMap((tick) => [
      line(left, toY(tick), width - right, toY(tick)),
      text(left - 6, toY(tick) + 4, tick, 'text-anchor="end"'),
    ]),
    text((left + width - right) / 2, height - 8, xName, 'text-anchor="middle"'),
    text(
      14,
      height / 2,
      yName,
      `text-anchor="middle" transform="rotate(-90 14 ${(height / 2).toFixed(1)})"`,
    ),
    ...series.flatMap(({ name, points }, i) =>
      points.map(
        ({ x, y, label }) =>
          `<circle cx="${toX(x).toFixed(1)}" cy="${toY(y).toFixed(1)}" r="4" fill="${COLORS[i]}">` +
          `<title>${escape(`${label}, ${name}: ${y.toPrecision(3)}`)}</title></circle>`,
      ),
    ),
  ];
  return svg(width, height, title, content);
}

/**
 * @param {number[]} values above 0
 * @returns {{ ticks: number[], place: (value: number) => number }} ticks at 1, 2 and 5 times powers of ten, the
 *     outermost around all values; and where between these two a value lies, from 0 to 1
 */
export function logAxis(values) {
  const steps = [];
  for (let power = -9; power <= 12; ++power) {
    // Written out, for 10 ** -3 * 5 is not 0.005.
    for (const digit of [1, 2, 5]) steps.push(Number(`${digit}e${power}`));
  }
  const first = steps.findLastIndex((step) => step <= Math.min(...values));
  const last = steps.findIndex((step) => step >= Math.max(...values));
  const ticks = steps.slice(first, Math.max(last, first + 1) + 1);
  const [low, high] = [ticks[0], ticks.at(-1)].map(Math.log);
  return { ticks, place: (value) => (Math.log(value) - low) / (high - low) };
}
