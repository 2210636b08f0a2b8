// Builds tiny WebAssembly modules for tests: exported functions of i32 parameters over one exported memory.

const text = (string) => [string.length, ...Buffer.from(string, "latin1")];
const vector = (items) => [...unsigned(items.length), ...items.flat()];
const section = (id, items) => {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
};

/** LEB128. */
function unsigned(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value) {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/** Instructions, as arrays of bytes: concatenate them to a body. */
export const op = {
  unreachable: [0x00],
  return: [0x0f],
  get: (local) => [0x20, ...unsigned(local)],
  const: (value) => [0x41, ...signed(value)],
  load8: (address) => [...op.const(address), 0x2d, 0, 0],
  store8: (address, value) => [...op.const(address), ...value, 0x3a, 0, 0],
  add: (a, b) => [...a, ...b, 0x6a],
  equal: (a, b) => [...a, ...b, 0x46],
  greater: (a, b) => [...a, ...b, 0x4b],
  if: (condition, then) => [...condition, 0x04, 0x40, ...then, 0x0b],
};

/**
 * @param {Record<string, { parameters?: number, results?: number, body: number[] }>} functions by name
 * @param {{ pages?: number, imports?: string[] }} [options] memory's size; functions to import from "env"
 * @returns {Uint8Array} the module
 */
export function buildWasm(functions, { pages = 1, imports = [] } = {}) {
  const entries = Object.entries(functions);
  const i32 = (count = 0) => vector(Array(count).fill([0x7f]));
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // The last type is that of the imports.
    ...section(1, [
      ...entries.map(([, { parameters, results }]) => [0x60, ...i32(parameters), ...i32(results)]),
      [0x60, 0, 0],
    ]),
    ...section(
      2,
      imports.map((name) => [...text("env"), ...text(name), 0x00, ...unsigned(entries.length)]),
    ),
    ...section(
      3,
      entries.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [
      ...entries.map(([name], i) => [...text(name), 0x00, ...unsigned(imports.length + i)]),
      [...text("memory"), 0x02, 0x00],
    ]),
    ...section(
      10,
      entries.map(([, { body }]) => {
        const code = [0x00, ...body, 0x0b];
        return [...unsigned(code.length), ...code];
      }),
    ),
  ];
  return Uint8Array.from(bytes);
}
