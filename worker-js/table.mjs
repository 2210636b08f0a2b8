// Tables as text.

/**
 * @param {string[]} header
 * @param {string[][]} rows
 * @returns {string} aligned columns: to the right those where every cell is a number or empty
 */
export function table(header, rows) {
  const columns = header.map((title, i) => {
    const cells = rows.map((row) => row[i]);
    const width = Math.max(...[title, ...cells].map((cell) => cell.length));
    const isNumeric = cells.every((cell) => /^[\d.,]*$/.test(cell));
    return (cell) => (isNumeric ? cell.padStart(width) : cell.padEnd(width));
  });
  const line = (cells) =>
    cells
      .map((cell, i) => columns[i](cell))
      .join("  ")
      .trimEnd();
  return [header, ...rows].map(line).join("\n");
}
