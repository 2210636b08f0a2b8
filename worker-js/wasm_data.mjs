// How much of a module's file is content of its memory.

const HEADER = 8; // bytes
const DATA_SECTION = 11;
const I32_CONST = 0x41;
const END = 0x0b;

/**
 * Adds up the bytes of a module's file that tell what its memory holds between two addresses: of data segments, with what
 * says where they belong. Runs of zeros are in none, for Binaryen leaves them out.
 *
 * @param {Uint8Array} wasm a module (https://webassembly.github.io/spec/core/binary/modules.html)
 * @param {number} start
 * @param {number} end
 * @returns {number}
 * @throws {Error} when a segment's place is no constant
 */
export function dataBytes(wasm, start, end) {
  let at = HEADER;
  // LEB128, of up to 32 bits.
  const number = (isSigned = false) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return isSigned && byte & 0x40 && shift < 25 ? value | (-1 << (shift + 7)) : value >>> 0;
    }
  };
  let sum = 0;
  while (at < wasm.length) {
    const id = wasm[at++];
    const size = number();
    const next = at + size;
    for (let left = id === DATA_SECTION ? number() : 0; left > 0; --left) {
      const segment = at;
      const kind = number(); // 0: into memory 0; 1: when the module says; 2: into a memory
      if (kind === 2) number();
      let address = end;
      if (kind !== 1) {
        if (wasm[at++] !== I32_CONST) throw new Error("a data segment's place is no constant");
        address = number(true) >>> 0;
        if (wasm[at++] !== END) throw new Error("a data segment's place is no constant");
      }
      const bytes = number();
      const inside = Math.min(address + bytes, end) - Math.max(address, start);
      if (inside > 0) sum += at - segment + inside;
      at += bytes;
    }
    at = next;
  }
  return sum;
}
